from django.apps import AppConfig


class MfaConfig(AppConfig):
    name = "mfa"
    verbose_name = "Second factors"

    def ready(self) -> None:
        from accounts import data_map
        from accounts.services import ways_in
        from mfa.holdings import HOLDINGS
        from mfa.services import factors

        data_map.enter(*HOLDINGS)
        ways_in.enter(self.name, ways_in.Keeper(drop=factors.drop, signs_in=factors.signs_in))
