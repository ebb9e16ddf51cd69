from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        from accounts import data_map, holdings, sign_in_holdings

        data_map.enter(*holdings.HOLDINGS, *sign_in_holdings.HOLDINGS)
