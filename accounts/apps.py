from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        from accounts import data_map
        from accounts.holdings import HOLDINGS

        data_map.enter(*HOLDINGS)
