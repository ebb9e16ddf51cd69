from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "organizations"

    def ready(self) -> None:
        from accounts import data_map, two_step
        from accounts.services import ways_in
        from organizations import holdings, policies
        from organizations.enrolment_holdings import HOLDINGS as ENROLMENT
        from organizations.services import key_ends

        data_map.enter(*holdings.HOLDINGS, *ENROLMENT)
        two_step.enter(self.name, policies.factor_due_at)
        ways_in.enter(self.name, ways_in.Keeper(drop=key_ends.drop, is_for_programs=True))
