"""What Janua costs: CPU per request with the database included, start, memory, and many clients at once."""
