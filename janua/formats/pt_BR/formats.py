"""Brazilian Portuguese: months are written small."""

DATE_FORMAT = r"j \d\e b \d\e Y"
DATETIME_FORMAT = r"j \d\e b \d\e Y \à\s H:i"
