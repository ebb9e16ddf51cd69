from django.apps import AppConfig


class LoginConfig(AppConfig):
    name = "login"

    def ready(self) -> None:
        from accounts import data_map
        from accounts.services import ways_in
        from login.holdings import HOLDINGS
        from login.services import waiting

        data_map.enter(*HOLDINGS)
        ways_in.enter(self.name, ways_in.Keeper(drop=waiting.drop))
