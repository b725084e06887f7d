"""Whether the secret of a connection's webhooks was made here: then nobody has mistyped it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0037_page_looks")]

    operations = [
        migrations.AddField(
            "credential",
            "is_secret_made",
            models.BooleanField(db_default=False, default=False),
        ),
    ]
