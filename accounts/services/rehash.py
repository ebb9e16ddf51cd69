"""Hashes made anew, while the right password is at hand."""

from accounts import passwords
from accounts.models import User


def bring_up_to_date(user: User, password: str) -> None:
    """After a right password: a foreign or outdated hash becomes one of ours, unless it was replaced meanwhile."""
    if passwords.is_outdated(user.password):
        encoded = passwords.hash_password(password)
        User.objects.filter(id=user.id, password=user.password).update(password=encoded)
