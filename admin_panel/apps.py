from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class AdminPanelConfig(AppConfig):
    name = "admin_panel"
    default = True


class OperatorAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our site: `admin.site` in every app's admin.py is the operators' console."""

    default = False
    default_site = "admin_panel.site.OperatorSite"
