"""What banks took back of transfers: parts of one, several at once, and money that was nobody's."""

from django.db import migrations, models

import payments.models.bank_return
from billing_platform.kernel.isolation import (
    append_only,
    composite_fk,
    composite_key,
    protect,
    provider_fk,
    run_sql_file,
)

TABLE = "payments_bank_return"
ADDED = "SELECT, INSERT"


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0027_second_payments'),
    ]

    operations = [
        migrations.CreateModel(
            name='BankReturn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=payments.models.bank_return.new_return_id, max_length=35)),
                ('provider_id', models.BigIntegerField()),
                ('line_id', models.BigIntegerField()),
                ('source_id', models.BigIntegerField()),
                ('credit_id', models.BigIntegerField(null=True)),
                ('amount_minor', models.BigIntegerField()),
                ('tax_parts', models.JSONField(blank=True, default=list)),
                ('posting_id', models.BigIntegerField(null=True)),
                ('decided_by', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField()),
            ],
            options={
                'db_table': 'payments_bank_return',
                'indexes': [models.Index(fields=['provider_id', 'credit_id'], name='payments_bank_return_of_credit')],
                'constraints': [models.UniqueConstraint(fields=('provider_id', 'public_id'), name='payments_bank_return_public_id'), models.UniqueConstraint(fields=('provider_id', 'line_id', 'source_id'), name='payments_bank_return_once'), models.UniqueConstraint(fields=('provider_id', 'posting_id'), name='payments_bank_return_posting'), models.UniqueConstraint(condition=models.Q(('credit_id__isnull', True)), fields=('provider_id', 'source_id'), name='payments_bank_return_of_nobody'), models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0), models.Q(models.Q(('credit_id__isnull', True), ('posting_id__isnull', True)), models.Q(('credit_id__isnull', False), ('posting_id__isnull', False)), _connector='OR')), name='payments_bank_return_amount')],
            },
        ),
        migrations.RemoveConstraint(
            model_name='bankcredit',
            name='payments_bank_credit_return',
        ),
        migrations.RemoveConstraint(
            model_name='bankline',
            name='payments_bank_line_words',
        ),
        migrations.AlterField(
            model_name='bankline',
            name='reason',
            field=models.CharField(blank=True, choices=[('', 'None'), ('missing', 'No reference'), ('unknown', 'Unknown reference'), ('ambiguous', 'Several references'), ('currency', 'Another currency'), ('batch', 'Several payments in one'), ('return', 'Return of an unknown payment'), ('own_return', 'One of your own payments came back'), ('unmatched', 'Match taken back'), ('over', 'More than was open'), ('duplicate', 'Possible duplicate'), ('went_back', 'Went back to the payer')], default='', max_length=16),
        ),
        migrations.AddConstraint(
            model_name='bankline',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['new', 'open', 'matched', 'returned', 'outgoing', 'aside']), ('reason__in', ['', 'missing', 'unknown', 'ambiguous', 'currency', 'batch', 'return', 'own_return', 'unmatched', 'over', 'duplicate', 'went_back']), ('currency__regex', '^[A-Z]{3}$'), models.Q(('key', ''), _negated=True)), name='payments_bank_line_words'),
        ),
        migrations.AddConstraint(
            model_name='bankline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', 'went_back'), _negated=True), models.Q(('amount_minor__gt', 0), ('state', 'aside')), _connector='OR'), name='payments_bank_line_went_back'),
        ),
        provider_fk(TABLE),
        composite_key("payments_bank_credit", "id"),
        composite_fk(TABLE, "line_id", "payments_bank_line"),
        composite_fk(TABLE, "source_id", "payments_bank_line"),
        composite_fk(TABLE, "credit_id", "payments_bank_credit"),
        composite_fk(TABLE, "posting_id", "accounts_posting"),
        *protect(TABLE, rows="provider", app=ADDED, worker=ADDED),
        append_only(TABLE),
        run_sql_file(__file__, "0028_bank_returns"),
    ]
