"""Arabic: Django has no format for a day with its time."""

DATETIME_FORMAT = "j F، Y، g:i A"
