"""Files of Rust."""
