"""Italian: months are written small, and a moment needs no day of the week."""

DATE_FORMAT = "j b Y"
DATETIME_FORMAT = "j b Y H:i"
