from django.urls import path

from oauth.endpoints import device_authorization, discovery, introspect, revoke, token, userinfo
from oauth.pages import apps, authorize, branded_clients, client_control, clients, device, logo, logout

urlpatterns = [
    # Asked most often, and Django tries one pattern after the other.
    path("oauth/token", token.token, name="token"),
    path("oauth/userinfo", userinfo.userinfo, name="userinfo"),
    path("oauth/introspect", introspect.introspect, name="introspect"),
    path("oauth/revoke", revoke.revoke, name="revoke"),
    path("oauth/authorize", authorize.authorize, name="authorize"),
    path("oauth/authorize/<uuid:request_id>", authorize.authorize_continue, name="authorize_continue"),
    path("oauth/logout", logout.logout, name="oauth_logout"),
    path("oauth/logout/confirm", logout.confirm, name="oauth_logout_confirm"),
    path(
        "oauth/device_authorization", device_authorization.device_authorization, name="device_authorization"
    ),
    path("device", device.enter_code, name="device"),
    path("device/<uuid:grant_id>", device.confirm, name="device_confirm"),
    path(".well-known/openid-configuration", discovery.openid_configuration, name="openid_configuration"),
    path(
        ".well-known/oauth-authorization-server",
        discovery.oauth_authorization_server,
        name="oauth_authorization_server",
    ),
    path(".well-known/jwks.json", discovery.jwks, name="jwks"),
    path("oauth/clients/<str:client_id>/logo/<str:digest>.png", logo.client_logo, name="client_logo"),
    path("account/apps", apps.apps, name="account_apps"),
    path("account/clients", clients.client_list, name="account_clients"),
    path("account/clients/new", clients.client_new, name="account_client_new"),
    path("account/clients/<str:client_id>", clients.client_edit, name="account_client"),
    path(
        "account/clients/<str:client_id>/secrets",
        client_control.client_secret_list,
        name="account_client_secrets",
    ),
    path(
        "account/clients/<str:client_id>/danger", client_control.client_danger, name="account_client_danger"
    ),
    path(
        "organizations/<str:slug>/branding/clients",
        branded_clients.branded_clients,
        name="organization_branded_clients",
    ),
]
