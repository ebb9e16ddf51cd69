from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "organizations"

    def ready(self) -> None:
        from accounts import data_map
        from organizations import holdings

        data_map.enter(*holdings.HOLDINGS)
