"""`/api/v1/organizations/…`. Each part adds its routes as one block."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = [
    # Organizations
    # Members
]
