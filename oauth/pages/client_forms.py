"""The form of a client: RFC 7591 metadata in people's words. `oauth.metadata` judges it, as at every door."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import levels
from oauth.metadata import ClientMetadata
from oauth.models import DEVICE_CODE

LISTS = ("redirect_uris", "post_logout_redirect_uris", "contacts")
LIFETIMES = ("access_token_lifetime_seconds", "refresh_token_lifetime_seconds")
ADVANCED = (
    "scope",
    "default_acr_values",
    "jwks_uri",
    "policy_uri",
    "tos_uri",
    "contacts",
    "post_logout_redirect_uris",
    *LIFETIMES,
)
WAYS = (
    ("client_secret_basic", _("Secret, sent in the Authorization header (recommended for servers)")),
    ("client_secret_post", _("Secret, sent in the body")),
    ("private_key_jwt", _("A key of its own (needs the address of its keys)")),
    ("none", _("None: an app on people's devices or in their browsers")),
)
GRANTS = (
    ("authorization_code", _("Sign people in")),
    ("refresh_token", _("Stay signed in (refresh tokens)")),
    ("client_credentials", _("Act for itself, without a person")),
    (DEVICE_CODE, _("Sign in on televisions and the like (device code)")),
)
SIGN_INS = (
    ("", _("As people like")),
    (levels.TWO_FACTORS, _("With two steps, if the person can")),
    (levels.PHISHING_RESISTANT, _("With a passkey or security key, if the person can")),
)

WHOLE_ADDRESSES = _(
    "Enter whole addresses such as https://app.example/callback, without # and without a password."
)


def _line(label: Any, *, help_text: Any = "", max_length: int = 500) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(
        label=label, max_length=max_length, required=False, widget=widget, help_text=help_text
    )


def _lines(label: Any, *, help_text: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(label=label, max_length=20_000, required=False, widget=widget, help_text=help_text)


def _seconds(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, min_value=0, help_text=_("In seconds. Empty: as everywhere here.")
    )


class ClientForm(forms.Form):
    client_name = _line(_("Name"), max_length=255, help_text=_("What people see when they sign in."))
    client_name.required = True
    publisher = _line(_("Publisher"), max_length=100, help_text=_("The company or person behind it."))
    client_uri = _line(_("Website"), help_text=_("Begins with https://"))
    redirect_uris = _lines(
        _("Redirect addresses"),
        help_text=_(
            "Where people come back to, one in each line, compared letter by letter. "
            "Needed by every app that signs people in."
        ),
    )
    token_endpoint_auth_method = forms.ChoiceField(label=_("How the app proves who it is"), choices=WAYS)
    grant_types = forms.MultipleChoiceField(
        label=_("What it may do"), choices=GRANTS, widget=forms.CheckboxSelectMultiple
    )
    scope = _line(
        _("Scopes"),
        max_length=2000,
        help_text=_(
            "What it may ask for, with spaces between. With “organization”, for people's organizations too."
        ),
    )
    default_acr_values = forms.ChoiceField(
        label=_("How people sign in"),
        choices=SIGN_INS,
        required=False,
        help_text=_("Unless a request of the app asks for something else."),
    )
    post_logout_redirect_uris = _lines(
        _("Addresses after signing out"), help_text=_("Where a sign-out may lead, one in each line.")
    )
    jwks_uri = _line(_("Address of its public keys"), help_text=_("A JWK set, at an https address."))
    policy_uri = _line(_("Privacy policy"), help_text=_("Begins with https://"))
    tos_uri = _line(_("Terms of service"), help_text=_("Begins with https://"))
    contacts = _lines(_("Contacts"), help_text=_("Email addresses of its people, one in each line."))
    access_token_lifetime_seconds = _seconds(_("Life of an access token"))
    refresh_token_lifetime_seconds = _seconds(_("Life of an unused refresh token"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        way, grants = self.fields["token_endpoint_auth_method"], self.fields["grant_types"]
        sign_in = self.fields["default_acr_values"]
        sign_in.choices = _with(SIGN_INS, [self.initial["default_acr_values"]])  # type: ignore[attr-defined]
        way.choices = _with(WAYS, [self.initial["token_endpoint_auth_method"]])  # type: ignore[attr-defined]
        grants.choices = _with(GRANTS, self.initial["grant_types"])  # type: ignore[attr-defined]

    @classmethod
    def initial_of(cls, metadata: ClientMetadata) -> dict[str, Any]:
        """What the form shows of a client."""
        values = {name: getattr(metadata, name) for name in cls.base_fields}
        lists = {name: "\n".join(values[name]) for name in LISTS}
        return values | lists | {"default_acr_values": " ".join(metadata.default_acr_values)}

    @property
    def changes(self) -> dict[str, Any]:
        """The valid form as JSON members. What the form does not show, a change leaves as it is."""
        given = dict(self.cleaned_data)
        return given | {name: given[name].split() for name in (*LISTS, "default_acr_values")}

    def put_fault(self, sentence: str) -> None:
        """Show a refusal at the member that it names, else above the form."""
        name, colon, rest = sentence.partition(": ")
        if rest.startswith("redirect URI "):  # the sentence for machines, in people's words
            rest = str(WHOLE_ADDRESSES)
        if colon and name in self.fields:
            self.add_error(name, rest)
            return
        first_word = sentence.partition(" ")[0]
        self.add_error(first_word if first_word in self.fields else None, sentence)

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("client_name", "publisher", "client_uri", "redirect_uris")]

    @property
    def advanced_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ADVANCED]

    @property
    def opens_advanced(self) -> bool:
        """Whether a fault stands in the folded part."""
        return any(name in self.errors for name in ADVANCED)


def _with(choices: tuple[tuple[str, Any], ...], present: Iterable[str]) -> list[tuple[str, Any]]:
    """The choices, and what a client has besides: saving the form must not take it away."""
    known = dict(choices)
    return [*choices, *((value, value) for value in present if value not in known)]


class LogoForm(forms.Form):
    picture = forms.FileField(
        label=_("New logo"),
        max_length=255,
        help_text=_("PNG, JPEG, WebP or GIF, at most 1 MB. People see it in 256 by 256 pixels at most."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )


class DeleteForm(forms.Form):
    """The name, typed once more: a deletion cannot be taken back."""

    confirmed_name = _line(_("To confirm, type the name of the app"), max_length=255)
    confirmed_name.required = True

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name

    def clean_confirmed_name(self) -> str:
        given = str(self.cleaned_data["confirmed_name"])
        if given.strip() != self.name.strip():
            raise forms.ValidationError(_("This is not the name of the app."))
        return given


class TransferForm(forms.Form):
    email = forms.CharField(
        label=_("Email address of the new owner"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
