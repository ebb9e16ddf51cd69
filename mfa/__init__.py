"""Second factors and passkeys. There are none to enrol yet: `login.steps.require_second_factor` stands in place."""
