"""The conversation with providers: django-allauth's provider engine, its HTTP and its ID tokens in our hands.

None of its views, and nothing in its tables (docs/social-login.md).
"""
