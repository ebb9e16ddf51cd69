from django.apps import AppConfig


class OAuthConfig(AppConfig):
    name = "oauth"
    verbose_name = "Clients"

    def ready(self) -> None:
        from accounts import data_map
        from oauth.holdings import HOLDINGS

        data_map.enter(*HOLDINGS)
