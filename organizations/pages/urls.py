"""The pages of organizations. A name that is a word of ours here (`new`) is no organization's (organizations.slugs)."""

from django.urls import path

from organizations.pages import danger, logo, members, organizations, settings

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
]
