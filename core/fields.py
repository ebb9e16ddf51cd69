"""Fields that are sealed at rest."""

from typing import Any

from django.db import models

from core import crypto


class SealedTextField(models.TextField[str, str]):
    """Text that lies encrypted in the database and reads as text in Python.

    `purpose` names the key it is sealed with. Sealed values cannot be looked up.
    """

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        self.purpose = purpose
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "purpose": self.purpose}

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return crypto.seal(self.purpose, text) if text else text

    def from_db_value(self, value: str | None, _expression: object, _connection: object) -> str | None:
        return crypto.unseal(self.purpose, value) if value else value
