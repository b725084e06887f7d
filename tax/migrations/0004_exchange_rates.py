"""Rates of exchange for the tax of documents in a foreign currency."""

import django.db.models.expressions
from django.db import migrations, models

from billing_platform.kernel.isolation import append_only, protect, provider_fk

TABLE = "tax_exchange_rate"
ADDED = "SELECT, INSERT"


class Migration(migrations.Migration):

    dependencies = [
        ('tax', '0003_histories'),
    ]

    operations = [
        migrations.CreateModel(
            name='ExchangeRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider_id', models.BigIntegerField()),
                ('base', models.CharField(max_length=3)),
                ('quote', models.CharField(max_length=3)),
                ('rate', models.DecimalField(decimal_places=12, max_digits=24)),
                ('valid_on', models.DateField()),
                ('source', models.CharField(max_length=60)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.BigIntegerField(null=True)),
            ],
            options={
                'db_table': 'tax_exchange_rate',
                'indexes': [models.Index(fields=['provider_id', 'base', 'quote', '-valid_on', '-id'], name='tax_exchange_rate_newest'), models.Index(fields=['provider_id', '-valid_on', '-id'], name='tax_exchange_rate_days')],
                'constraints': [models.CheckConstraint(condition=models.Q(('base__regex', '^[A-Z]{3}$'), ('quote__regex', '^[A-Z]{3}$'), ('rate__gt', 0), models.Q(('base', django.db.models.expressions.F('quote')), _negated=True), models.Q(('source', ''), _negated=True)), name='tax_exchange_rate_words')],
            },
        ),
        provider_fk(TABLE),
        *protect(TABLE, rows="provider", app=ADDED, worker=ADDED),
        append_only(TABLE),
    ]
