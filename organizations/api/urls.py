"""`/api/v1/organizations/…`. Each part adds its routes as one block."""

from django.urls import URLPattern, path

from organizations.api.branding import BrandingView

urlpatterns: list[URLPattern] = [
    # Organizations
    # Members
    # Branding
    path(
        "organizations/<uuid:organization_id>/branding",
        BrandingView.as_view(),
        name="api_organization_branding",
    ),
]
