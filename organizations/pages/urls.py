"""The pages of organizations. A name that is a word of ours here (`new`) is no organization's (organizations.slugs)."""

from django.urls import path

from organizations.pages import danger, domains, logo, members, organizations, policy, settings

ONE = "organizations/<str:slug>"

urlpatterns = [
    # Organizations
    path("organizations", organizations.organization_list, name="organizations"),
    path("organizations/new", organizations.organization_new, name="organization_new"),
    path(ONE, organizations.organization, name="organization"),
    path(f"{ONE}/settings", settings.organization_settings, name="organization_settings"),
    path(f"{ONE}/danger", danger.organization_danger, name="organization_danger"),
    path("logos/organizations/<str:key>.png", logo.organization_logo, name="organization_logo"),
    # Members
    path(f"{ONE}/members", members.member_list, name="organization_members"),
    path(f"{ONE}/members/<uuid:membership_id>", members.member, name="organization_member"),
    # Policy and domains
    path(f"{ONE}/policy", policy.organization_policy, name="organization_policy"),
    path(f"{ONE}/domains", domains.organization_domains, name="organization_domains"),
    path("account/organizations", domains.joinable_organizations, name="joinable_organizations"),
]
