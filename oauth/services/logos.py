"""Logos of clients: taken in as pictures of our own encoding, given out under an address that never changes."""

import hashlib
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.operators import is_operator
from audit import services as audit
from core import pictures
from core.errors import ValidationFailed
from oauth import ownership
from oauth.events import ClientLogoChanged
from oauth.models import Client, ClientLogo


def put(*, actor: User, client: Client, picture: bytes, now: datetime) -> ClientLogo:
    """Set the logo. An owner's new logo takes the verified mark away: it is part of what was vouched for.

    Raises `NotFound` for foreign clients, `ValidationFailed` for what is not a picture.
    """
    ownership.count_change(actor, now=now)
    ownership.get_client(actor, client.client_id)  # nobody has us decode for a client that is not theirs
    try:
        png = pictures.encode_png(picture)
    except pictures.NotAPicture as error:
        raise ValidationFailed(str(error), reason="bad_picture") from None
    digest = hashlib.sha256(png).hexdigest()[:32]
    with transaction.atomic():
        locked = ownership.lock(actor, client)
        logo, _ = ClientLogo.objects.update_or_create(client=locked, defaults={"png": png, "digest": digest})
        _changed(actor, locked, digest)
    return logo


@transaction.atomic
def remove(*, actor: User, client: Client) -> None:
    """Take the logo away."""
    locked = ownership.lock(actor, client)
    if ClientLogo.objects.filter(client=locked).delete()[0]:
        _changed(actor, locked, "")


def find_png(client_id: str, digest: str) -> bytes | None:
    """The picture at this address."""
    rows = ClientLogo.objects.filter(client__client_id=client_id, digest=digest)
    logo = rows.first()
    return bytes(logo.png) if logo else None


def path_of(client: Client) -> str:
    """Where browsers find the client's logo; nothing without one."""
    digest = ClientLogo.objects.filter(client=client).values_list("digest", flat=True).first()
    return path_to(client.client_id, digest)


def path_to(client_id: str, digest: str | None) -> str:
    """The address of the picture with this digest; nothing without one."""
    return f"/oauth/clients/{client_id}/logo/{digest}.png" if digest else ""


def _changed(actor: User, client: Client, digest: str) -> None:
    if client.is_verified and not is_operator(actor):
        Client.objects.filter(pk=client.pk).update(is_verified=False)
    audit.record(
        ClientLogoChanged(
            actor_type="user",
            actor_id=actor.id,
            client_id=client.client_id,
            target_type="client",
            target_id=client.client_id,
            digest=digest,
        )
    )
