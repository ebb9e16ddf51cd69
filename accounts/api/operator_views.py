"""What every view for operators begins with."""

from typing import Any

from rest_framework.request import Request
from rest_framework.views import APIView

from accounts import operators, two_step
from accounts.http import api_session
from accounts.services import sudo
from core import clock
from core.errors import NotAllowed


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
            raise NotAllowed(str(two_step.SET_IT_UP), reason="mfa_enrolment_required")
        raise sudo.not_proven(session.user)
