"""The doors into Janua, one module each. A door only proves something and then enters `path.advance`."""
