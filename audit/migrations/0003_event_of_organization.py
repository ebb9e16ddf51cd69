"""An index of the lines of organizations, built while lines are appended: nobody's act waits for it."""

from django.db import migrations, models

INDEX = models.Index(
    condition=models.Q(("organization_id__isnull", False)),
    fields=["organization_id", "at"],
    name="audit_event_organization_at",
)


def add(apps, schema_editor):
    event = apps.get_model("audit", "Event")
    if schema_editor.connection.vendor != "postgresql":
        schema_editor.add_index(event, INDEX)
        return
    # A build that was broken off leaves an index that is not valid.
    schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX.name}")
    schema_editor.add_index(event, INDEX, concurrently=True)


def drop(apps, schema_editor):
    event = apps.get_model("audit", "Event")
    if schema_editor.connection.vendor != "postgresql":
        schema_editor.remove_index(event, INDEX)
        return
    schema_editor.remove_index(event, INDEX, concurrently=True)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("audit", "0002_alter_event_actor_type")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(add, drop)],
            state_operations=[migrations.AddIndex(model_name="event", index=INDEX)],
        )
    ]
