"""What social login holds on people: its part of `accounts.data_map`."""

from accounts.data_map import Holding

EMPTY = "a table of django-allauth that stays empty: ours stand in its place"

HOLDINGS = (
    Holding(
        model="sso.SocialState",
        not_exported="a sign-in on its way, for minutes; hashes and an address of ours",
    ),
    *(
        Holding(model=model, not_exported=EMPTY, kept=EMPTY)
        for model in (
            "account.EmailAddress",
            "account.EmailConfirmation",
            "socialaccount.SocialAccount",
            "socialaccount.SocialToken",
        )
    ),
)
