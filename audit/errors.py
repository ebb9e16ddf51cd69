"""Mistakes in how the trail is used."""


class NotInTransaction(RuntimeError):
    """An act and its line in the trail are one transaction: open `transaction.atomic()` around both."""
