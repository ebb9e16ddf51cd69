from django.urls import path

from sso.pages import connections, doors, proof

urlpatterns = [
    path("sso/social/email", proof.address, name="social_email"),
    path("sso/social/code", proof.code, name="social_code"),
    path("sso/social/<slug:slug>/start", doors.start, name="social_start"),
    path("sso/social/<slug:slug>/callback", doors.callback, name="social_callback"),
    path("account/connections", connections.connections, name="account_connections"),
]
