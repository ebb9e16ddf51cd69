"""manage.py prepare: everything between a fresh checkout and a server that may start. Safe to repeat."""

from typing import Any

from django.conf import settings
from django.core.management import call_command

from accounts.emails import domain_of
from accounts.services import bootstrap
from core import clock
from core.commands import JanuaCommand
from core.static_files import collect_if_changed
from tokens.services import keys


class Command(JanuaCommand):
    help = "Migrate, collect static files, make signing keys and the first operator; then say where to go."

    def act(self, **_options: Any) -> str:
        options = settings.JANUA
        call_command("migrate", verbosity=0, interactive=False)
        collect_if_changed()
        now = clock.now()
        keys.ensure_keys(now=now)
        keys.ring()  # opens every signing key: a wrong FIELD_ENCRYPTION_KEY is told here
        first = bootstrap.ensure_first_operator(
            email=options.admin_bootstrap_email,
            password=options.admin_bootstrap_password.get_secret_value(),
            now=now,
        )
        lines = [f"Janua        {options.base_url}", f"Operators    {options.base_url}/admin/"]
        lines.append(f"API docs     {options.base_url}/docs")
        if first and first.set_up_link:
            lines.append(
                f"First operator {first.email}: choose a password within 24 hours at\n  {first.set_up_link}"
            )
        elif first:
            lines.append(f"First operator {first.email}: made with ADMIN_BOOTSTRAP_PASSWORD; unset it now.")
        if domain_of(options.admin_bootstrap_email) not in options.allowed_admin_domains:
            lines.append(
                "Warning: ADMIN_BOOTSTRAP_EMAIL is not in ALLOWED_ADMIN_DOMAINS: /admin/ stays shut for it."
            )
        if not options.smtp_host:
            lines.append("Mail is kept in the operators' mailbox (no SMTP_HOST): /admin/core/mail/")
        return "\n".join(lines)
