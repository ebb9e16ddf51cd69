"""The project: configuration, URLs, and the table of who may call what."""

from janua.celery import app as celery_app

__all__ = ["celery_app"]
