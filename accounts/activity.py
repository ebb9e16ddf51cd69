"""What the audit trail says of a person's account, in words for that person. What has no sentence here is not shown.

A sentence may name the app by `%(app)s` and the organization by `%(organization)s`. Entries of floors above are known by their tags alone.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Sentence = str | Promise


class Kind(StrEnum):
    """What people ask about."""

    SIGN_INS = "sign-ins"
    SECURITY = "security"
    APPS = "apps"
    ORGANIZATIONS = "organizations"
    PROFILE = "profile"


KINDS: dict[Kind, Sentence] = {
    Kind.SIGN_INS: _("Sign-ins"),
    Kind.SECURITY: _("Security"),
    Kind.APPS: _("Apps"),
    Kind.ORGANIZATIONS: _("Organizations"),
    Kind.PROFILE: _("Profile"),
}
API_CHOICES = [(kind.value, kind.value) for kind in Kind]


@dataclass(frozen=True, slots=True)
class Words:
    """The sentence of an entry, and another for one that did not succeed: without it such ones are not shown.

    `by_operator`: of what people may do themselves, when an operator did it for them.
    """

    kind: Kind
    done: Sentence = ""
    refused: Sentence = ""
    by_operator: Sentence = ""

    def of(self, *, is_done: bool, is_their_own: bool) -> Sentence:
        if not is_done:
            return self.refused
        return self.done if is_their_own else self.by_operator or self.done


def _in_organization(done: Sentence) -> Words:
    return Words(Kind.ORGANIZATIONS, done)


WORDS: dict[str, Words] = {
    "login.succeeded": Words(Kind.SIGN_INS, _("You signed in.")),
    "login.refused": Words(Kind.SIGN_INS, refused=_("Somebody tried to sign in to your account and failed.")),
    "login.factor_refused": Words(
        Kind.SIGN_INS, refused=_("Somebody who knew your password or read your mail entered a wrong code.")
    ),
    "device.trusted": Words(Kind.SECURITY, _("You trusted a browser: it is not asked for a second step.")),
    "device.trust_ended": Words(Kind.SECURITY, _("A browser is asked for a second step again.")),
    "session.ended": Words(Kind.SIGN_INS, _("A device was signed out.")),
    "session.sudo_confirmed": Words(
        Kind.SECURITY,
        _("You confirmed that it is you."),
        _("Somebody on a signed-in device failed to confirm that it is you."),
    ),
    "user.created": Words(Kind.SECURITY, _("Your account was made.")),
    "user.email_verified": Words(Kind.SECURITY, _("Your email address was verified.")),
    "user.password_reset_requested": Words(Kind.SECURITY, _("A new password was asked for.")),
    "user.password_changed": Words(Kind.SECURITY, _("Your password was changed.")),
    "user.suspended": Words(Kind.SECURITY, _("An operator suspended your account.")),
    "user.reactivated": Words(Kind.SECURITY, _("An operator reactivated your account.")),
    "user.unlocked": Words(Kind.SECURITY, _("An operator let you try your password again.")),
    "mfa.factor_added": Words(Kind.SECURITY, _("You added a way to confirm your sign-ins.")),
    "mfa.factor_renamed": Words(Kind.SECURITY, _("You renamed a way to confirm your sign-ins.")),
    "mfa.factor_removed": Words(Kind.SECURITY, _("You removed a way to confirm your sign-ins.")),
    "passkey.added": Words(Kind.SECURITY, _("You added a passkey or security key.")),
    "passkey.renamed": Words(Kind.SECURITY, _("You renamed a passkey or security key.")),
    "passkey.removed": Words(Kind.SECURITY, _("You removed a passkey or security key.")),
    "passkey.suspended": Words(
        Kind.SECURITY, _("A passkey or security key was stopped: there may be a copy of it.")
    ),
    "mfa.disabled": Words(Kind.SECURITY, _("You turned two-step sign-in off.")),
    "mfa.recovery_codes_made": Words(Kind.SECURITY, _("You made new recovery codes.")),
    "consent.granted": Words(Kind.APPS, _("You allowed %(app)s to use your account.")),
    "consent.denied": Words(Kind.APPS, refused=_("You did not allow %(app)s to use your account.")),
    "consent.revoked": Words(Kind.APPS, _("You took away the access of %(app)s.")),
    "consent.ended": Words(Kind.APPS, _("The access of %(app)s was ended by its owner or an operator.")),
    "device_code.approved": Words(Kind.APPS, _("You connected a device to %(app)s.")),
    "client.registered": Words(Kind.APPS, _("You registered the app %(app)s.")),
    "client.secret_rotated": Words(Kind.APPS, _("You made a new secret for your app %(app)s.")),
    "client.deleted": Words(Kind.APPS, _("You deleted an app of yours.")),
    "organization.created": _in_organization(_("You created %(organization)s.")),
    "organization.updated": _in_organization(_("You changed the settings of %(organization)s.")),
    "organization.deletion_requested": _in_organization(_("You asked for %(organization)s to be deleted.")),
    "organization.deletion_cancelled": _in_organization(_("You took back the deletion of %(organization)s.")),
    "organization.audit_exported": _in_organization(_("You took the audit trail of %(organization)s along.")),
    "organization.member_enrolled": _in_organization(_("You joined %(organization)s by your email address.")),
    "organization.member_role_changed": _in_organization(_("Your role in %(organization)s changed.")),
    "organization.owner_appointed": _in_organization(_("Your role in %(organization)s changed.")),
    "organization.member_suspended": _in_organization(_("You were suspended in %(organization)s.")),
    "organization.member_resumed": _in_organization(_("You were let into %(organization)s again.")),
    "organization.member_removed": _in_organization(_("You were removed from %(organization)s.")),
    "organization.member_left": _in_organization(_("You left %(organization)s.")),
    "organization.ownership_transferred": _in_organization(_("%(organization)s was handed over to you.")),
    "organization.ownership_inherited": _in_organization(_("%(organization)s passed on to you.")),
    "role.granted": _in_organization(_("You were given a further role in %(organization)s.")),
    "role.taken": _in_organization(_("A further role of yours in %(organization)s was taken away.")),
    "invitation.accepted": _in_organization(_("You joined %(organization)s.")),
    "invitation.declined": _in_organization(_("You declined an invitation to %(organization)s.")),
    "api_key.created": _in_organization(_("You made an API key in %(organization)s.")),
    "api_key.rotated": _in_organization(_("You renewed an API key in %(organization)s.")),
    "api_key.revoked": _in_organization(_("You revoked an API key in %(organization)s.")),
    "user.updated": Words(
        Kind.PROFILE, _("You changed your profile."), by_operator=_("An operator changed your account.")
    ),
    "user.avatar_changed": Words(Kind.PROFILE, _("You changed your picture.")),
    "user.preferences_changed": Words(Kind.PROFILE, _("You changed your preferences.")),
}


def tags_of(kind: Kind | None) -> list[str]:
    """The tags to look for: of one kind, or all that have words."""
    return [tag for tag, words in WORDS.items() if kind is None or words.kind == kind]


def silent_tags() -> tuple[list[str], list[str]]:
    """Tags without words for a success, and tags without words for a failure."""
    return (
        [tag for tag, words in WORDS.items() if not words.done],
        [tag for tag, words in WORDS.items() if not words.refused],
    )
