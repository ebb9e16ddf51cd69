"""Kinds of providers: what Janua knows of each beforehand."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`engine` is django-allauth's provider that speaks it; `issuer` who it is, unless the row says otherwise.

    `sends_nonce` and `takes_pkce` are false only where a provider is known not to do it.
    """

    key: str
    name: str
    engine: str
    issuer: str = ""
    scope: str = ""
    sends_nonce: bool = False
    takes_pkce: bool = True
    subject: tuple[str, ...] = ("id",)
    """The members of the provider's answer that say who it is."""

    @property
    def is_openid(self) -> bool:
        return self.engine == "openid_connect"


# A Slack user is one only together with the workspace.
SLACK = ("https://slack.com/team_id", "https://slack.com/user_id")
_ALL = (
    Kind(key="google", name="Google", engine="openid_connect", issuer="https://accounts.google.com", subject=("sub",), sends_nonce=True),
    Kind(key="apple", name="Apple", engine="apple", issuer="https://appleid.apple.com", subject=("sub",), sends_nonce=True, takes_pkce=False),
    Kind(key="microsoft", name="Microsoft", engine="microsoft", issuer="https://login.microsoftonline.com"),
    Kind(key="github", name="GitHub", engine="github", issuer="https://github.com"),
    Kind(key="gitlab", name="GitLab", engine="openid_connect", issuer="https://gitlab.com", subject=("sub",), sends_nonce=True),
    Kind(key="linkedin", name="LinkedIn", engine="openid_connect", issuer="https://www.linkedin.com/oauth", subject=("sub",), takes_pkce=False),
    Kind(key="slack", name="Slack", engine="slack", issuer="https://slack.com", subject=SLACK, takes_pkce=False),
    Kind(key="discord", name="Discord", engine="discord", issuer="https://discord.com"),
    Kind(key="facebook", name="Facebook", engine="facebook", issuer="https://www.facebook.com", takes_pkce=False),
    Kind(key="x", name="X", engine="twitter_oauth2", issuer="https://x.com"),
    Kind(key="openid", name="OpenID Connect", engine="openid_connect", subject=("sub",), sends_nonce=True),
    Kind(key="oauth2", name="OAuth 2", engine="plain_oauth2"),
)  # fmt: skip
KINDS = {kind.key: kind for kind in _ALL}
