"""Base class of every request body."""

from typing import Any

from rest_framework import serializers


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields it does not know: a typing error or a mass assignment is never silently dropped."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, dict) else []
        if unknown:
            raise serializers.ValidationError(
                {
                    name: [serializers.ErrorDetail("This field is not known here.", code="unknown_field")]
                    for name in unknown
                }
            )
        return super().to_internal_value(data)
