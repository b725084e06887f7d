"""Who stopped a move of subscribers before it was done."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("usage", "0029_budget_history")]

    operations = [
        migrations.AddField("planmove", "stopped_by_id", models.BigIntegerField(null=True)),
        # An order is ended on its page; what it says is never changed there.
        migrations.RunSQL(
            "GRANT UPDATE (finished_at, stopped_by_id) ON usage_plan_move TO billing_app;",
            "REVOKE UPDATE (finished_at, stopped_by_id) ON usage_plan_move FROM billing_app;",
        ),
    ]
