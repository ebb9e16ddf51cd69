"""What every page may know of the person who reads it."""

from django.http import HttpRequest

from accounts import preferences
from accounts.http import user_of


def appearance(request: HttpRequest) -> dict[str, object]:
    """`theme`: "light" or "dark" where the person chose one, else what the device says counts."""
    user = user_of(request)
    theme = preferences.whole(user.preferences)["theme"] if user else "auto"
    return {"theme": "" if theme == "auto" else theme}
