"""Tools of the people who work on Janua; the product runs without them."""
