"""`/api/v1/organizations/…`. Each part adds its routes as one block."""

from django.urls import URLPattern, path

from organizations.api import audit, operators

ONE = "organizations/<uuid:organization_id>"
ANY = "admin/organizations"

urlpatterns: list[URLPattern] = [
    # Organizations
    # Members
    # Audit trail
    path(f"{ONE}/audit", audit.TrailView.as_view(), name="api_organization_audit"),
    path(f"{ONE}/audit/export", audit.TrailExportView.as_view(), name="api_organization_audit_export"),
    # Operators
    path(ANY, operators.OrganizationsView.as_view(), name="api_admin_organizations"),
    path(
        f"{ANY}/<uuid:organization_id>", operators.OrganizationView.as_view(), name="api_admin_organization"
    ),
    path(
        f"{ANY}/<uuid:organization_id>/suspend",
        operators.OrganizationSuspendView.as_view(),
        name="api_admin_organization_suspend",
    ),
    path(
        f"{ANY}/<uuid:organization_id>/reopen",
        operators.OrganizationReopenView.as_view(),
        name="api_admin_organization_reopen",
    ),
]
