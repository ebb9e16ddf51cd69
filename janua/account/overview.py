"""/account: the account at a glance, a check-up of its security, what happened last. It speaks of every app below."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts import two_step
from accounts.http import required_session
from accounts.models import Session, User
from accounts.services import activity
from accounts.shown import ShownSession, sessions_of
from core import clock
from mfa.pages import passkey_offer
from mfa.services import recovery_codes
from mfa.shown import FEW_CODES
from oauth.services.apps import AllowedApp, allowed_by
from oauth.services.clients import names_of
from organizations.services.trail_names import of_organizations

OLD_SESSION = timedelta(days=30)
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check-up, and where it is mended in one step."""

    is_well: bool
    sentence: str
    url: str = ""
    fix: str = ""


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    session, now = required_session(request), clock.now()
    apps, sessions = allowed_by(session.user), sessions_of(session)
    facts = {
        "user": session.user,
        "checkup": check_up(session, sessions, apps, now=now),
        "recent": activity.read(
            session.user, names_of_apps=names_of, names_of_organizations=of_organizations, limit=SHOWN
        ).entries,
        "sessions": sessions[:SHOWN],
        "apps": apps[:SHOWN],
        **passkey_offer.facts_of(request, session, now=now),
    }
    return render(request, "account/overview.html", facts)


def check_up(
    session: Session, sessions: list[ShownSession], apps: list[AllowedApp], *, now: datetime
) -> list[Finding]:
    """What is well and what is not, the latter first."""
    user = session.user
    findings = [
        _address(user),
        _password(user),
        _two_steps(user),
        _sessions(sessions, now),
        _apps(apps, now),
        _name(user),
    ]
    return sorted(findings, key=lambda finding: finding.is_well)


def _address(user: User) -> Finding:
    if user.email_verified:
        return Finding(True, _("Your email address is verified: a new password can reach you."))
    sentence = _("Your email address is not verified. Until it is, you may not get back in.")
    return Finding(False, sentence, "/password/forgot", _("Verify by setting a new password"))


def _password(user: User) -> Finding:
    if user.password_changed_at is None or not user.has_usable_password():
        return Finding(True, _("Nobody can guess your password: there is none."))
    day = date_format(localtime(user.password_changed_at), "DATE_FORMAT")
    return Finding(
        True, _("Your password was set on %(day)s.") % {"day": day}, "/account/password", _("Change it")
    )


def _two_steps(user: User) -> Finding:
    if due_at := two_step.due_at(user):
        day = date_format(localtime(due_at), "DATE_FORMAT")
        sentence = _("This service asks for two-step sign-in. Set it up by %(day)s.") % {"day": day}
        return Finding(False, sentence, "/account/security", _("Set up"))
    if not user.has_mfa:
        sentence = _("Two-step sign-in is off: whoever learns your password is in.")
        return Finding(False, sentence, "/account/security", _("Turn it on"))
    left = recovery_codes.count_left(user)
    is_well = left >= FEW_CODES
    sentence = ngettext(
        "Two-step sign-in is on; %(count)d recovery code is left.",
        "Two-step sign-in is on; %(count)d recovery codes are left.",
        left,
    ) % {"count": left}
    if is_well:
        return Finding(True, sentence, "/account/security", _("See how"))
    return Finding(False, sentence, "/account/security/recovery-codes", _("Make new ones"))


def _sessions(sessions: list[ShownSession], now: datetime) -> Finding:
    old = sum(now - each.last_seen_at > OLD_SESSION for each in sessions)
    if not old:
        return Finding(True, _("You use every device that you are signed in on."))
    sentence = ngettext(
        "%(count)d device is signed in that you have not used for a month.",
        "%(count)d devices are signed in that you have not used for a month.",
        old,
    ) % {"count": old}
    return Finding(False, sentence, "/account/sessions", _("Sign them out"))


def _apps(apps: list[AllowedApp], now: datetime) -> Finding:
    idle = sum(app.is_idle(now) for app in apps)
    if not idle:
        return Finding(True, _("No app has access that you have stopped using."))
    sentence = ngettext(
        "%(count)d app has access that you have not used lately.",
        "%(count)d apps have access that you have not used lately.",
        idle,
    ) % {"count": idle}
    return Finding(False, sentence, "/account/apps", _("Look through your apps"))


def _name(user: User) -> Finding:
    if user.name:
        return Finding(True, _("Your name is filled in."))
    return Finding(False, _("Apps do not know your name."), "/account/profile", _("Add your name"))
