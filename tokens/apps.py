from django.apps import AppConfig


class TokensConfig(AppConfig):
    name = "tokens"
    verbose_name = "Keys and tokens"

    def ready(self) -> None:
        from accounts import data_map
        from tokens.holdings import HOLDINGS

        data_map.enter(*HOLDINGS)
