"""What organizations ask of their members' sign-ins: asked by `login.steps`, and when one of them is entered.

Over several organizations the strictest wins. Two things keep that from locking people out for good
(docs/decisions/0012-policies-of-organizations.md): an owner's own organization says nothing about how and from where
they sign in, and where organizations leave no common way to sign in, each of their ways is open; the organization
itself still looks at the session of whoever enters it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from accounts import emails, levels
from accounts.models import Session, User
from core.statements import Select, slot
from organizations import sign_in_methods
from organizations.errors import Lack
from organizations.models import Membership, Organization, OrganizationPolicy

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What one organization asks. Empty `methods` and `networks`: any."""

    organization: str
    factor_due_at: datetime | None = None
    methods: frozenset[str] = frozenset()
    session_hours: int | None = None
    networks: tuple[Network, ...] = ()
    is_owner: bool = False

    @classmethod
    def of(cls, policy: OrganizationPolicy, name: str, *, is_owner: bool = False) -> "Demand":
        return cls(
            organization=name,
            factor_due_at=policy.mfa_required_at,
            methods=frozenset(policy.sign_in_methods),
            session_hours=policy.session_hours,
            networks=tuple(ip_network(each) for each in policy.networks),
            is_owner=is_owner,
        )

    def allows_door(self, door: str) -> bool:
        return not self.methods or sign_in_methods.of_door(door) in self.methods

    def allows_network(self, ip: str) -> bool:
        return not self.networks or lies_in(self.networks, ip)

    def lack_of(self, session: Session, *, ip: str, now: datetime) -> Lack | None:
        """What a session lacks to enter: the request's address, where it came in, its age, its level."""
        if not self.allows_network(ip):
            return Lack.NETWORK
        if not self.allows_door(session.door):
            return Lack.METHOD
        hours = self.session_hours
        if hours is not None and now >= session.auth_time + timedelta(hours=hours):
            return Lack.AGE
        is_due = self.factor_due_at is not None and now >= self.factor_due_at
        return Lack.FACTOR if is_due and not levels.meets(session.acr, levels.TWO_FACTORS) else None


@dataclass(frozen=True, slots=True)
class LoginPolicy:
    """What all organizations of a person ask together."""

    demands: tuple[Demand, ...] = ()

    @property
    def factor_due_at(self) -> datetime | None:
        """From when on the person needs a second factor, whoever asks first."""
        return min((each.factor_due_at for each in self.demands if each.factor_due_at), default=None)

    @property
    def asks_for_factor(self) -> str:
        """The organization that asks first; empty if none does."""
        due_at = self.factor_due_at
        return next(
            (each.organization for each in self.demands if due_at and each.factor_due_at == due_at), ""
        )

    @property
    def longest_session(self) -> timedelta | None:
        hours = min((each.session_hours for each in self.demands if each.session_hours), default=None)
        return None if hours is None else timedelta(hours=hours)

    @property
    def methods(self) -> frozenset[str]:
        """The ways to sign in that are open; empty: all of them."""
        asked = [each.methods for each in self._binding if each.methods]
        if not asked:
            return frozenset()
        return frozenset.intersection(*asked) or frozenset.union(*asked)

    def against_door(self, door: str) -> Demand | None:
        """Who does not let the person sign in this way; None if it is open."""
        method, methods = sign_in_methods.of_door(door), self.methods
        if not methods or method in methods:
            return None
        return next(each for each in self._binding if not each.allows_door(door))

    def against_network(self, ip: str) -> Demand | None:
        """Who does not let the person sign in from here."""
        return next((each for each in self._binding if not each.allows_network(ip)), None)

    @property
    def _binding(self) -> tuple[Demand, ...]:
        """For how and from where one signs in: an owner can always come and repair a policy."""
        return tuple(each for each in self.demands if not each.is_owner)


NOTHING_ASKED = LoginPolicy()

_PLACES = Select(
    lambda: (
        Membership.objects.select_related("organization__policy", "role")
        .filter(
            user=slot(User, "id"),
            suspended_at=None,
            organization__suspended_at=None,
            organization__deletion_due_at=None,
            organization__policy__isnull=False,
        )
        .order_by("organization__name", "id")
    ),
    most=None,
)


def for_user(user: User) -> LoginPolicy:
    """What the person's organizations ask of their sign-in, in one statement."""
    return LoginPolicy(tuple(demand_on(place) for place in _PLACES.all(id=user.id)))


def factor_due_at(user: User) -> datetime | None:
    """For `accounts.two_step`, which knows no organizations."""
    return for_user(user).factor_due_at


def demand_on(place: Membership) -> Demand:
    """What a member's organization asks of them; `place` has its organization with the policy, and its role."""
    is_owner = place.role.granted.is_owner
    organization = place.organization
    return Demand.of(policy_of(organization), organization.name, is_owner=is_owner)


def policy_of(organization: Organization) -> OrganizationPolicy:
    """The organization's policy; without a row, one that asks nothing."""
    try:
        found: OrganizationPolicy = organization.policy
    except OrganizationPolicy.DoesNotExist:
        return OrganizationPolicy(organization=organization, updated_at=organization.created_at)
    return found


def admits(policy: OrganizationPolicy, address: str) -> bool:
    """Whether whoever has this canonical address may become a member."""
    return not policy.email_domains or emails.domain_of(address) in policy.email_domains


def lies_in(networks: Iterable[Network], ip: str) -> bool:
    """Whether the address is in one of them. An IPv4 address in an IPv6 one (RFC 4291 section 2.5.5.2) counts as
    itself; no address, as outside of requests, is in none."""
    if not ip:
        return False
    address: Any = ip_address(ip)
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in network for network in networks)
