"""An operator's stop is not the owner's to undo."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('oauth', '0005_device_resource'),
    ]

    operations = [
        migrations.AddField(
            model_name='client',
            name='is_blocked',
            field=models.BooleanField(db_default=False, default=False, help_text='An operator disabled it; only an operator enables it again.'),
        ),
    ]
