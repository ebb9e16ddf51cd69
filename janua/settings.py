"""Django's settings, mapped from `janua.config`. There is one file: no local or production twin."""

from pathlib import Path
from typing import Any

import dj_database_url
import django_stubs_ext

from janua import keys
from janua.config import LOOPBACK_HOSTS, Config, get_config
from janua.logs import logging_config

django_stubs_ext.monkeypatch()

JANUA: Config = get_config()
JANUA_MASTER_SECRET = keys.master_secret(JANUA)
JANUA_FIELD_KEYS = keys.field_keys(JANUA)

BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = JANUA.debug
SECRET_KEY = JANUA_MASTER_SECRET
ROOT_URLCONF = "janua.urls"
WSGI_APPLICATION = "janua.wsgi.application"
ALLOWED_HOSTS = [
    JANUA.host,
    *JANUA.extra_hosts,
    *(sorted(LOOPBACK_HOSTS | {"[::1]"}) if JANUA.is_development else ()),
]
APPEND_SLASH = False  # core.middleware answers both forms without a redirect

INSTALLED_APPS = [
    "admin_panel.apps.OperatorAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",  # "2 hours ago" with the right endings in every language
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
    "csp",
    # allauth's provider engine only: no views, no middleware, empty tables (docs/social-login.md)
    "allauth",
    "sso.apps.AllauthAccounts",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.apple",
    "allauth.socialaccount.providers.discord",
    "allauth.socialaccount.providers.facebook",
    "allauth.socialaccount.providers.github",
    "allauth.socialaccount.providers.microsoft",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.slack",
    "allauth.socialaccount.providers.twitter_oauth2",
    "core",
    "audit",
    "accounts",
    "tokens",
    "organizations",
    "mfa",
    "login",
    "sso.apps.SsoConfig",
    "oauth",  # before oauth2_provider: our management commands shadow the toolkit's
    "oauth2_provider",
    "admin_panel",
]

MIDDLEWARE = [
    "core.middleware.RequestContextMiddleware",
    "core.middleware.ProbeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "janua.for_pages.WhiteNoiseMiddleware",
    "janua.for_pages.CSPMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "janua.for_pages.BrowserLanguageMiddleware",
    "core.middleware.StrictInputMiddleware",
    "core.middleware.FinalSlashMiddleware",
    "django.middleware.common.CommonMiddleware",
    "janua.for_pages.SessionMiddleware",
    "janua.for_pages.PersonLanguageMiddleware",
    "janua.for_pages.CsrfViewMiddleware",
    "janua.for_pages.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "janua.gate.PolicyMiddleware",
    "organizations.middleware.EntryMiddleware",
    "organizations.middleware.DenialMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context_processors.product",
                "accounts.context_processors.appearance",
                "login.context_processors.branding",
                "oauth.context_processors.clients",
                "sso.context_processors.social",
            ],
            "libraries": {"addresses": "core.address_tags"},
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# Facts


def _database() -> dict[str, Any]:
    if not JANUA.database_url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": JANUA.janua_data_dir / "janua.sqlite3",
            "TEST": {
                "NAME": JANUA.janua_data_dir / "test.sqlite3"
            },  # in memory, threads would share one lock
            "OPTIONS": {
                "timeout": 20,
                # DEFERRED lost 522 of 523 concurrent refreshes to "database is locked" when measured.
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    database: dict[str, Any] = dict(
        dj_database_url.parse(JANUA.database_url, conn_max_age=600, conn_health_checks=True)
    )
    if "postgresql" in database["ENGINE"]:
        database["ENGINE"] = "core.postgresql"
        # Prepared statements halve the cost of the hot paths (docs/decisions/0008).
        measured = {"connect_timeout": 3, "server_side_binding": True, "prepare_threshold": 5}
        database["OPTIONS"] = {**measured, **database.get("OPTIONS", {})}
    return database


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False  # a refusal is returned, and its counter and audit line must stay

CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": JANUA.redis_url,
        "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 0.2, "SOCKET_TIMEOUT": 0.2},
    }
    if JANUA.redis_url
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

CELERY_BROKER_URL = JANUA.redis_url or "memory://"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 1, "socket_connect_timeout": 1}
CELERY_TASK_PUBLISH_RETRY = (
    False  # the outbox is the truth: a wake-up that got lost is made good by the sweep
)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# People

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = [
    "accounts.hashers.Argon2idHasher",
    # Verified once, at the login that makes the hash ours (docs/passwords.md)
    "accounts.hashers.argon2.ForeignArgon2Hasher",
    "accounts.hashers.bcrypt.BcryptHasher",
    "accounts.hashers.ldap.LdapHasher",
    "accounts.hashers.pbkdf2.Pbkdf2Hasher",
    "accounts.hashers.phpass.PhpassHasher",
    "accounts.hashers.scrypt.FirebaseHasher",
    "accounts.hashers.scrypt.ScryptHasher",
]
LOGIN_URL = "/login"

