from allauth.account.apps import AccountConfig
from django.apps import AppConfig


class SsoConfig(AppConfig):
    name = "sso"
    verbose_name = "Social sign-in"
    default = True

    def ready(self) -> None:
        from accounts import data_map
        from organizations import sign_in_methods
        from sso import providers
        from sso.holdings import HOLDINGS

        data_map.enter(*HOLDINGS)
        sign_in_methods.enter(
            self.name, lambda: {provider.slug: provider.name for provider in providers.list_providers()}
        )


class AllauthAccounts(AccountConfig):
    """django-allauth's accounts, there for its providers to lean on: we serve none of its views.

    So its middleware, which it would insist on, has nothing to do on any request of ours.
    """

    default = False

    def ready(self) -> None:
        """No checks of settings for pages that do not exist."""
