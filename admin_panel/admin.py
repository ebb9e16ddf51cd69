"""Takes off the console what serves nobody here: Django's groups, and the toolkit's codes and empty tables."""

from django.contrib import admin
from django.contrib.auth.models import Group

from oauth.models import AccessToken, AuthorizationCode, DeviceGrant, IDToken, RefreshToken

for model in (Group, AuthorizationCode, AccessToken, RefreshToken, IDToken, DeviceGrant):
    if admin.site.is_registered(model):
        admin.site.unregister(model)
