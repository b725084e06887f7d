"""Sales to consumers by day of supply, added up by a trigger and, of what was issued before, here."""

from django.db import migrations, models

from billing_platform.kernel.isolation import protect, provider_fk, run_sql_file

TABLE = "invoicing_consumer_day"


class Migration(migrations.Migration):
    """The trigger comes first: it waits for who issues a document, and keeps others waiting until all is added up.

    Every change of a document waits so long, its settlement too; a page or a delivery that waits beyond its time is
    tried again.
    """

    dependencies = [("invoicing", "0014_reverse_charge")]

    operations = [
        migrations.CreateModel(
            name="ConsumerDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("provider_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("origin_quarter", models.DateField()),
                ("kind", models.CharField(max_length=16)),
                ("currency", models.CharField(max_length=3)),
                ("region", models.CharField(blank=True, max_length=20)),
                ("rate", models.DecimalField(decimal_places=4, max_digits=7)),
                ("is_taxed", models.BooleanField()),
                ("seller_number", models.CharField(blank=True, max_length=60)),
                ("buyer_country", models.CharField(blank=True, max_length=2)),
                ("documents", models.BigIntegerField()),
                ("base_minor", models.BigIntegerField()),
                ("tax_minor", models.BigIntegerField()),
            ],
            options={
                "db_table": "invoicing_consumer_day",
                "indexes": [
                    models.Index(
                        fields=["provider_id", "origin_quarter"], name="invoicing_consumer_day_year"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "provider_id",
                            "day",
                            "origin_quarter",
                            "kind",
                            "currency",
                            "region",
                            "rate",
                            "is_taxed",
                            "seller_number",
                            "buyer_country",
                        ),
                        name="invoicing_consumer_day_natural",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["invoice", "credit_note"]),
                            ("base_minor__gte", 0),
                            ("documents__gte", 1),
                            ("tax_minor__gte", 0),
                        ),
                        name="invoicing_consumer_day_figures",
                    ),
                ],
            },
        ),
        provider_fk(TABLE),
        *protect(TABLE, rows="provider"),
        run_sql_file(__file__, "0015_consumer_days"),
    ]
