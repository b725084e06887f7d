"""Tell revenue apart by meter and day, beside the ledger."""

import usage.models.fields
from django.db import migrations, models

from billing_platform.kernel.isolation import (
    append_only,
    composite_fk,
    protect,
    provider_fk,
    run_sql_file,
)

APPEND = "SELECT, INSERT"
TABLES = ("usage_closed_revenue", "usage_revenue_day", "usage_meter_revenue")


class Migration(migrations.Migration):
    """Days, meters' revenue, and what closed periods came to."""

    dependencies = [
        ('usage', '0010_months'),
    ]

    operations = [
        migrations.CreateModel(
            name='RevenueDay',
            fields=[
                ('pk', models.CompositePrimaryKey('provider_id', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                ('provider_id', models.BigIntegerField()),
                ('day', models.DateField()),
                ('through', models.DateTimeField()),
            ],
            options={
                'db_table': 'usage_revenue_day',
            },
        ),
        migrations.CreateModel(
            name='ClosedRevenue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider_id', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('meter_id', models.BigIntegerField()),
                ('amount_minor', usage.models.fields.ExactField()),
            ],
            options={
                'db_table': 'usage_closed_revenue',
                'indexes': [models.Index(fields=['provider_id', 'currency', 'meter_id'], name='usage_closed_revenue_meter')],
            },
        ),
        migrations.CreateModel(
            name='MeterRevenue',
            fields=[
                ('pk', models.CompositePrimaryKey('provider_id', 'day', 'currency', 'meter_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('provider_id', models.BigIntegerField()),
                ('day', models.DateField()),
                ('currency', models.CharField(max_length=3)),
                ('meter_id', models.BigIntegerField()),
                ('amount_minor', usage.models.fields.ExactField()),
                ('standing_minor', usage.models.fields.ExactField()),
            ],
            options={
                'db_table': 'usage_meter_revenue',
                'indexes': [models.Index(fields=['provider_id', 'currency', 'meter_id', '-day'], name='usage_meter_revenue_last')],
            },
        ),
        # Closed periods are opened again by ingestion, which the web does; the days are told apart by the job alone.
        *protect("usage_closed_revenue", rows="provider", app=APPEND, worker=APPEND),
        *protect("usage_revenue_day", rows="provider", app="SELECT", worker=APPEND),
        *protect("usage_meter_revenue", rows="provider", app="SELECT", worker=APPEND),
        *(operation(table) for table in TABLES for operation in (append_only, provider_fk)),
        composite_fk("usage_closed_revenue", "meter_id", "usage_meter"),
        composite_fk("usage_meter_revenue", "meter_id", "usage_meter"),
        run_sql_file(__file__, "0011_meter_revenue"),
    ]
