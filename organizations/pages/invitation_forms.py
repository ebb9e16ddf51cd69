"""What people fill in to invite others."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from organizations import invitation_files
from organizations.models import Role

ADDRESS = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "dir": "ltr"}


class RoleForm(forms.Form):
    """A form that gives a role: one of those that the person may give."""

    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(role.key, role.title) for role in roles]
        field.initial = next((role.key for role in roles if role.key == "member"), None)


class InvitationForm(RoleForm):
    # Checked by accounts.emails, the one canonical form.
    email = forms.CharField(label=_("Email address"), max_length=254, widget=forms.EmailInput(attrs=ADDRESS))
    field_order = ("email", "role")


class InvitationListForm(RoleForm):
    text = forms.CharField(
        label=_("Addresses"),
        required=False,
        strip=False,
        help_text=_("One a line, or lines of CSV: address, role."),
        widget=forms.Textarea(attrs={**ADDRESS, "rows": 8}),
    )
    file = forms.FileField(
        label=_("CSV file"),
        required=False,
        allow_empty_file=True,
        help_text=_("With the columns email and role. It takes the place of what stands above."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
    )
    field_order = ("text", "file", "role")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].label = _("Role where a line names none")

    def list_text(self) -> str:
        """What was uploaded, else what was pasted; raises `core.errors.ValidationFailed`.

        It stands in the field for text from now on, to be corrected: no browser keeps a chosen file.
        """
        upload: UploadedFile[Any] | None = self.cleaned_data["file"]
        text = invitation_files.decode(upload.read()) if upload else str(self.cleaned_data["text"])
        self.data = {**self.data, "text": text}
        return text