_PREFIX, _SECURE = ("__Host-", True) if JANUA.is_https else ("", False)  # __Host- needs https
SESSION_COOKIE_NAME = f"{_PREFIX}janua_session"
ACCOUNTS_COOKIE_NAME = f"{_PREFIX}janua_accounts"
FLOW_COOKIE_NAME = f"{_PREFIX}janua_flow"
DEVICE_COOKIE_NAME = f"{_PREFIX}janua_device"
PASSKEY_COOKIE_NAME = f"{_PREFIX}janua_passkey"
PASSKEY_OFFER_COOKIE_NAME = f"{_PREFIX}janua_passkey_offer"
SOCIAL_COOKIE_NAME = f"{_PREFIX}janua_social"
IDENTITY_COOKIE_NAME = f"{_PREFIX}janua_identity"
USER_CODE_COOKIE_NAME = f"{_PREFIX}janua_user_code"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _SECURE
CSRF_COOKIE_NAME = f"{_PREFIX}janua_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "core.pages.csrf_failure"
CSRF_TRUSTED_ORIGINS = [JANUA.base_url]
LANGUAGE_COOKIE_NAME = "janua_language"
MESSAGE_STORAGE = "core.messages.HostCookieStorage"
MESSAGE_COOKIE_NAME = f"{_PREFIX}janua_messages"

SILENCED_SYSTEM_CHECKS = [
    "admin.E408",  # accounts.middleware.SessionMiddleware sets request.user from our own session rows
    "admin.E410",  # and Django's session table is not used at all
    "security.W003",  # CsrfViewMiddleware is there; the gate decides which routes it guards
]

# The wire

USE_TZ = True
LANGUAGES = [  # by their own names: who looks for one does not read the others
    ("en", "English"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("fr", "Français"),
    ("it", "Italiano"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("pt-br", "Português (Brasil)"),
    ("ar", "العربية"),
    ("ja", "日本語"),
    ("zh-hans", "简体中文"),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "janua.formats"
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 5
SECURE_HSTS_SECONDS = 63_072_000 if JANUA.is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False  # other hosts of the operator's domain are not ours to decide on
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
# Browsers may call the endpoints that carry their own credential; nothing that reads a cookie.
CORS_URLS_REGEX = r"^/(oauth/(token|userinfo|revoke|device_authorization)|\.well-known/[^/]+)/?$"
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_METHODS = ("GET", "POST", "OPTIONS")

STATIC_URL = "/static/"
STATIC_ROOT = JANUA.janua_data_dir / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "organizations.api.authentication.ApiKeyAuthentication",  # first: it takes what begins as a key
        "tokens.api.authentication.BearerAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["janua.permissions.StandsInPolicyTable"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "janua.schema.PolicySchema",
    "EXCEPTION_HANDLER": "core.api.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,  # a query says nothing of how an answer looks: there is JSON alone
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Janua",
    "DESCRIPTION": "The REST API of Janua, a self-hosted OAuth 2 and OpenID identity platform.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "LICENSE": {"name": "AGPL-3.0", "identifier": "AGPL-3.0-only"},
    "DISABLE_ERRORS_AND_WARNINGS": False,
    "ENUM_NAME_OVERRIDES": {
        "KindEnum": "accounts.models.Session.Kind",
        "PasskeyKindEnum": "mfa.models.Passkey.Kind",
        "MfaSentMethodEnum": "mfa.methods.SENT_CHOICES",
        "MfaMethodEnum": "mfa.methods.API_CHOICES",
        "TotpMethodEnum": "mfa.api.setups.totp.CHOICES",
        "ActivityKindEnum": "accounts.activity.API_CHOICES",
        "StatusEnum": "accounts.models.User.Status",
        "OrganizationStatusEnum": "organizations.services.operators.STATUS_CHOICES",
        "AuditResultEnum": "audit.models.Event.Result",
    },
}

# The provider (django-oauth-toolkit's models and RFC 9700 gates; docs/decisions/0003)

OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth.Client"
OAUTH2_PROVIDER_GRANT_MODEL = "oauth.AuthorizationCode"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "oauth.AccessToken"
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "oauth.RefreshToken"
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "oauth.IDToken"
OAUTH2_PROVIDER_DEVICE_GRANT_MODEL = "oauth.DeviceGrant"
OAUTH2_PROVIDER = {
    "APPLICATION_ADMIN_CLASS": "oauth.admin.ClientAdmin",
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "PKCE_REQUIRED": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
}

# django-allauth's engine (sso.engine): what it would read from tables and send by itself, it gets from us

SOCIALACCOUNT_ADAPTER = "sso.engine.binding.SocialAdapter"
SOCIALACCOUNT_QUERY_EMAIL = True
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}

LOGGING_CONFIG = None
logging_config(JANUA.log_level)
