"""Which permission each route about one organization asks for, by method: what the matrix compares with the code.

Whoever adds a route adds its row. `test_organization_matrix` says which is missing, and what the code asks for.
"""

from organizations.permissions import Permission as P

NEEDS: dict[str, dict[str, str]] = {
    # Pages
    "organization": {"GET": P.ORGANIZATION_READ},
    # Audit trail
    "organization_audit": {"GET": P.AUDIT_READ},
    "organization_audit_export": {"POST": P.AUDIT_READ},
    "api_organization_audit": {"GET": P.AUDIT_READ},
    "api_organization_audit_export": {"POST": P.AUDIT_READ},
}

# Routes of this app that are about no one organization, or open to everybody: and why the matrix leaves them out.
NOT_OF_ONE: dict[str, str] = {
    "organizations": "one's own organizations",
    "api_admin_organizations": "operators: every organization",
}

# What may be done although the organization is suspended or about to be erased: reading apart.
OPEN_WHEN_SHUT: dict[str, str] = {
    "organization_audit_export": "whoever must answer for it takes its trail along",
    "api_organization_audit_export": "whoever must answer for it takes its trail along",
}
