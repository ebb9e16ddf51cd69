"""The pages of organizations. A name that is a word of ours here (`new`) is no organization's (organizations.slugs)."""

from django.urls import path

from organizations.pages import audit, branding, branding_css, logo, organizations

urlpatterns = [
    # Organizations
    path("organizations", organizations.organization_list, name="organizations"),
    path("organizations/<str:slug>", organizations.organization, name="organization"),
    path("logos/organizations/<str:key>.png", logo.organization_logo, name="organization_logo"),
    # Members
    # Audit trail
    path("organizations/<str:slug>/audit", audit.audit_page, name="organization_audit"),
    path("organizations/<str:slug>/audit/export", audit.audit_export, name="organization_audit_export"),
    # Branding
    path("organizations/<str:slug>/branding", branding.branding_page, name="organization_branding"),
    path("branding/preview/<str:written>.css", branding_css.preview_css, name="branding_preview_css"),
    path("branding/<uuid:organization_id>/<str:digest>.css", branding_css.branding_css, name="branding_css"),
]
