"""Files of Ruby."""
