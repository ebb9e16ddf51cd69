"""Filling a database with people, tokens and a trail by the million, to see how Janua does at that size."""
