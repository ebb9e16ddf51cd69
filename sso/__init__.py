"""Single sign-on with an organization's or a social identity provider. Its doors will enter `login.services`."""
