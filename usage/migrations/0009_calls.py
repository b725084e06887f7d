"""Telephone systems: their mappings, watched folders and files read; and the index that Call History reads by."""

import django.db.models.deletion
from django.db import migrations, models

from billing_platform.kernel.isolation import (
    composite_fk,
    composite_key,
    protect,
    provider_fk,
    run_sql_file,
)

WITH_DELETE = "SELECT, INSERT, UPDATE, DELETE"


class Migration(migrations.Migration):

    dependencies = [
        ('usage', '0008_segment_accounts'),
    ]

    operations = [
        migrations.CreateModel(
            name='CallFolder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider_id', models.BigIntegerField()),
                ('path', models.CharField(max_length=1000)),
                ('pattern', models.CharField(max_length=200)),
                ('columns', models.CharField(blank=True, default='', max_length=1000)),
                ('source', models.CharField(max_length=200)),
                ('is_active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'usage_call_folder',
                'constraints': [models.UniqueConstraint(fields=('provider_id', 'path', 'pattern'), name='usage_call_folder_path')],
            },
        ),
        migrations.CreateModel(
            name='CallMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider_id', models.BigIntegerField()),
                ('source', models.CharField(max_length=200)),
                ('time_zone', models.CharField(max_length=64)),
                ('rules', models.JSONField(default=list)),
                ('updated_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'usage_call_mapping',
                'constraints': [models.UniqueConstraint(fields=('provider_id', 'source'), name='usage_call_mapping_source')],
            },
        ),
        migrations.CreateModel(
            name='CallFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider_id', models.BigIntegerField()),
                ('head', models.CharField(max_length=32)),
                ('name', models.CharField(max_length=255)),
                ('position', models.BigIntegerField(default=0)),
                ('accepted', models.BigIntegerField(default=0)),
                ('duplicates', models.BigIntegerField(default=0)),
                ('conflicts', models.BigIntegerField(default=0)),
                ('rejected', models.BigIntegerField(default=0)),
                ('parked', models.BigIntegerField(default=0)),
                ('seen_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
                ('folder', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='usage.callfolder')),
            ],
            options={
                'db_table': 'usage_call_file',
                'constraints': [models.UniqueConstraint(fields=('provider_id', 'folder', 'head'), name='usage_call_file_head'), models.CheckConstraint(condition=models.Q(('position__gte', 0)), name='usage_call_file_position')],
            },
        ),
        migrations.CreateModel(
            name='CallLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider_id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=8)),
                ('value', models.CharField(max_length=200)),
                ('tenant_external_id', models.CharField(max_length=200)),
                ('mapping', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='usage.callmapping')),
            ],
            options={
                'db_table': 'usage_call_line',
                'constraints': [models.UniqueConstraint(fields=('provider_id', 'mapping', 'kind', 'value'), name='usage_call_line_value'), models.CheckConstraint(condition=models.Q(('kind__in', ('account', 'number', 'trunk'))), name='usage_call_line_kind')],
            },
        ),
        *(composite_key(table, "id") for table in ("usage_call_mapping", "usage_call_folder")),
        composite_fk("usage_call_line", "mapping_id", "usage_call_mapping"),
        composite_fk("usage_call_file", "folder_id", "usage_call_folder"),
        *(provider_fk(table) for table in ("usage_call_mapping", "usage_call_folder")),
        *protect("usage_call_mapping", rows="provider"),
        *protect("usage_call_line", rows="provider", app=WITH_DELETE, worker=WITH_DELETE),
        *protect("usage_call_folder", rows="provider"),
        *protect("usage_call_file", rows="provider"),
        run_sql_file(__file__, "0009_calls"),
    ]
