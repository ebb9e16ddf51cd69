from django.apps import AppConfig


class LoginConfig(AppConfig):
    name = "login"

    def ready(self) -> None:
        from accounts import data_map
        from login.holdings import HOLDINGS

        data_map.enter(*HOLDINGS)
