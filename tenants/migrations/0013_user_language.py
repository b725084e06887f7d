"""Nobody could choose a language before, so what stands there was not chosen."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("tenants", "0012_history_indexes")]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="language",
            field=models.CharField(blank=True, default="", max_length=8),
        ),
        migrations.RunSQL(
            "UPDATE tenants_user SET language = '' WHERE language = 'en'",
            "UPDATE tenants_user SET language = 'en' WHERE language = ''",
        ),
    ]
