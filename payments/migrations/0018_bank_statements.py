"""Bank statements, their lines, and the transfers that were credited."""

import payments.models.bank_credit
import payments.models.bank_statement
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0017_topups'),
    ]

    operations = [
        migrations.CreateModel(
            name='BankAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider_id', models.BigIntegerField()),
                ('iban', models.CharField(max_length=34)),
                ('csv_profile', models.JSONField(blank=True, default=dict)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'payments_bank_account',
                'constraints': [models.UniqueConstraint(fields=('provider_id', 'iban'), name='payments_bank_account_iban'), models.CheckConstraint(condition=models.Q(('iban__regex', '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$')), name='payments_bank_account_number')],
            },
        ),
        migrations.CreateModel(
            name='BankCredit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=payments.models.bank_credit.new_credit_id, max_length=35)),
                ('provider_id', models.BigIntegerField()),
                ('tenant_id', models.BigIntegerField()),
                ('line_id', models.BigIntegerField()),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('reference', models.CharField(blank=True, default='', max_length=64)),
                ('topup', models.CharField(blank=True, default='', max_length=64)),
                ('posting_id', models.BigIntegerField()),
                ('matched_by', models.BigIntegerField(null=True)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('matched_at', models.DateTimeField()),
                ('end', models.CharField(blank=True, choices=[('', 'None'), ('unmatched', 'Match taken back'), ('returned', 'Returned by the bank')], default='', max_length=16)),
                ('end_posting_id', models.BigIntegerField(null=True)),
                ('end_line_id', models.BigIntegerField(null=True)),
                ('ended_by', models.BigIntegerField(null=True)),
                ('end_reason', models.CharField(blank=True, default='', max_length=500)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'payments_bank_credit',
                'indexes': [models.Index(fields=['provider_id', 'tenant_id', '-id'], name='payments_bank_credit_of_tenant'), models.Index(fields=['provider_id', 'reference'], name='payments_bank_credit_for')],
                'constraints': [models.UniqueConstraint(fields=('provider_id', 'public_id'), name='payments_bank_credit_public_id'), models.UniqueConstraint(fields=('provider_id', 'posting_id'), name='payments_bank_credit_posting'), models.UniqueConstraint(condition=models.Q(('end', 'unmatched'), _negated=True), fields=('provider_id', 'line_id'), name='payments_bank_credit_line'), models.UniqueConstraint(condition=models.Q(('end_line_id__isnull', False)), fields=('provider_id', 'end_line_id'), name='payments_bank_credit_return'), models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0), ('currency__regex', '^[A-Z]{3}$')), name='payments_bank_credit_amount'), models.CheckConstraint(condition=models.Q(models.Q(('end', ''), ('end_line_id__isnull', True), ('end_posting_id__isnull', True), ('ended_at__isnull', True)), models.Q(('end', 'unmatched'), ('end_line_id__isnull', True), ('end_posting_id__isnull', False), ('ended_at__isnull', False)), models.Q(('end', 'returned'), ('end_line_id__isnull', False), ('end_posting_id__isnull', False), ('ended_at__isnull', False)), _connector='OR'), name='payments_bank_credit_end')],
            },
        ),
        migrations.CreateModel(
            name='BankLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=payments.models.bank_statement.new_line_id, max_length=35)),
                ('provider_id', models.BigIntegerField()),
                ('account_id', models.BigIntegerField()),
                ('statement_id', models.BigIntegerField()),
                ('number', models.PositiveIntegerField()),
                ('key', models.CharField(max_length=80)),
                ('booked_on', models.DateField()),
                ('valued_on', models.DateField(null=True)),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('bank_ref', models.CharField(blank=True, default='', max_length=70)),
                ('reference', models.CharField(blank=True, default='', max_length=200)),
                ('end_to_end', models.CharField(blank=True, default='', max_length=70)),
                ('text', models.CharField(blank=True, default='', max_length=2000)),
                ('party_name', models.CharField(blank=True, default='', max_length=140)),
                ('party_iban', models.CharField(blank=True, default='', max_length=34)),
                ('is_return', models.BooleanField(default=False)),
                ('return_reason', models.CharField(blank=True, default='', max_length=140)),
                ('is_batch', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('new', 'New'), ('open', 'To be decided'), ('matched', 'Matched'), ('returned', 'Return booked'), ('outgoing', 'Outgoing'), ('aside', 'Set aside')], default='new', max_length=16)),
                ('state_at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, choices=[('', 'None'), ('missing', 'No reference'), ('unknown', 'Unknown reference'), ('ambiguous', 'Several references'), ('currency', 'Another currency'), ('batch', 'Several payments in one'), ('return', 'Return of an unknown payment'), ('own_return', 'One of your own payments came back'), ('unmatched', 'Match taken back'), ('over', 'More than was open')], default='', max_length=16)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('decided_by', models.BigIntegerField(null=True)),
            ],
            options={
                'db_table': 'payments_bank_line',
                'indexes': [models.Index(fields=['provider_id', 'state', '-id'], name='payments_bank_line_queue'), models.Index(fields=['provider_id', 'statement_id', 'number'], name='payments_bank_line_of_file'), models.Index(condition=models.Q(('party_iban', ''), _negated=True), fields=['provider_id', 'party_iban'], name='payments_bank_line_payer'), models.Index(condition=models.Q(('state', 'new')), fields=['provider_id', 'id'], name='payments_bank_line_new')],
                'constraints': [models.UniqueConstraint(fields=('provider_id', 'public_id'), name='payments_bank_line_public_id'), models.UniqueConstraint(fields=('provider_id', 'account_id', 'key'), name='payments_bank_line_once'), models.CheckConstraint(condition=models.Q(('state__in', ['new', 'open', 'matched', 'returned', 'outgoing', 'aside']), ('reason__in', ['', 'missing', 'unknown', 'ambiguous', 'currency', 'batch', 'return', 'own_return', 'unmatched', 'over']), ('currency__regex', '^[A-Z]{3}$'), models.Q(('key', ''), _negated=True)), name='payments_bank_line_words'), models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0), models.Q(('state', 'matched'), _negated=True), _connector='OR'), name='payments_bank_line_came_in')],
            },
        ),
        migrations.CreateModel(
            name='BankStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=payments.models.bank_statement.new_statement_id, max_length=35)),
                ('provider_id', models.BigIntegerField()),
                ('account_id', models.BigIntegerField()),
                ('name', models.CharField(max_length=255)),
                ('format', models.CharField(choices=[('camt053', 'CAMT.053 (XML)'), ('mt940', 'MT940'), ('csv', 'CSV')], max_length=16)),
                ('digest', models.CharField(max_length=64)),
                ('size', models.BigIntegerField()),
                ('numbers', models.CharField(blank=True, default='', max_length=300)),
                ('currency', models.CharField(blank=True, default='', max_length=3)),
                ('opening_minor', models.BigIntegerField(null=True)),
                ('closing_minor', models.BigIntegerField(null=True)),
                ('first_day', models.DateField(null=True)),
                ('last_day', models.DateField(null=True)),
                ('lines', models.PositiveIntegerField()),
                ('known', models.PositiveIntegerField()),
                ('unbooked', models.PositiveIntegerField()),
                ('imported_by', models.BigIntegerField(null=True)),
                ('imported_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'payments_bank_statement',
                'indexes': [models.Index(fields=['provider_id', '-id'], name='payments_bank_statement_newest')],
                'constraints': [models.UniqueConstraint(fields=('provider_id', 'public_id'), name='payments_bank_statement_public_id'), models.UniqueConstraint(fields=('provider_id', 'account_id', 'digest'), name='payments_bank_statement_content'), models.CheckConstraint(condition=models.Q(('format__in', ['camt053', 'mt940', 'csv']), ('digest__regex', '^[0-9a-f]{64}$')), name='payments_bank_statement_words')],
            },
        ),
    ]
