"""One-time notices ("Your profile is saved.") in a signed cookie of our own name."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage


class HostCookieStorage(CookieStorage):
    """Django's storage under a name that, on https, only this very host can set."""

    cookie_name = settings.MESSAGE_COOKIE_NAME
