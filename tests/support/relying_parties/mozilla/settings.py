"""Settings of the site, all from the environment that MozillaRelyingParty hands over."""

import os

SECRET_KEY = os.environ["RP_SECRET_KEY"]
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "tests.support.relying_parties.mozilla.urls"
WSGI_APPLICATION = "tests.support.relying_parties.mozilla.wsgi.application"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "mozilla_django_oidc",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["RP_DATABASE"]}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
# Cookies are shared between the ports of a host: names of our own.
SESSION_COOKIE_NAME = "mozilla_rp_session"
CSRF_COOKIE_NAME = "mozilla_rp_csrf"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
}

AUTHENTICATION_BACKENDS = ["mozilla_django_oidc.auth.OIDCAuthenticationBackend"]
LOGIN_REDIRECT_URL = "/"
LOGIN_REDIRECT_URL_FAILURE = "/failed"
LOGOUT_REDIRECT_URL = "/"
OIDC_RP_CLIENT_ID = os.environ["RP_CLIENT_ID"]
OIDC_RP_CLIENT_SECRET = os.environ["RP_CLIENT_SECRET"]
OIDC_RP_SCOPES = os.environ["RP_SCOPE"]
OIDC_RP_SIGN_ALGO = os.environ["RP_SIGN_ALGORITHM"]
OIDC_OP_AUTHORIZATION_ENDPOINT = os.environ["RP_AUTHORIZATION_ENDPOINT"]
OIDC_OP_TOKEN_ENDPOINT = os.environ["RP_TOKEN_ENDPOINT"]
OIDC_OP_USER_ENDPOINT = os.environ["RP_USERINFO_ENDPOINT"]
OIDC_OP_JWKS_ENDPOINT = os.environ["RP_JWKS_URI"]
OIDC_OP_END_SESSION_ENDPOINT = os.environ["RP_END_SESSION_ENDPOINT"]
OIDC_OP_LOGOUT_URL_METHOD = "tests.support.relying_parties.mozilla.views.end_session_url"
OIDC_USERNAME_ALGO = "tests.support.relying_parties.mozilla.views.username_of"
OIDC_STORE_ID_TOKEN = True
OIDC_USE_PKCE = True
OIDC_PKCE_CODE_CHALLENGE_METHOD = "S256"
OIDC_TOKEN_USE_BASIC_AUTH = True
OIDC_TIMEOUT = 20
