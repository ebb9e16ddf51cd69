"""Recovery codes: ten on a piece of paper, each once."""

from datetime import datetime
from typing import ClassVar

from accounts.models import User
from core.consume import update_returning
from mfa.factors.base import Answer
from mfa.methods import Method
from mfa.models import RecoveryCode


class RecoveryCodeFactor:
    method: ClassVar[Method] = Method.RECOVERY_CODE

    def may_answer(self, user: User, *, now: datetime) -> datetime | None:
        made = (
            RecoveryCode.objects.filter(user=user, used_at=None).values_list("created_at", flat=True).first()
        )
        return made

    def accepts(self, user: User, answer: Answer, *, holder: str, now: datetime) -> tuple[str, ...] | None:
        code = RecoveryCode.hash_of(user.id, answer.code)
        used = update_returning(
            RecoveryCode.objects.filter(user=user, code_hash=code, used_at=None), used_at=now
        )
        return ("otp",) if used else None
