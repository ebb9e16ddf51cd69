"""The mailbox of who has no second factor: asked once, where something speaks against a sign-in (`login.signals`).

It is nothing that the person set up, so it counts as no second factor, and lifts no session.
"""

from datetime import datetime
from typing import ClassVar

from django.db import transaction

from accounts.models import User
from mfa.factors.sent import EmailFactor
from mfa.models import Factor


class Mailbox(EmailFactor):
    """Its row is never confirmed: it only holds codes, and goes with the clean-up."""

    is_factor: ClassVar[bool] = False

    def find(self, user: User) -> Factor | None:
        rows = Factor.objects.filter(user=user, method=self.method, confirmed=False)
        found: Factor | None = rows.order_by("-created_at").first()
        return found

    def send(self, user: User, *, holder: str, is_call: bool = False, now: datetime) -> None:
        with transaction.atomic():
            User.objects.select_for_update(no_key=True).get(id=user.id)  # of parallel ones, one makes the row
            if self.find(user) is None:
                Factor.objects.create(user=user, method=self.method, confirmed=False, created_at=now)
        super().send(user, holder=holder, is_call=is_call, now=now)

    def destination(self, user: User) -> str:
        return self.masked(Factor(user=user))

    def purpose(self, factor: Factor, holder: str) -> str:
        return holder.partition(":")[0]
