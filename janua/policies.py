"""Who may call what: every route stands here, or it does not open (`janua.gate`).

Which rows a caller may touch is decided in the services; this table says which credential knocks at all.
"""

from django.http import HttpRequest

from core.policy import Credential, Policy, api, page

BEARER, CLIENT, SESSION = Credential.BEARER, Credential.CLIENT, Credential.SESSION

POLICIES: dict[str, Policy] = {
    # Pages before the sign-in
    "home": page(),
    "language": page(),
    "sign_in": page(),
    "choose_account": page(),
    "sign_in_email": page(),
    "sign_in_code": page(),
    "sign_in_link": page(),
    "sign_in_challenge": page(),
    "sign_in_challenge_passkey": page(),
    "sign_in_passkey": page(),
    "sign_in_passkey_options": page(),
    "sign_out": page(),
    "sign_up": page(),
    "sign_up_verify": page(),
    "verify_email": page(),
    "password_forgot": page(),
    "password_reset": page(),
    "not_me": page(),
    "email_revert": page(),
    # To other providers and back: a provider may post its answer, and the view only sends it on by GET
    "social_start": page(),
    "social_callback": Policy(is_csrf_checked=False),
    "social_email": page(),
    "social_code": page(),
    # Pages of one's own account
    "account": page(SESSION),
    "account_profile": page(SESSION),
    "account_preferences": page(SESSION),
    "account_activity": page(SESSION),
    "account_emails": page(SESSION),
    "account_email_add": page(SESSION),
    "account_email_verify": page(SESSION),
    "account_email_link": page(SESSION),
    "account_phone": page(SESSION),
    "account_phone_verify": page(SESSION),
    "account_password": page(SESSION),
    "account_confirm": page(SESSION),
    "account_passkeys": page(SESSION),
    "account_passkey": page(SESSION),
    "account_passkey_add": page(SESSION),
    "account_passkey_options": page(SESSION),
    "account_sessions": page(SESSION),
    "account_connections": page(SESSION),
    "account_apps": page(SESSION),
    "account_privacy": page(SESSION),
    "account_export": page(SESSION),
    "account_receipt": page(SESSION),
    "account_terms": page(SESSION),
    "account_deletion": page(SESSION),
    "account_deletion_cancel": page(),
    "account_clients": page(SESSION),
    "account_client_new": page(SESSION),
    "account_client": page(SESSION),
    "account_client_secrets": page(SESSION),
    "account_client_danger": page(SESSION),
    # REST
    "api_register": api(),
    "api_login": api(),
    "api_magic_link_request": api(),
    "api_magic_link_verify": api(),
    "api_mfa_verify": api(),
    "api_passkey_login_options": api(),
    "api_passkey_login": api(),
    "api_passkey_login_alias": api(),
    "api_passkey_options": api(BEARER),
    "api_passkey_register": api(BEARER),
    "api_passkey_register_alias": api(BEARER),
    "api_passkeys": api(BEARER),
    "api_passkey": api(BEARER),
    "api_token_refresh": api(),
    "api_refresh": api(),
    "api_logout": api(BEARER),
    "api_auth_me": api(BEARER),
    "api_sessions": api(BEARER),
    "api_session_current": api(BEARER),
    "api_sessions_others": api(BEARER),
    "api_session": api(BEARER),
    "api_devices": api(BEARER),
    "api_device": api(BEARER),
    "api_device_trust": api(BEARER),
    "api_reauthenticate": api(BEARER),
    "api_users_me": api(BEARER),
    "api_users": api(BEARER),  # operators, by accounts.services.people
    "api_user": api(BEARER),
    "api_user_suspend": api(BEARER),
    "api_user_reactivate": api(BEARER),
    "api_user_unlock": api(BEARER),
    "api_user_password_reset": api(BEARER),
    "api_user_sessions": api(BEARER),
    "api_user_session": api(BEARER),
    "api_users_me_avatar": api(BEARER),
    "api_users_me_preferences": api(BEARER),
    "api_users_me_activity": api(BEARER),
    "api_users_me_apps": api(BEARER),
    "api_users_me_app": api(BEARER),
    "api_emails": api(BEARER),
    "api_email": api(BEARER),
    "api_email_prove": api(BEARER),
    "api_email_send_again": api(BEARER),
    "api_email_primary": api(BEARER),
    "api_email_change": api(BEARER),
    "api_phone": api(BEARER),
    "api_phone_verify": api(BEARER),
    "api_exports": api(BEARER),
    "api_export_download": api(BEARER),
    "api_deletion": api(BEARER),
    "api_consents": api(BEARER),
    "api_consent_receipt": api(BEARER),
    "api_own_terms": api(BEARER),
    "api_terms": api(),
    "api_password_forgot": api(),
    "api_password_reset": api(),
    "api_password_change": api(BEARER),
    "api_password_set": api(BEARER),
    "api_email_verify": api(),
    "api_email_resend": api(),
    # Social login
    "api_social_providers": api(),
    "api_social_authorize": api(),
    "api_social_callback": api(),
    "api_social_email": api(),
    "api_social_email_verify": api(),
    "api_social_link": api(BEARER),
    "api_social_link_callback": api(BEARER),
    "api_social_unlink": api(BEARER),
    "api_social_accounts": api(BEARER),
    # Clients, to their owners and to operators
    "api_clients": api(BEARER),
    "api_client": api(BEARER),
    "api_client_disable": api(BEARER),
    "api_client_enable": api(BEARER),
    "api_client_revoke_tokens": api(BEARER),
    "api_client_verify": api(BEARER),
    "api_client_transfer": api(BEARER),
    "api_client_secrets": api(BEARER),
    "api_client_secret": api(BEARER),
    "api_client_consents": api(BEARER),
    "api_client_consent": api(BEARER),
    "api_client_logo": api(BEARER),
    # The provider: authorize checks its client itself, request by request (oauth.authorize)
    "authorize": Policy(is_csrf_checked=False),
    "authorize_continue": page(),
    "oauth_logout": Policy(is_csrf_checked=False),
    "oauth_logout_confirm": page(),
    "device": page(),
    "device_confirm": page(SESSION),
    "device_authorization": api(CLIENT),
    "token": api(CLIENT),
    "introspect": api(CLIENT),
    "revoke": api(CLIENT),
    "userinfo": api(Credential.ACCESS_TOKEN),
    "openid_configuration": Policy(is_csrf_checked=False, is_cacheable=True),
    "oauth_authorization_server": Policy(is_csrf_checked=False, is_cacheable=True),
    "webauthn_origins": Policy(is_csrf_checked=False, is_cacheable=True),
    "passkey_endpoints": Policy(is_csrf_checked=False, is_cacheable=True),
    "authenticator_icon": Policy(is_csrf_checked=False, is_cacheable=True),
    "avatar": Policy(is_csrf_checked=False, is_cacheable=True),
    "client_logo": Policy(is_csrf_checked=False, is_cacheable=True),
    "jwks": Policy(is_csrf_checked=False, is_cacheable=True),
    # Around it
    "health": api(),
    "health_detailed": api(),
    "openapi": Policy(is_csrf_checked=False, is_cacheable=True),
    "docs": page(),
}
# Open to who is about to be erased, or has not accepted the newest terms: to read them, to take one's data along, to
# go or to stay. Every other page of the account leads there first (accounts.services.detours).
OPEN_ON_DETOURS = frozenset(
    {
        "account_terms",
        "account_deletion",
        "account_privacy",
        "account_export",
        "account_receipt",
        "account_confirm",
    }
)
ADMIN_POLICY = page(Credential.OPERATOR)


def find_policy(view_name: str) -> Policy | None:
    """The policy of a route by its name; Django admin's own routes share one."""
    return ADMIN_POLICY if view_name.startswith("admin:") else POLICIES.get(view_name)


def policy_of(request: HttpRequest) -> Policy | None:
    """The policy of the route that the request was resolved to."""
    match = request.resolver_match
    return find_policy(match.view_name) if match else None
