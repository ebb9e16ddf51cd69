"""Errors of organizations, each with a stable code."""

from enum import StrEnum

from django.utils.translation import gettext as _

from core.errors import DomainError


class Lack(StrEnum):
    """What a session lacks of what an organization asks for; for programs."""

    NETWORK = "network_not_allowed"
    METHOD = "sign_in_method_not_allowed"
    AGE = "sign_in_too_old"
    FACTOR = "second_factor_required"


class EntryRefused(DomainError):
    """The person belongs there, and this session does not meet the organization's policy. `lack` says in what."""

    status = 403
    code = "AUTHORIZATION_ERROR"
    title = "Not allowed"

    def __init__(self, lack: Lack, *, organization: str, methods: str = "") -> None:
        sentences = {
            Lack.NETWORK: _("%(organization)s does not let anybody in from the network you are on."),
            Lack.METHOD: _("%(organization)s asks you to sign in in another way: %(methods)s."),
            Lack.AGE: _("You signed in longer ago than %(organization)s allows. Sign in again."),
            Lack.FACTOR: _("%(organization)s asks for two-step sign-in."),
        }
        sentence = sentences[lack] % {"organization": organization, "methods": methods}
        super().__init__(sentence, reason=lack)
        self.lack = lack
