"""Base class of every request body."""

from typing import Any

from rest_framework import serializers


class TrueOrFalse(serializers.BooleanField):
    """JSON's true and false and nothing else: neither 1 nor "yes"."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields it does not know: a typing error or a mass assignment is never silently dropped."""

    def to_internal_value(self, data: Any) -> Any:
        self.refuse_unknown(data)
        return super().to_internal_value(data)

    def refuse_unknown(self, data: Any) -> None:
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, dict) else []
        if unknown:
            raise serializers.ValidationError(
                {
                    name: [serializers.ErrorDetail("This field is not known here.", code="unknown_field")]
                    for name in unknown
                }
            )
