"""Providers of social login for operators. A secret goes in and is never shown again."""

from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.http import required_session, to_confirm
from accounts.services import sudo
from core import clock, outbound
from core.outbound import OutboundError
from sso.kinds import KINDS
from sso.models import SocialProvider
from sso.services import provider_rows

# allauth's own tables stay empty (docs/social-login.md): there is nothing to see in them.
for _table in (EmailAddress, EmailConfirmation, SocialAccount, SocialApp, SocialToken):
    if admin.site.is_registered(_table):
        admin.site.unregister(_table)

ADDRESSES = ("issuer", "authorize_url", "token_url", "userinfo_url")
NEEDED = {"openid": ("issuer",), "oauth2": ("authorize_url", "token_url", "userinfo_url")}


class SocialProviderForm(forms.ModelForm[SocialProvider]):
    client_secret = forms.CharField(
        required=False,
        strip=True,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"}),
        help_text="For Apple the private key (.p8). Left empty, the one before stays.",
    )

    class Meta:
        model = SocialProvider
        fields = (
            "slug", "kind", "name", "client_id", "client_secret", *ADDRESSES, "scope", "options",
            "authoritative_domains", "order", "is_enabled", "allows_sign_up",
        )  # fmt: skip

    def clean_client_secret(self) -> str:
        """Read-only for eyes: what is not typed anew stays as it is."""
        given = str(self.cleaned_data["client_secret"])
        if not given and self.instance._state.adding:
            raise forms.ValidationError("A new provider needs its secret.")
        return given or self.instance.client_secret

    def clean_options(self) -> dict[str, Any]:
        value = self.cleaned_data["options"] or {}
        if not isinstance(value, dict):
            raise forms.ValidationError('Write an object, such as {"tenant": "…"}.')
        return value

    def clean_authoritative_domains(self) -> list[str]:
        value = self.cleaned_data["authoritative_domains"] or []
        if not isinstance(value, list) or not all(isinstance(domain, str) for domain in value):
            raise forms.ValidationError('Write a list, such as ["example.com"].')
        return value

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in NEEDED.get(data.get("kind", ""), ()):
            if not data.get(name):
                self.add_error(name, f"{KINDS[data['kind']].name} needs it.")
        for name in ADDRESSES:
            if data.get(name):
                self._check(name, data[name])
        return data

    def _check(self, name: str, url: str) -> None:
        try:
            outbound.check(url)
        except OutboundError as error:
            self.add_error(name, error.reason)


@admin.register(SocialProvider)
class SocialProviderAdmin(admin.ModelAdmin[SocialProvider]):
    form = SocialProviderForm
    list_display = ("name", "slug", "kind", "issuer", "order", "is_enabled", "allows_sign_up")
    ordering = ("order", "name")
    actions = None  # removing many at once would pass by the audit line of each

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._with_fresh_proof(request) or super().changeform_view(request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._with_fresh_proof(request) or super().delete_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: SocialProvider, form: Any, change: bool) -> None:
        session = required_session(request)
        provider_rows.save(obj, fields=form.changed_data, session=session, now=clock.now())

    def delete_model(self, request: HttpRequest, obj: SocialProvider) -> None:
        provider_rows.remove(obj, session=required_session(request), now=clock.now())

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        """The audit trail has it; Django's own log stays empty."""

    log_change = log_addition  # type: ignore[assignment]

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:  # type: ignore[override]
        """As above."""

    def _with_fresh_proof(self, request: HttpRequest) -> Any:
        is_open = sudo.is_open(required_session(request), now=clock.now())
        return None if is_open else to_confirm(request)
