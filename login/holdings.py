"""What the door holds on people: its part of `accounts.data_map`."""

from accounts.data_map import Holding

HOLDINGS = (
    Holding(
        model="login.LoginAttempt",
        not_exported="a sign-in on its way, for minutes; what it leads to is among the sessions",
    ),
)
