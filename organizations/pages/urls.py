"""The pages of organizations. A name that is a word of ours here (`new`) is no organization's (organizations.slugs)."""

from django.urls import path

from organizations.pages import invitations, invited, logo, organizations

urlpatterns = [
    # Organizations
    path("organizations", organizations.organization_list, name="organizations"),
    path("organizations/<str:slug>", organizations.organization, name="organization"),
    path("logos/organizations/<str:key>.png", logo.organization_logo, name="organization_logo"),
    # Members
    # Invitations
    path("invitations", invited.own, name="own_invitations"),
    path("invitations/open", invited.open_link, name="invitation_open"),
    path("invitations/accept", invited.accept, name="invitation_accept"),
    path("invitations/decline", invited.decline, name="invitation_decline"),
    path(
        "organizations/<str:slug>/invitations", invitations.invitation_list, name="organization_invitations"
    ),
    path("organizations/<str:slug>/invitations/new", invitations.invite, name="organization_invite"),
    path(
        "organizations/<str:slug>/invitations/many", invitations.invite_many, name="organization_invite_many"
    ),
]
