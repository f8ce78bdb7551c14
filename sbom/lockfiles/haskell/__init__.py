"""Files of Haskell."""
