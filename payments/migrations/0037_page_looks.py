"""How a gateway's page looks, as it was noted when the payment or the setup was opened; it stays so."""

from __future__ import annotations

from django.db import migrations, models

from billing_platform.kernel.isolation import run_sql_file


def _added(model: str, name: str, length: int) -> migrations.AddField:
    field = models.CharField(blank=True, db_default="", default="", max_length=length)
    return migrations.AddField(model, name, field)


class Migration(migrations.Migration):
    """A question that is repeated under its key has the same body, whatever is renamed in between."""

    dependencies = [("payments", "0036_listed_events")]

    operations = [
        _added("attempt", "page_brand", 200),
        _added("attempt", "page_language", 8),
        _added("methodsetup", "page_brand", 200),
        _added("methodsetup", "page_language", 8),
        run_sql_file(__file__, "0037_page_looks"),
    ]
