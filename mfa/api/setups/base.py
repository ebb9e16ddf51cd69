"""One method's set-up over REST."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rest_framework import serializers

from accounts.models import Session
from core.api.serializers import StrictSerializer
from mfa.methods import Method


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """`begin` gets the validated body without `method`, and returns what `output` shows."""

    method: Method
    body: type[StrictSerializer]
    output: type[serializers.Serializer[Any]]
    begin: Callable[[Session, Mapping[str, Any], datetime], Mapping[str, Any]]
