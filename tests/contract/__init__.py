"""The live API against its own description."""
