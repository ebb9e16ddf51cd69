from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "organizations"

    def ready(self) -> None:
        from accounts import data_map, two_step
        from organizations import enrolment_holdings, holdings, policies

        data_map.enter(*holdings.HOLDINGS, *enrolment_holdings.HOLDINGS)
        two_step.enter(self.name, policies.factor_due_at)
