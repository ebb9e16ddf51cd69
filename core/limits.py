"""Every named limit in one table (rule 14), with the figures that documentation repeats and tests measure.

Limits on guesses and on mail are counted in the database, so that losing Redis gives nobody a fresh
allowance. `may_lapse` marks the limits on mere volume: hit often, so Redis counts them where there is one.
"""

from core.throttle import Limit

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

LOGIN_ACCOUNT = Limit("login_account", 10, 15 * MINUTE)
LOGIN_IP = Limit("login_ip", 100, 15 * MINUTE)
LOGIN_DEVICE = Limit("login_device", 10, 15 * MINUTE)
LOGIN_GLOBAL = Limit("login_global", 3000, MINUTE, may_lapse=True)

SIGNUP_IP = Limit("signup_ip", 20, HOUR)
RESET_IP = Limit("reset_ip", 30, HOUR)
MAIL_ADDRESS = Limit("mail_address", 5, HOUR)
MAIL_IP = Limit("mail_ip", 30, HOUR)
FACTOR_ACCOUNT = Limit("factor_account", 10, HOUR)
FACTOR_ALARM = Limit("factor_alarm", 1, DAY)
"""Mails to one person about guesses of their second factor."""
FACTOR_DEVICE = Limit("factor_device", 10, HOUR)
RECOVERY_CODE_ACCOUNT = Limit("recovery_code_account", 10, HOUR)
"""Guesses of one person's second factor, over all sign-ins and sessions; a known browser has its own count."""
FACTOR_SETUP_ACCOUNT = Limit("factor_setup_account", 10, HOUR)
"""Guesses of the first code of a factor, over all set-ups of one person."""
FACTOR_SENT = Limit("factor_sent", 1, 30)
"""The pause between two codes of one factor."""
FACTOR_MAIL_ACCOUNT = Limit("factor_mail_account", 10, HOUR)
"""Second factors by mail: only who proved a first one gets there, so strangers cannot use it up."""
FACTOR_RESET_ACCOUNT = Limit("factor_reset_account", 5, DAY)
"""Codes that begin a reset of one person's lost factors; each may lead to a notice on every channel."""
CODE_ADDRESS = Limit("code_address", 10, HOUR)
"""Guesses of mailed codes for one address, over all codes: a new code brings no new guesses."""
EMAIL_ADDITION_ACCOUNT = Limit("email_addition_account", 10, HOUR)

SMS_NUMBER = Limit("sms_number", 3, HOUR)
SMS_ACCOUNT = Limit("sms_account", 10, DAY)
SMS_IP = Limit("sms_ip", 20, HOUR)
SMS_COUNTRY = Limit("sms_country", 1000, DAY)
"""SMS cost money, and somebody may earn by having us send them: no country takes more than this."""
PHONE_CODE_ACCOUNT = Limit("phone_code_account", 10, HOUR)

MAIL_DEVICE = Limit("mail_device", 5, HOUR)
CODE_DEVICE = Limit("code_device", 10, HOUR)
"""The same two for a sign-in code, on a browser that the account signed in on before."""

DATA_EXPORT = Limit("data_export", 5, 24 * HOUR)
"""Archives that one person asks for: each reads everything we hold on them."""
CONSENT_CHANGES = Limit("consent_changes", 60, HOUR, may_lapse=True)
"""Answers of one person to purposes: each is a row that is kept."""

SOCIAL_START_IP = Limit("social_start_ip", 120, 15 * MINUTE, may_lapse=True)
"""Logins that one network sends off to other providers: each is a row, and anybody can begin one."""

PASSKEY_OPTIONS_IP = Limit("passkey_options_ip", 600, 15 * MINUTE, may_lapse=True)
"""Challenges for passkeys that one network asks for: each is a row, and the sign-in page asks for one by itself."""

TOKEN_CLIENT_FAILURES_IP = Limit("token_client_failures_ip", 60, 15 * MINUTE)
API_KEY_FAILURES_IP = Limit("api_key_failures_ip", 60, 15 * MINUTE)
"""API keys of one network that open nothing."""
API_KEY_VERIFY_FAILURES = Limit("api_key_verify_failures", 600, 15 * MINUTE)
"""Keys that open nothing, of all that one client asks about: its own callers send them."""
CLIENT_KEYS_FETCH = Limit("client_keys_fetch", 10, MINUTE, may_lapse=True)
"""How often one client's jwks_uri is asked, whatever key ids its tokens name."""
REQUEST_URI_FETCH = Limit("request_uri_fetch", 60, MINUTE, may_lapse=True)
"""How often one network has us ask one client's request_uris: anybody who knows the client id can."""
REFRESH_IP = Limit("refresh_ip", 600, MINUTE, may_lapse=True)
AUTHORIZE_IP = Limit("authorize_ip", 1200, 15 * MINUTE, may_lapse=True)
"""Authorization requests of one network that wait for a person: each is a row, and anybody can begin one."""
DEVICE_REQUEST = Limit("device_request", 60, 15 * MINUTE, may_lapse=True)
"""Codes that one client asks for from one network."""

USER_CODE_ACCOUNT = Limit("user_code_account", 10, 15 * MINUTE)
USER_CODE_IP = Limit("user_code_ip", 30, 15 * MINUTE)
"""Guesses of the codes that devices show (RFC 8628 section 5.1); right ones do not count."""
AVATAR_CHANGES = Limit("avatar_changes", 30, HOUR, may_lapse=True)
"""Pictures that one person sends: each has us decode one."""
CLIENT_CHANGES = Limit("client_changes", 120, HOUR, may_lapse=True)
"""What one person changes on clients: a change may make us fetch a document or decode a picture."""

AUDIT_EXPORT = Limit("audit_export", 10, HOUR)
"""Exports of one organization's audit trail: each reads up to a hundred thousand lines."""
# Invitations
INVITATION_MAILBOX = Limit("invitation_mailbox", 3, DAY)
"""Mails with which one organization invites one address, sent again or anew."""
INVITATION_ADDRESS = Limit("invitation_address", 20, DAY)
"""The same of all organizations: anybody can make many."""
DENIALS_OF_ONE = Limit("denials_of_one", 1, HOUR, may_lapse=True)
"""Lines in the trail about one actor who asks for one organization of others."""
DENIALS = Limit("denials", 60, HOUR, may_lapse=True)
"""The same about one actor, whatever they ask for: a list of names that exist must not fill the trail."""
ORGANIZATION_CREATION = Limit("organization_creation", 20, DAY)
ORGANIZATION_CHANGES = Limit("organization_changes", 240, HOUR, may_lapse=True)
"""What one person changes on organizations as a whole: names in addresses, logos (each has us decode a picture)."""
DOMAIN_CHECKS = Limit("domain_checks", 30, HOUR, may_lapse=True)
"""Look-ups of DNS records that one organization asks for: each may hold a thread for three seconds."""
