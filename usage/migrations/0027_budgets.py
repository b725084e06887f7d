"""What tenants want to spend in a billing period."""

from __future__ import annotations

from django.db import migrations, models

from billing_platform.kernel.isolation import composite_fk, protect, provider_fk


class Migration(migrations.Migration):
    """A table of a tenant's own; who writes a budget also takes it away."""

    dependencies = [("usage", "0026_refused_open_counts")]

    operations = [
        migrations.CreateModel(
            name="Budget",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("provider_id", models.BigIntegerField()),
                ("tenant_id", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("changed_at", models.DateTimeField()),
                ("changed_by_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "usage_budget",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("provider_id", "tenant_id", "currency"), name="usage_budget_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0), ("currency__regex", "^[A-Z]{3}$")),
                        name="usage_budget_amount",
                    ),
                ],
            },
        ),
        provider_fk("usage_budget"),
        composite_fk("usage_budget", "tenant_id", "tenants_tenant"),
        *protect("usage_budget", rows="tenant", app="SELECT, INSERT, UPDATE, DELETE"),
    ]
