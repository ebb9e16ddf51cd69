"""What the account's pages may know of clients."""

from django.http import HttpRequest

from accounts.http import user_of
from oauth import ownership


def clients(request: HttpRequest) -> dict[str, object]:
    """Whether the account's navigation leads to clients; asked only when a page looks at it."""

    def may_have_clients() -> bool:
        user = user_of(request)
        return user is not None and (ownership.may_register(user) or user.oauth_clients.exists())

    return {"may_have_clients": may_have_clients}
