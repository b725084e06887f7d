"""Taxes of issued documents by day, added up by a trigger and, of what was issued before, here."""

from django.db import migrations, models

from billing_platform.kernel.isolation import protect, provider_fk, run_sql_file

TABLE = "invoicing_tax_day"


class Migration(migrations.Migration):
    """The trigger comes first: it waits for who issues a document, and keeps others waiting until all is added up.

    Every change of a document waits so long, its settlement too; a page or a delivery that waits beyond its time is
    tried again.
    """

    dependencies = [("invoicing", "0011_correction_shown")]

    operations = [
        migrations.CreateModel(
            name="TaxDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("provider_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("kind", models.CharField(max_length=16)),
                ("currency", models.CharField(max_length=3)),
                ("region", models.CharField(blank=True, max_length=20)),
                ("name", models.CharField(max_length=40)),
                ("category", models.CharField(max_length=2)),
                ("rate", models.DecimalField(decimal_places=4, max_digits=7)),
                ("buyer_country", models.CharField(blank=True, max_length=2)),
                ("supplied_year", models.SmallIntegerField()),
                ("documents", models.BigIntegerField()),
                ("base_minor", models.BigIntegerField()),
                ("tax_minor", models.BigIntegerField()),
            ],
            options={
                "db_table": "invoicing_tax_day",
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "provider_id",
                            "day",
                            "kind",
                            "currency",
                            "region",
                            "name",
                            "category",
                            "rate",
                            "buyer_country",
                            "supplied_year",
                        ),
                        name="invoicing_tax_day_natural",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["invoice", "credit_note"]),
                            ("base_minor__gte", 0),
                            ("documents__gte", 1),
                            ("tax_minor__gte", 0),
                        ),
                        name="invoicing_tax_day_figures",
                    ),
                ],
            },
        ),
        provider_fk(TABLE),
        *protect(TABLE, rows="provider"),
        run_sql_file(__file__, "0013_tax_days"),
    ]
