"""What all tenants used together, by meter and hour."""

import usage.models.fields
from django.db import migrations, models

from billing_platform.kernel.isolation import composite_fk, protect, provider_fk, run_sql_file


class Migration(migrations.Migration):
    """Sums, what changed since, and the triggers that tell it; the hours that are there are counted once."""

    dependencies = [
        ('usage', '0014_refused_events'),
    ]

    operations = [
        migrations.CreateModel(
            name='HourChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider_id', models.BigIntegerField()),
                ('meter_id', models.BigIntegerField()),
                ('hour', models.DateTimeField()),
                ('quantity', usage.models.fields.ExactField()),
                ('events', models.BigIntegerField()),
                ('tenants', models.BigIntegerField()),
            ],
            options={
                'db_table': 'usage_hour_change',
                'indexes': [models.Index(fields=['provider_id', 'hour'], name='usage_hour_change_hour')],
            },
        ),
        migrations.CreateModel(
            name='HourSum',
            fields=[
                ('pk', models.CompositePrimaryKey('provider_id', 'meter_id', 'hour', blank=True, editable=False, primary_key=True, serialize=False)),
                ('provider_id', models.BigIntegerField()),
                ('meter_id', models.BigIntegerField()),
                ('hour', models.DateTimeField()),
                ('quantity', usage.models.fields.ExactField()),
                ('events', models.BigIntegerField()),
                ('tenants', models.BigIntegerField()),
            ],
            options={
                'db_table': 'usage_hour_sum',
                'indexes': [models.Index(fields=['provider_id', 'hour'], name='usage_hour_sum_hour')],
            },
        ),
        # Whoever writes hourly rows tells what changed; only the job folds it.
        *protect("usage_hour_change", rows="provider", app="SELECT, INSERT", worker="SELECT, INSERT, DELETE"),
        *protect("usage_hour_sum", rows="provider", app="SELECT"),
        provider_fk("usage_hour_sum"),
        composite_fk("usage_hour_sum", "meter_id", "usage_meter"),
        run_sql_file(__file__, "0015_hour_sums"),
    ]
