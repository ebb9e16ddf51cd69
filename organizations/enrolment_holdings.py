"""What is kept of people whom no domain brings in any more: its part of `accounts.data_map`."""

from accounts.data_map import Holding
from accounts.holdings import YOURSELF
from organizations.models import EnrolmentStop

HOLDINGS = (
    Holding(
        model="organizations.EnrolmentStop",
        file="organizations_not_joined",
        rows=lambda user: EnrolmentStop.objects.filter(user=user).order_by("since", "id"),
        fields=("id", "organization_id", "since"),
        withheld={"user": YOURSELF},
    ),
)
