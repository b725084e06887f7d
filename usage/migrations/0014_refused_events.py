"""Keep events that were rejected or conflict, and find those that wait for one reason."""

from django.db import migrations, models

from billing_platform.kernel.isolation import protect, provider_fk

class Migration(migrations.Migration):
    """The table of refused events."""

    dependencies = [
        ('usage', '0013_meter_words'),
    ]

    operations = [
        migrations.CreateModel(
            name='RefusedEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider_id', models.BigIntegerField()),
                ('key', models.UUIDField()),
                ('verdict', models.CharField(choices=[('rejected', 'Rejected'), ('conflict', 'Conflict')], max_length=16)),
                ('reason', models.CharField(max_length=32)),
                ('via', models.CharField(blank=True, choices=[('api', 'API'), ('file', 'File'), ('calls', 'Call records')], default='', max_length=8)),
                ('form', models.CharField(choices=[('item', 'An event, as sent'), ('event', 'An event, made from a row of a file'), ('line', 'A line of a file')], max_length=8)),
                ('original', models.TextField()),
                ('is_cut', models.BooleanField(default=False)),
                ('digest', models.UUIDField(null=True)),
                ('source', models.CharField(blank=True, default='', max_length=200)),
                ('event_id', models.CharField(blank=True, default='', max_length=200)),
                ('tenant_external_id', models.CharField(blank=True, default='', max_length=200)),
                ('event_type', models.CharField(blank=True, default='', max_length=200)),
                ('at', models.DateTimeField(null=True)),
                ('received_at', models.DateTimeField()),
                ('last_seen_at', models.DateTimeField()),
                ('times', models.BigIntegerField(default=1)),
                ('tried_at', models.DateTimeField(null=True)),
                ('tried_by_id', models.BigIntegerField(null=True)),
                ('tries', models.IntegerField(default=0)),
                ('outcome', models.CharField(blank=True, choices=[('accepted', 'Counted'), ('parked', 'Parked'), ('duplicate', 'Counted before'), ('replaced', 'Sent again with other content, which counts'), ('dismissed', 'Dismissed')], default='', max_length=16)),
                ('settled_at', models.DateTimeField(null=True)),
                ('settled_by_id', models.BigIntegerField(null=True)),
            ],
            options={
                'db_table': 'usage_refused_event',
            },
        ),
        migrations.AddIndex(
            model_name='parkedevent',
            index=models.Index(condition=models.Q(('replayed_at__isnull', True)), fields=['provider_id', 'reason', 'id'], name='usage_parked_event_why'),
        ),
        migrations.AddIndex(
            model_name='refusedevent',
            index=models.Index(condition=models.Q(('settled_at__isnull', True)), fields=['provider_id', 'verdict', 'id'], name='usage_refused_event_open'),
        ),
        migrations.AddIndex(
            model_name='refusedevent',
            index=models.Index(condition=models.Q(('settled_at__isnull', False)), fields=['provider_id', 'verdict', 'id'], name='usage_refused_event_settled'),
        ),
        migrations.AddIndex(
            model_name='refusedevent',
            index=models.Index(condition=models.Q(('tried_at__isnull', False)), fields=['provider_id', 'tried_at'], name='usage_refused_event_tried'),
        ),
        migrations.AddConstraint(
            model_name='refusedevent',
            constraint=models.UniqueConstraint(fields=('provider_id', 'key'), name='usage_refused_event_key'),
        ),
        migrations.AddConstraint(
            model_name='refusedevent',
            constraint=models.CheckConstraint(condition=models.Q(('verdict__in', ['rejected', 'conflict'])), name='usage_refused_event_verdict'),
        ),
        migrations.AddConstraint(
            model_name='refusedevent',
            constraint=models.CheckConstraint(condition=models.Q(('via__in', ['', 'api', 'file', 'calls'])), name='usage_refused_event_via'),
        ),
        migrations.AddConstraint(
            model_name='refusedevent',
            constraint=models.CheckConstraint(condition=models.Q(('form__in', ['item', 'event', 'line'])), name='usage_refused_event_form'),
        ),
        migrations.AddConstraint(
            model_name='refusedevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', ''), ('settled_at__isnull', True)), models.Q(('outcome__in', ['accepted', 'parked', 'duplicate', 'replaced', 'dismissed']), ('settled_at__isnull', False)), _connector='OR'), name='usage_refused_event_outcome'),
        ),
        migrations.AddConstraint(
            model_name='refusedevent',
            constraint=models.CheckConstraint(condition=models.Q(('times__gte', 1)), name='usage_refused_event_times'),
        ),
        provider_fk("usage_refused_event"),
        # Only the nightly job forgets.
        *protect("usage_refused_event", rows="provider", worker="SELECT, INSERT, UPDATE, DELETE"),
    ]
