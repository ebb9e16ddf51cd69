"""Routes of audit trails, and of operators."""

from django.urls import path

from organizations.api import audit, operators

ONE = "organizations/<uuid:organization_id>"
ANY = "admin/organizations"

urlpatterns = [
    path(f"{ONE}/audit", audit.TrailView.as_view(), name="api_organization_audit"),
    path(f"{ONE}/audit/export", audit.TrailExportView.as_view(), name="api_organization_audit_export"),
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
    path(
        f"{ANY}/<uuid:organization_id>/owners",
        operators.OrganizationOwnersView.as_view(),
        name="api_admin_organization_owners",
    ),
]
