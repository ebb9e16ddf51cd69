"""How days and times are written, where Django's own formats for a language are missing or read badly."""
