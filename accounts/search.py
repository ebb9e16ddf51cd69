"""Finding people by any part of their address or names."""

from django.db.models import Func, QuerySet, TextField

from accounts.models import User


class SearchedText(Func):
    """What a search looks into. The index of migration accounts.0003 is over these very words."""

    template = (
        "lower(accounts_user.email || ' ' || accounts_user.given_name || ' ' || accounts_user.middle_name"
        " || ' ' || accounts_user.family_name || ' ' || accounts_user.nickname)"
    )
    output_field = TextField()


def matching(people: QuerySet[User], text: str) -> QuerySet[User]:
    """Those whose address or names hold the text, in any case. On PostgreSQL a trigram index serves it."""
    return people.alias(searched=SearchedText()).filter(searched__contains=text.strip().lower())
