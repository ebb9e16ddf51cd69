"""A device may ask for resources too (RFC 8707)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('oauth', '0004_clients_managed'),
    ]

    operations = [
        migrations.AddField(
            model_name='devicegrant',
            name='resource',
            field=models.JSONField(db_default=[], default=list, help_text='Audiences asked for (RFC 8707).'),
        ),
    ]
