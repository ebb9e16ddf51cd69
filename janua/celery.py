"""The Celery application: `make worker` runs it where there is a broker."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "janua.settings")
app = Celery("janua")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_finalize.connect
def schedule(sender: Celery, **_: object) -> None:
    """Give Celery beat the same table that a server without a broker works off."""
    from janua.schedule import PERIODIC

    for task, seconds in PERIODIC:
        sender.add_periodic_task(seconds, sender.tasks[task.name].s(), name=task.name)
