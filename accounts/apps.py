from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        from accounts import data_map, holdings, sign_in_holdings

        # The trail last: what is erased before it is found by what it tells.
        data_map.enter(*sign_in_holdings.HOLDINGS, *holdings.HOLDINGS)
