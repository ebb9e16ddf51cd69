"""An organization with everybody who may come near it, in each of its states, and one of everything in it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from accounts.factories import UserFactory
from accounts.models import Session, User
from accounts.services import sessions
from core import clock
from core.policy import Credential
from oauth.factories import register_client
from oauth.models import Client as App
from organizations.factories import join, make_organization, make_role
from organizations.models import (
    AccessRule,
    ApiKey,
    Domain,
    Group,
    GroupMember,
    GroupRole,
    Invitation,
    Membership,
    Organization,
    Role,
    RoleGrant,
    ServiceAccount,
)
from organizations.permissions import ADMIN, MEMBER, OWNER, VIEWER, Permission
from tests.adversarial.organization_routes import Sent
from tokens.services import first_party

ROLES = ("owner", "admin", "member", "viewer")
ROBOTS = ("admin robot", "viewer robot")  # service accounts, under these roles
OUTSIDERS = ("suspended", "charlie", "dora")  # dora owns another organization
STATES = ("open", "suspended", "deleting")
KEY = getattr(Credential, "API_KEY", None)

# What a refused request may leave behind: that somebody was here.
TRACES = frozenset({"accounts_session", "accounts_device", "core_throttlecounter", "organizations_apikey"})


@dataclass
class Things:
    """One of everything in an organization; `values` by the names that routes and bodies give them."""

    organization: Organization
    values: dict[str, str] = field(default_factory=dict)


def things_of(organization: Organization, by: Membership, name: str) -> Things:
    """A name for each URL parameter: whoever adds a parameter adds the thing here."""
    now = clock.now()
    member = join(organization, UserFactory(email=f"member@{name}.example"), MEMBER)
    role = make_role(organization, "member:read")
    dates = {"created_at": now, "updated_at": now}
    group = Group.objects.create(organization=organization, name="Group", **dates)
    GroupRole.objects.create(group=group, role=role)
    GroupMember.objects.create(group=group, membership=member, created_at=now)
    grant = RoleGrant.objects.create(membership=member, role=role, created_at=now)
    invitation = Invitation.objects.create(
        organization=organization,
        email=f"invited@{name}.example",
        role=Role.objects.system(MEMBER),
        invited_by=by.user,
        link_hash=Invitation.hash_of(name),
        sent_at=now,
        created_at=now,
        expires_at=now + timedelta(days=7),
    )
    account = ServiceAccount.objects.create(
        organization=organization, name="Robot", role=Role.objects.system(VIEWER), created_at=now
    )
    key = ApiKey.objects.create(
        organization=organization,
        user=by.user,
        name="Key",
        hint="jnu_sk_x",
        secret_hash=ApiKey.hash_of(name),
        created_at=now,
    )
    domain = Domain.objects.create(
        organization=organization,
        name=f"{name}.example",
        token="t",
        role=Role.objects.system(MEMBER),
        created_at=now,
    )
    rule = AccessRule.objects.create(
        organization=organization, name="Rule", effect="allow", actions=["*"], **dates
    )
    ids = {
        "organization_id": organization, "membership_id": member, "member_id": member, "role_id": role,
        "group_id": group, "grant_id": grant, "invitation_id": invitation, "account_id": account,
        "service_account_id": account, "key_id": key, "api_key_id": key, "domain_id": domain, "rule_id": rule,
        "user_id": member.user,
    }  # fmt: skip
    values = {name: str(thing.pk) for name, thing in ids.items()}
    app = register_client(name="App").client
    App.objects.filter(pk=app.pk).update(organization=organization)
    values["client_id"] = app.client_id
    said = {"slug": organization.slug, "key": role.key, "email": f"new@{name}.example", "role": VIEWER}
    return Things(organization, {**values, **said})


@dataclass
class Caller:
    """One way to ask, and nothing sticks to it between two requests."""

    name: str
    headers: dict[str, str] = field(default_factory=dict)
    cookie: str = ""

    def send(self, method: str, path: str, sent: Sent) -> Any:
        client = Client(raise_request_exception=False)
        if self.cookie:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.cookie
        if method == "GET":
            return client.get(path, headers=self.headers)
        ask: Callable[..., Any] = getattr(client, method.lower())
        if sent.content_type == "application/x-www-form-urlencoded" and method == "POST":
            return ask(path, sent.data, headers=self.headers)
        data = sent.data if sent.data != {} or method != "PUT" else "{}"
        return ask(path, data, content_type=sent.content_type, headers=self.headers)


class Scene:
    def __init__(self, alice: User, bob: User, charlie: User) -> None:
        self.people = {
            "owner": alice,
            "member": bob,
            "charlie": charlie,
            **{
                name: UserFactory(email=f"{name}@example.com")
                for name in ("admin", "viewer", "suspended", "dora")
            },
        }
        acme = make_organization(alice, slug="acme")
        for name, role in (("admin", ADMIN), ("member", MEMBER), ("viewer", VIEWER), ("suspended", OWNER)):
            join(acme, self.people[name], role)
        Membership.objects.filter(user=self.people["suspended"]).update(suspended_at=clock.now())
        rival = make_organization(self.people["dora"], name="Rival", slug="rival")
        self.own = things_of(acme, Membership.objects.get(user=alice), "acme")
        self.foreign = things_of(rival, Membership.objects.get(user=self.people["dora"]), "rival")

    def by_session(self, who: str) -> Caller:
        return Caller(f"{who} by session", cookie=self._session(who, Session.Kind.BROWSER).secret)

    def by_token(self, who: str) -> Caller:
        pair = first_party.issue(self._session(who, Session.Kind.API).session, now=clock.now())
        return Caller(f"{who} by token", {"Authorization": f"Bearer {pair.access_token}"})

    def by_key(self, who: str, *, scopes: tuple[str, ...] = tuple(Permission)) -> Caller:
        secret = f"jnu_sk_{who.replace(' ', '_')}".ljust(50, "x")
        home = self.foreign if who == "dora" else self.own
        owner = {"service_account": self.robot(who)} if who in ROBOTS else {"user": self.people[who]}
        ApiKey.objects.create(
            organization=home.organization,
            **owner,
            name=f"of {who}",
            hint=secret[:12],
            secret_hash=ApiKey.hash_of(secret),
            scopes=list(scopes),
            created_at=clock.now(),
        )
        return Caller(f"{who} by key", {"Authorization": f"Bearer {secret}"})

    def robot(self, name: str) -> ServiceAccount:
        role = Role.objects.system(name.removesuffix(" robot"))
        made: ServiceAccount = ServiceAccount.objects.create(
            organization=self.own.organization, name=name, role=role, created_at=clock.now()
        )
        return made

    def put(self, state: str) -> None:
        """Bring the organization into one of its `STATES`."""
        now = clock.now()
        Organization.objects.filter(id=self.own.organization.id).update(
            suspended_at=now if state == "suspended" else None,
            deletion_due_at=now + timedelta(days=7) if state == "deleting" else None,
        )

    def _session(self, who: str, kind: Session.Kind) -> sessions.NewSession:
        proof = sessions.Proof(amr=("pwd",), auth_time=clock.now())
        return sessions.start_session(self.people[who], proof, kind=kind, keep=False, now=clock.now())


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside did not happen afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def written() -> dict[str, int]:
    """Rows that this transaction has inserted, changed or deleted, by table (PostgreSQL counts them itself)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return dict(cursor.fetchall())


def between(before: dict[str, int], after: dict[str, int]) -> set[str]:
    """The tables that were written to."""
    return {table for table, count in after.items() if count != before.get(table, 0)} - TRACES
