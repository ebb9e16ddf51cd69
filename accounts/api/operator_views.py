"""What every view for operators begins with."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts import levels, operators, two_step
from accounts.http import api_session
from accounts.services import sessions
from core import clock
from core.errors import NotAllowed, ReauthenticationRequired


class OperatorView(APIView):
    """As in the console: where operators must have a second factor, this session has proven one.

    Whether the person is an operator at all, each service says in its first line.
    """

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        session = api_session(request)
        if not operators.is_operator(session.user) or not two_step.is_missing(session, now=clock.now()):
            return
        if not session.user.has_mfa:
            sentence = _(
                "This service asks for two-step sign-in. Sign in on its website and set it up, then try again here."
            )
            raise NotAllowed(sentence, reason="mfa_enrolment_required")
        raise ReauthenticationRequired(
            _("Confirm that it is you, then try again."),
            max_age_seconds=int(sessions.SUDO_LIFETIME.total_seconds()),
            acr_values=levels.TWO_FACTORS,
        )
