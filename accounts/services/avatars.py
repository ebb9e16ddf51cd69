"""Pictures of people: taken in as pictures of our own encoding, given out under an address that nobody can guess."""

from datetime import datetime

from django.db import transaction

from accounts.events import AvatarChanged, by_oneself
from accounts.models import Avatar, User
from accounts.services.profile import lock
from audit import services as audit
from core import crypto, limits, pictures, throttle
from core.errors import ValidationFailed


def put(*, user: User, picture: bytes, now: datetime) -> User:
    """Set one's picture: a square of at most 256 pixels. Raises `ValidationFailed`, `RateLimited`."""
    throttle.require(limits.AVATAR_CHANGES, str(user.id), now=now)
    try:
        png = pictures.encode_png(picture, square=True)
    except pictures.NotAPicture as error:
        raise ValidationFailed(str(error), reason="bad_picture", details={"picture": [str(error)]}) from None
    with transaction.atomic():
        locked = lock(user)
        Avatar.objects.filter(user=locked).delete()
        avatar = Avatar.objects.create(key=crypto.new_secret(""), user=locked, png=png)
        _point_to(locked, avatar.key, now=now)
    return locked


@transaction.atomic
def remove(*, user: User, now: datetime) -> None:
    """Take one's picture away; its address leads nowhere from then on."""
    locked = lock(user)
    if Avatar.objects.filter(user=locked).delete()[0]:
        _point_to(locked, "", now=now)


def find_png(key: str) -> bytes | None:
    """The picture at this address."""
    avatar = Avatar.objects.filter(key=key).first()
    return bytes(avatar.png) if avatar else None


def _point_to(user: User, key: str, *, now: datetime) -> None:
    user.picture_key, user.updated_at = key, now
    user.save(update_fields=["picture_key", "updated_at"])
    audit.record(AvatarChanged(**by_oneself(user.id), has_picture=bool(key)))
