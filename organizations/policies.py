"""What organizations ask of their members' sign-ins: asked by `login.steps`, and when one of them is entered.

Over several organizations the strictest wins. Two things keep that from locking people out for good
(docs/decisions/0013-policies-of-organizations.md). How and from where an account signs in is only for the organization
to say that has verified the domain of its address, as an employer has; the others look at the session of whoever enters
them. And an owner's own organization says nothing about it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from django.db.models import Exists, OuterRef

from accounts import emails, levels
from accounts.models import Session, User
from core.statements import Select, slot
from organizations import sign_in_methods
from organizations.errors import EntryRefused, Lack
from organizations.models import Domain, Membership, Organization, OrganizationPolicy

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What one organization asks. Empty `methods` and `networks`: any."""

    organization: str
    factor_due_at: datetime | None = None
    methods: frozenset[str] = frozenset()
    session_hours: int | None = None
    networks: tuple[Network, ...] = ()
    binds_account: bool = False

    @classmethod
    def of(cls, policy: OrganizationPolicy, name: str, *, binds_account: bool = False) -> "Demand":
        return cls(
            organization=name,
            factor_due_at=policy.mfa_required_at,
            methods=frozenset(policy.sign_in_methods),
            session_hours=policy.session_hours,
            networks=tuple(ip_network(each) for each in policy.networks),
            binds_account=binds_account,
        )

    def allows_door(self, door: str) -> bool:
        return not self.methods or sign_in_methods.of_door(door) in self.methods

    def allows_network(self, ip: str) -> bool:
        return not self.networks or lies_in(self.networks, ip)

    def lack_of(self, session: Session, *, ip: str | None, now: datetime) -> Lack | None:
        """What a session lacks to enter: the request's address, where it came in, its age, its level.

        `ip` None: the person is not there, a program goes on for them; its network says nothing of theirs.
        """
        if ip is not None and not self.allows_network(ip):
            return Lack.NETWORK
        if self.methods and not self.allows_door(session.door):  # a column that tokens' sessions come without
            return Lack.METHOD
        hours = self.session_hours
        if hours is not None and now >= session.auth_time + timedelta(hours=hours):
            return Lack.AGE
        return Lack.FACTOR if self.misses_factor(session, now=now) else None

    def misses_factor(self, session: Session, *, now: datetime) -> bool:
        """Whether a second factor is due that the session came without."""
        is_due = self.factor_due_at is not None and now >= self.factor_due_at
        return is_due and not levels.meets(session.acr, levels.TWO_FACTORS)


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
    def binding(self) -> Demand | None:
        """Who says how and from where the account signs in. One at most: a domain has one owner."""
        return next((each for each in self.demands if each.binds_account), None)


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
        .annotate(
            has_their_domain=Exists(
                Domain.objects.filter(
                    organization=OuterRef("organization"),
                    name=slot(Domain, "name"),
                    verified_at__isnull=False,
                )
            )
        )
        .order_by("organization__name", "id")
    ),
    most=None,
)


def for_user(user: User) -> LoginPolicy:
    """What the person's organizations ask of their sign-in, in one statement."""
    places = _PLACES.all(id=user.id, name=emails.domain_of(user.email))
    return LoginPolicy(tuple(demand_on(place) for place in places))


def factor_due_at(user: User) -> datetime | None:
    """For `accounts.two_step`, which knows no organizations."""
    return for_user(user).factor_due_at


def demand_on(place: Membership) -> Demand:
    """What a member's organization asks of them; `place` has its organization with the policy, and its role.

    An owner can always come and repair a policy.
    """
    binds = getattr(place, "has_their_domain", False) and not place.role.granted.is_owner
    organization = place.organization
    return Demand.of(policy_of(organization), organization.name, binds_account=binds)


def refusal(lack: Lack, organization: Organization) -> EntryRefused:
    """What the person reads whose session lacks this; the organization has its policy."""
    methods = sign_in_methods.in_words(policy_of(organization).sign_in_methods)
    return EntryRefused(lack, organization=organization.name, methods=methods)


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
