"""Organizations, roles and policies. Nobody has one yet: `login.steps.apply_policy` stands in place for them."""
