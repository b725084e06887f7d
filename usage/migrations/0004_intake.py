"""Tell why a parked event was refused in the end, and attach new months without stopping the others."""

from django.db import migrations, models

from billing_platform.kernel.isolation import run_sql_file


class Migration(migrations.Migration):
    """What ingestion needs besides."""

    dependencies = [("usage", "0003_segments")]
    operations = [
        migrations.AddField(
            "parkedevent", "refused_reason", models.CharField(blank=True, default="", max_length=32)
        ),
        run_sql_file(__file__, "0004_months"),
    ]
