"""The periodic work: by Celery beat where there is a broker, else by one of the web workers."""

from accounts.tasks import erase_accounts, purge_accounts, sweep_exports
from audit.tasks import anchor_heads
from core.background import Task
from core.tasks import purge, sweep_outbox, sweep_sms
from login.tasks import purge_attempts
from mfa.tasks import purge_factors
from oauth.tasks import purge_authorizations
from organizations.tasks import check_domains, erase_organizations
from sso.tasks import purge_social_states
from tokens.tasks import purge_tokens, rotate_due_keys

MINUTE, HOUR = 60.0, 3600.0

PERIODIC: tuple[tuple[Task, float], ...] = (
    (sweep_outbox, 15.0),
    (sweep_sms, 15.0),
    (anchor_heads, MINUTE),
    (sweep_exports, MINUTE),
    # One run deletes so many rows at most (core.purging): six an hour keep up with a million people.
    (purge, 10 * MINUTE),
    (purge_accounts, 10 * MINUTE),
    (erase_accounts, 10 * MINUTE),
    (erase_organizations, 10 * MINUTE),
    (purge_attempts, 10 * MINUTE),
    (purge_factors, 10 * MINUTE),
    (purge_tokens, 10 * MINUTE),
    (purge_authorizations, 10 * MINUTE),
    (purge_social_states, 10 * MINUTE),
    (check_domains, 10 * MINUTE),
    (rotate_due_keys, HOUR),
)
