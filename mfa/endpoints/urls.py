from django.urls import path

from mfa.endpoints import well_known

urlpatterns = [
    path(".well-known/webauthn", well_known.related_origins, name="webauthn_origins"),
    path(".well-known/passkey-endpoints", well_known.passkey_endpoints, name="passkey_endpoints"),
    path("authenticators/<uuid:aaguid>", well_known.authenticator_icon, name="authenticator_icon"),
]
