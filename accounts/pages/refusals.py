"""What was refused, on the form that asked for it."""

from django import forms

from core.errors import DomainError, RateLimited


def put_on_form(form: forms.Form, error: DomainError) -> int:
    """Tell it where it belongs; the status to answer with."""
    for field, sentences in (error.details or {"": [error.detail]}).items():
        form.add_error(field if field in form.fields else None, sentences)
    return 429 if isinstance(error, RateLimited) else 422
