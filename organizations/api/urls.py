"""`/api/v1/organizations/…`. Each part adds its routes as one block."""

from django.urls import URLPattern

from organizations.api import role_urls

urlpatterns: list[URLPattern] = [
    # Organizations
    # Members
    # Roles, groups, checks, rules
    *role_urls.urlpatterns,
]
