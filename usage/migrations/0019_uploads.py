"""Uploaded files of usage, how far each was read, and the rows that were not accepted."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from billing_platform.kernel.isolation import (
    composite_fk,
    composite_key,
    protect,
    provider_fk,
    run_sql_file,
)


class Migration(migrations.Migration):

    dependencies = [
        ('usage', '0018_plan_moves'),
    ]

    operations = [
        migrations.CreateModel(
            name='UsageUpload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider_id', models.BigIntegerField()),
                ('name', models.CharField(max_length=255)),
                ('digest', models.CharField(max_length=64)),
                ('size', models.BigIntegerField()),
                ('stored_name', models.CharField(blank=True, max_length=200)),
                ('format', models.CharField(choices=[('cloudevents', 'CloudEvents (JSON)'), ('focus', 'FOCUS (CSV)'), ('asterisk', 'Asterisk call records (CSV)')], max_length=16)),
                ('columns', models.CharField(blank=True, default='', max_length=1000)),
                ('source', models.CharField(blank=True, default='', max_length=200)),
                ('attempt', models.PositiveSmallIntegerField(default=1)),
                ('uploaded_by_id', models.BigIntegerField()),
                ('created_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('reading', 'Being read'), ('done', 'Read'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='waiting', max_length=16)),
                ('failure', models.CharField(blank=True, choices=[('empty', 'The file holds no row of usage.'), ('packed', 'The file is packed, or a workbook of a spreadsheet program.'), ('not_text', 'The file is no text.'), ('utf16', 'The file is written in UTF-16.'), ('not_cloudevents', 'The file does not begin like JSON.'), ('broken_json', 'The JSON array breaks off or is broken.'), ('missing_columns', 'Columns are missing.'), ('columns_twice', 'Columns have the same name.'), ('not_calls', 'No line has the columns of a call record.'), ('broken_csv', 'The file cannot be taken apart into rows.'), ('gone', 'The stored file is gone.'), ('stalled', 'The reading broke off again and again.')], default='', max_length=32)),
                ('failure_detail', models.CharField(blank=True, default='', max_length=500)),
                ('rows_read', models.BigIntegerField(default=0)),
                ('accepted', models.BigIntegerField(default=0)),
                ('duplicates', models.BigIntegerField(default=0)),
                ('conflicts', models.BigIntegerField(default=0)),
                ('rejected', models.BigIntegerField(default=0)),
                ('parked', models.BigIntegerField(default=0)),
                ('ignored', models.BigIntegerField(default=0)),
                ('position', models.BigIntegerField(default=0)),
                ('fence', models.IntegerField(default=0)),
                ('lease_until', models.DateTimeField(null=True)),
                ('stalls', models.PositiveSmallIntegerField(default=0)),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'usage_upload',
                'indexes': [models.Index(condition=models.Q(('state__in', ('waiting', 'reading'))), fields=['provider_id'], name='usage_upload_open')],
                'constraints': [models.UniqueConstraint(fields=('provider_id', 'digest', 'attempt'), name='usage_upload_content'), models.CheckConstraint(condition=models.Q(('format__in', ['cloudevents', 'focus', 'asterisk'])), name='usage_upload_format'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('state__in', ('waiting', 'reading'))), models.Q(('finished_at__isnull', False), ('state__in', ('done', 'failed', 'cancelled'))), _connector='OR'), name='usage_upload_state'), models.CheckConstraint(condition=models.Q(models.Q(('failure__in', ['empty', 'packed', 'not_text', 'utf16', 'not_cloudevents', 'broken_json', 'missing_columns', 'columns_twice', 'not_calls', 'broken_csv', 'gone', 'stalled']), ('state', 'failed')), models.Q(models.Q(('state', 'failed'), _negated=True), ('failure', '')), _connector='OR'), name='usage_upload_failure'), models.CheckConstraint(condition=models.Q(('rows_read', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('accepted'), '+', models.F('duplicates')), '+', models.F('conflicts')), '+', models.F('rejected')), '+', models.F('parked')), '+', models.F('ignored')))), name='usage_upload_rows')],
            },
        ),
        migrations.CreateModel(
            name='UploadRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider_id', models.BigIntegerField()),
                ('number', models.BigIntegerField()),
                ('event_id', models.CharField(blank=True, max_length=200)),
                ('verdict', models.CharField(max_length=16)),
                ('reason', models.CharField(blank=True, max_length=32)),
                ('upload', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='usage.usageupload')),
            ],
            options={
                'db_table': 'usage_upload_row',
                'constraints': [models.UniqueConstraint(fields=('provider_id', 'upload', 'number'), name='usage_upload_row_number'), models.CheckConstraint(condition=models.Q(('verdict__in', ['duplicate', 'conflict', 'rejected', 'parked'])), name='usage_upload_row_verdict')],
            },
        ),
        composite_key("usage_upload", "id"),
        composite_fk("usage_upload_row", "upload_id", "usage_upload"),
        provider_fk("usage_upload"),
        *protect("usage_upload", rows="provider"),
        *protect("usage_upload_row", rows="provider", app="SELECT", worker="SELECT, INSERT, DELETE"),
        run_sql_file(__file__, "0019_uploads"),
    ]
