"""Recovery codes: ten on a piece of paper, each once."""

from datetime import datetime
from typing import ClassVar

from accounts.models import User
from accounts.services import mailed
from core import mail
from core.consume import update_returning
from mfa.factors.base import Answer
from mfa.methods import Method
from mfa.models import RecoveryCode

LOOK_ALIKES = str.maketrans("OIL", "011")  # Crockford's base32 has none of these three


class RecoveryCodeFactor:
    method: ClassVar[Method] = Method.RECOVERY_CODE

    def may_answer(self, user: User, *, now: datetime) -> datetime | None:
        made = (
            RecoveryCode.objects.filter(user=user, used_at=None).values_list("created_at", flat=True).first()
        )
        return made

    def accepts(self, user: User, answer: Answer, *, holder: str, now: datetime) -> tuple[str, ...] | None:
        """A code that is used may be in other hands: the owner is told, and how many are left."""
        code = RecoveryCode.hash_of(user.id, answer.code.translate(LOOK_ALIKES))
        codes = RecoveryCode.objects.filter(user=user, used_at=None)
        if not update_returning(codes.filter(code_hash=code), used_at=now):
            return None
        facts = {
            "left": codes.count(),
            "codes_url": mailed.url("/account/security/recovery-codes"),
            **mailed.circumstances(now),
        }
        mail.send("recovery_code_used", user.email, facts, locale=user.locale)
        return ("otp",)
