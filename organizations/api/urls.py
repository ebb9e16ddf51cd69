"""`/api/v1/organizations/…`. Each part adds its routes as one block."""

from django.urls import URLPattern, path

from organizations.api import invitations

INVITATIONS = "organizations/<uuid:organization_id>/invitations"
ONE_INVITATION = f"{INVITATIONS}/<uuid:invitation_id>"
OWN_INVITATIONS = "users/me/invitations"

urlpatterns: list[URLPattern] = [
    # Organizations
    # Members
    # Invitations
    path(INVITATIONS, invitations.InvitationsView.as_view(), name="api_invitations"),
    path(f"{INVITATIONS}/bulk", invitations.BulkInvitationsView.as_view(), name="api_invitations_bulk"),
    path(ONE_INVITATION, invitations.InvitationView.as_view(), name="api_invitation"),
    path(f"{ONE_INVITATION}/resend", invitations.ResendView.as_view(), name="api_invitation_resend"),
    path("invitations/validate", invitations.ValidateView.as_view(), name="api_invitation_validate"),
    path("invitations/accept", invitations.AcceptView.as_view(), name="api_invitation_accept"),
    path("invitations/decline", invitations.DeclineView.as_view(), name="api_invitation_decline"),
    path(OWN_INVITATIONS, invitations.OwnInvitationsView.as_view(), name="api_own_invitations"),
    path(
        f"{OWN_INVITATIONS}/<uuid:invitation_id>/accept",
        invitations.OwnAcceptView.as_view(),
        name="api_own_invitation_accept",
    ),
    path(
        f"{OWN_INVITATIONS}/<uuid:invitation_id>/decline",
        invitations.OwnDeclineView.as_view(),
        name="api_own_invitation_decline",
    ),
]
