"""django-oauth-toolkit's models are swapped for ours: none of its tables is made (docs/decisions/0003)."""

import pytest
from django.apps import apps
from django.db import connection
from oauth2_provider import models as toolkit

from oauth import models as ours

pytestmark = pytest.mark.django_db


def test_no_table_of_the_toolkit_is_in_the_database() -> None:
    tables = connection.introspection.table_names()
    assert "oauth_client" in tables
    assert not [name for name in tables if name.startswith("oauth2_provider")]


def test_all_six_models_are_ours() -> None:
    assert toolkit.get_application_model() is ours.Client
    assert toolkit.get_grant_model() is ours.AuthorizationCode
    assert toolkit.get_access_token_model() is ours.AccessToken
    assert toolkit.get_refresh_token_model() is ours.RefreshToken
    assert toolkit.get_id_token_model() is ours.IDToken
    assert toolkit.get_device_grant_model() is ours.DeviceGrant


def test_none_of_its_models_is_installed_beside_ours() -> None:
    installed = apps.get_app_config("oauth2_provider").get_models(include_swapped=False)
    assert [model.__name__ for model in installed] == []


def test_the_toolkits_single_secret_has_no_column() -> None:
    columns = {field.column for field in ours.Client._meta.concrete_fields}
    assert not {"client_secret", "hash_client_secret"} & columns
