"""Matches by hand above the provider's limit, which a second person approves."""

from django.db import migrations, models

from billing_platform.kernel.isolation import composite_fk, protect, provider_fk, run_sql_file

TABLE = "payments_bank_match_request"
KEPT = "SELECT, INSERT, UPDATE"


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0028_bank_returns'),
    ]

    operations = [
        migrations.CreateModel(
            name='BankMatchRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider_id', models.BigIntegerField()),
                ('tenant_id', models.BigIntegerField()),
                ('line_id', models.BigIntegerField()),
                ('target', models.CharField(blank=True, default='', max_length=64)),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('reason', models.CharField(max_length=500)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('approved', 'Approved'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], default='waiting', max_length=16)),
                ('requested_by', models.BigIntegerField()),
                ('requested_at', models.DateTimeField()),
                ('decided_by', models.BigIntegerField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'payments_bank_match_request',
                'indexes': [models.Index(fields=['provider_id', 'line_id'], name='payments_bank_request_of_line'), models.Index(condition=models.Q(('state', 'waiting')), fields=['provider_id', '-id'], name='payments_bank_request_waiting')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('provider_id', 'line_id'), name='payments_bank_match_request_one'), models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0), ('state__in', ['waiting', 'approved', 'declined', 'withdrawn']), ('currency__regex', '^[A-Z]{3}$'), models.Q(('reason', ''), _negated=True)), name='payments_bank_match_request_words'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'waiting')), models.Q(('decided_at__isnull', False), ('decided_by', models.F('requested_by')), ('state', 'withdrawn')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ['approved', 'declined']), models.Q(('decided_by', models.F('requested_by')), _negated=True)), _connector='OR'), name='payments_bank_match_request_second')],
            },
        ),
        provider_fk(TABLE),
        composite_fk(TABLE, "tenant_id", "tenants_tenant"),
        composite_fk(TABLE, "line_id", "payments_bank_line"),
        *protect(TABLE, rows="provider", app=KEPT, worker=KEPT),
        run_sql_file(__file__, "0029_match_requests"),
    ]
