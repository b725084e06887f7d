"""Let the web take a planned rate back; its history keeps what it said."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tax", "0006_delivery")]

    operations = [
        migrations.RunSQL(
            "GRANT DELETE ON tax_rate TO billing_app;",
            "REVOKE DELETE ON tax_rate FROM billing_app;",
        ),
    ]
