"""Terms of use and privacy notices: published in versions, accepted before going on."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.events import TermsAccepted, TermsPublished
from accounts.models import SignUp, TermsAcceptance, TermsVersion, User
from audit import services as audit
from core import context
from core.errors import Conflict, ValidationFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A version as an operator publishes it."""

    kind: str
    version: str
    url: str
    text: str = ""
    is_required: bool = True
    effective_at: datetime | None = None


def publish(document: Document, *, actor: User | None = None, now: datetime) -> TermsVersion:
    """Publish a version, by an operator or a command; it counts from `effective_at` (now) on.

    Raises `ValidationFailed`, and `Conflict` for a version that is there already: it is never changed.
    """
    row = TermsVersion(
        kind=document.kind,
        version=document.version,
        url=document.url,
        text=document.text,
        is_required=document.is_required,
        published_at=now,
        effective_at=document.effective_at or now,
    )
    require_fields(row)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            audit.record(
                TermsPublished(
                    actor_type="user" if actor else "system",
                    actor_id=actor.id if actor else None,
                    target_type="terms",
                    target_id=str(row.id),
                    kind=row.kind,
                    version=row.version,
                )
            )
    except IntegrityError:
        raise Conflict(f"{row} is published already.", reason="version_taken") from None
    return row


def require_fields(row: Model) -> None:
    """Raises `ValidationFailed` with the reason per field: commands come without a form."""
    try:
        row.clean_fields()
    except ValidationError as error:
        sentences = [f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items()]
        raise ValidationFailed(" ".join(sentences), details=error.message_dict) from None


def current(*, now: datetime) -> list[TermsVersion]:
    """The newest effective version of each kind."""
    return list({row.kind: row for row in TermsVersion.objects.effective(now)}.values())


def required(*, now: datetime) -> list[TermsVersion]:
    """What a newcomer has to accept: the newest of each kind that ever was required."""
    effective = list(TermsVersion.objects.effective(now))
    kinds = {row.kind for row in effective if row.is_required}
    return list({row.kind: row for row in effective if row.kind in kinds}.values())


def due(user: User, *, now: datetime) -> list[TermsVersion]:
    """What this person has to accept before going on. One statement where nothing was ever required.

    Whoever accepted the newest required version, or any after it, has nothing to do; who has to, gets the newest.
    """
    effective = list(TermsVersion.objects.effective(now))
    needed = {row.kind: row.effective_at for row in effective if row.is_required}
    if not needed:
        return []
    accepted = TermsAcceptance.objects.filter(user=user).values_list("version__kind", "version__effective_at")
    for kind, effective_at in accepted:
        if kind in needed and effective_at >= needed[kind]:
            del needed[kind]
    return list({row.kind: row for row in effective if row.kind in needed}.values())


def acceptances(user: User) -> list[TermsAcceptance]:
    """What the person accepted, the newest first."""
    rows = TermsAcceptance.objects.filter(user=user).select_related("version")
    return list(rows.order_by("-accepted_at", "-id"))


@transaction.atomic
def accept(user: User, shown: Collection[UUID], *, via: str, now: datetime) -> list[TermsVersion]:
    """The person accepts what is due and was shown; which that was. What came into force since is asked for next."""
    versions = [version for version in due(user, now=now) if version.id in shown]
    if versions:
        request = context.current()
        _note(user, versions, _Circumstances(now, via, request.ip, request.user_agent))
    return versions


def require_accepted(is_accepted: bool, *, now: datetime) -> None:
    """For sign-up pages; raises `ValidationFailed` where there is something to accept and it was not."""
    if not is_accepted and required(now=now):
        sentence = _("Please accept the terms to go on.")
        raise ValidationFailed(sentence, reason="terms_required", details={"accepts_terms": [sentence]})


def to_keep(is_accepted: bool, *, now: datetime) -> dict[str, Any]:
    """What a sign-up keeps of an acceptance until there is a user."""
    versions = required(now=now) if is_accepted else []
    if not versions:
        return {}
    request = context.current()
    return {
        "versions": [str(row.id) for row in versions],
        "at": now.isoformat(),
        "ip": request.ip,
        "user_agent": request.user_agent[:400],
    }


def take_over(sign_up: SignUp, user: User) -> None:
    """The sign-up became a user: write down what was accepted with it, when and from where. In its transaction."""
    kept = sign_up.accepted_terms
    at = parse_datetime(kept["at"]) if kept else None
    if at is None:
        return
    versions = TermsVersion.objects.filter(id__in=kept["versions"])
    _note(user, versions, _Circumstances(at, "sign_up", kept["ip"], kept["user_agent"]))


@dataclass(frozen=True, slots=True)
class _Circumstances:
    at: datetime
    via: str
    ip: str
    user_agent: str


def _note(user: User, versions: Iterable[TermsVersion], how: _Circumstances) -> None:
    """One row per version. A second click finds its row: what was written first stays."""
    versions = list(versions)
    TermsAcceptance.objects.bulk_create(
        [
            TermsAcceptance(
                user=user,
                version=version,
                accepted_at=how.at,
                via=how.via,
                ip=how.ip or None,
                user_agent=how.user_agent[:400],
            )
            for version in versions
        ],
        ignore_conflicts=True,
    )
    audit.record(
        TermsAccepted(
            actor_type="user",
            actor_id=user.id,
            target_type="user",
            target_id=str(user.id),
            versions=tuple(f"{version.kind} {version.version}" for version in versions),
            via=how.via,
        )
    )
