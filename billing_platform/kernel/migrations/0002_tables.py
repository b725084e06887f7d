"""The kernel's tables: counters, answers given once, runs of jobs, the outbox; under row-level security."""

from django.db import migrations, models

from billing_platform.kernel.isolation import protect

# The web writes messages and may look at their fate, as may the operators; neither reads what they say (reset links).
OUTBOX_FATE = (
    "id, provider_id, tenant_id, topic, dedupe_key, created_at, available_at, attempts, last_error, sent_at, dead_at"
)


class Migration(migrations.Migration):
    """Make the four tables and open them to the login roles."""

    dependencies = [
        ('kernel', '0001_scope'),
    ]

    operations = [
        migrations.CreateModel(
            name='Counter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider_id', models.BigIntegerField()),
                ('series', models.CharField(max_length=100)),
                ('value', models.BigIntegerField()),
            ],
            options={
                'db_table': 'kernel_counter',
                'constraints': [models.UniqueConstraint(fields=('provider_id', 'series'), name='kernel_counter_series'), models.CheckConstraint(condition=models.Q(('value__gte', 1)), name='kernel_counter_value'), models.CheckConstraint(condition=models.Q(('series', ''), _negated=True), name='kernel_counter_named')],
            },
        ),
        migrations.CreateModel(
            name='IdempotencyRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider_id', models.BigIntegerField()),
                ('tenant_id', models.BigIntegerField(db_default=0)),
                ('key', models.CharField(max_length=255)),
                ('request_hash', models.CharField(max_length=64)),
                ('status', models.SmallIntegerField()),
                ('content_type', models.CharField(max_length=100)),
                ('body', models.TextField()),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'kernel_idempotency',
                'constraints': [models.UniqueConstraint(fields=('provider_id', 'tenant_id', 'key'), name='kernel_idempotency_key'), models.CheckConstraint(condition=models.Q(('status__gte', 200), ('status__lt', 400)), name='kernel_idempotency_status')],
            },
        ),
        migrations.CreateModel(
            name='JobRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider_id', models.BigIntegerField()),
                ('job', models.CharField(max_length=64)),
                ('fence', models.BigIntegerField()),
                ('started_at', models.DateTimeField()),
                ('lease_until', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('covered_from', models.DateTimeField(null=True)),
                ('covered_to', models.DateTimeField(null=True)),
                ('counts', models.JSONField(db_default=models.Value({}, output_field=models.JSONField()))),
                ('skipped', models.JSONField(db_default=models.Value({}, output_field=models.JSONField()))),
                ('error', models.CharField(db_default='', max_length=500)),
            ],
            options={
                'db_table': 'kernel_job_run',
                'indexes': [models.Index(condition=models.Q(('error', '')), fields=['provider_id', 'job', '-finished_at'], name='kernel_job_run_good')],
                'constraints': [models.UniqueConstraint(fields=('provider_id', 'job', 'fence'), name='kernel_job_run_fence'), models.UniqueConstraint(condition=models.Q(('finished_at__isnull', True)), fields=('provider_id', 'job'), name='kernel_job_run_one_open'), models.CheckConstraint(condition=models.Q(('job', ''), _negated=True), name='kernel_job_run_job'), models.CheckConstraint(condition=models.Q(models.Q(('covered_from__isnull', True), ('covered_to__isnull', True)), models.Q(('covered_from__isnull', False), ('covered_from__lte', models.F('covered_to')), ('covered_to__isnull', False)), _connector='OR'), name='kernel_job_run_covered')],
            },
        ),
        migrations.CreateModel(
            name='OutboxMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider_id', models.BigIntegerField()),
                ('tenant_id', models.BigIntegerField(db_default=0)),
                ('topic', models.CharField(max_length=64)),
                ('payload', models.JSONField()),
                ('dedupe_key', models.CharField(db_default='', max_length=200)),
                ('created_at', models.DateTimeField()),
                ('available_at', models.DateTimeField()),
                ('attempts', models.IntegerField(db_default=0)),
                ('last_error', models.CharField(db_default='', max_length=500)),
                ('sent_at', models.DateTimeField(null=True)),
                ('dead_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'kernel_outbox',
                'indexes': [models.Index(condition=models.Q(('dead_at__isnull', True), ('sent_at__isnull', True)), fields=['provider_id', 'topic', 'available_at', 'id'], name='kernel_outbox_pending'), models.Index(condition=models.Q(('dead_at__isnull', False)), fields=['provider_id', 'dead_at'], name='kernel_outbox_dead')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('dedupe_key', ''), _negated=True), fields=('provider_id', 'topic', 'dedupe_key'), name='kernel_outbox_dedupe'), models.CheckConstraint(condition=models.Q(('topic', ''), _negated=True), name='kernel_outbox_topic'), models.CheckConstraint(condition=models.Q(('attempts__gte', 0)), name='kernel_outbox_attempts'), models.CheckConstraint(condition=models.Q(('sent_at__isnull', True), ('dead_at__isnull', True), _connector='OR'), name='kernel_outbox_one_end')],
            },
        ),
        *protect("kernel_counter", rows="provider"),
        *protect("kernel_idempotency", rows="tenant", app="SELECT, INSERT", worker="SELECT, INSERT, DELETE"),
        *protect("kernel_job_run", rows="provider", app="SELECT", worker="SELECT, INSERT, UPDATE, DELETE"),
        *protect("kernel_outbox", rows="tenant", app=f"SELECT ({OUTBOX_FATE}), INSERT", ops=f"SELECT ({OUTBOX_FATE})"),
    ]
