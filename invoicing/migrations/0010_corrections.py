"""Corrections of invoices by staff: credit notes by hand and write-offs, with their history."""

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from billing_platform.kernel.isolation import composite_fk, protect, provider_fk, run_sql_file

TABLE = "invoicing_correction"
KEPT = "SELECT, INSERT, UPDATE"
# The trigger writes as whoever makes the change.
APPEND = dict.fromkeys(("app", "worker", "ops"), "SELECT, INSERT")


class Migration(migrations.Migration):

    dependencies = [
        ('invoicing', '0009_registration'),
    ]

    operations = [
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider_id', models.BigIntegerField()),
                ('tenant_id', models.BigIntegerField()),
                ('document_id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('credit', 'Credit note'), ('write_off', 'Write-off')], max_length=16)),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('nets', models.JSONField(null=True)),
                ('reason', models.CharField(max_length=300)),
                ('key', models.CharField(max_length=100)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('made', 'Made'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn'), ('taken_back', 'Taken back')], max_length=16)),
                ('requested_by', models.BigIntegerField()),
                ('requested_at', models.DateTimeField()),
                ('decided_by', models.BigIntegerField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('posting_id', models.BigIntegerField(null=True)),
                ('note_id', models.BigIntegerField(null=True)),
                ('ended_by', models.BigIntegerField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_posting_id', models.BigIntegerField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['provider_id', 'document_id'], name='invoicing_correction_of'), models.Index(condition=models.Q(('state', 'waiting')), fields=['provider_id', '-id'], name='invoicing_correction_waiting')],
                'constraints': [models.UniqueConstraint(fields=('provider_id', 'key'), name='invoicing_correction_key'), models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('provider_id', 'document_id'), name='invoicing_correction_waits_once'), models.UniqueConstraint(condition=models.Q(('kind', 'write_off'), ('state', 'made')), fields=('provider_id', 'document_id'), name='invoicing_correction_written_off_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['credit', 'write_off']), ('state__in', ['waiting', 'made', 'declined', 'withdrawn', 'taken_back']), ('amount_minor__gt', 0), ('currency__regex', '^[A-Z]{3}$'), models.Q(('reason', ''), _negated=True), models.Q(('key', ''), _negated=True)), name='invoicing_correction_words'), models.CheckConstraint(condition=models.Q(models.Q(('decided_by', models.F('requested_by')), ('state', 'withdrawn')), ('decided_by__isnull', True), models.Q(models.Q(('state', 'withdrawn'), _negated=True), models.Q(('decided_by', models.F('requested_by')), _negated=True)), _connector='OR'), name='invoicing_correction_second_person'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('posting_id__isnull', False), ('state__in', ['made', 'taken_back'])), models.Q(('decided_at__isnull', True), ('posting_id__isnull', True), ('state', 'waiting')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('posting_id__isnull', True), ('state__in', ['declined', 'withdrawn'])), _connector='OR'), name='invoicing_correction_decided'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'credit'), ('note_id__isnull', False), ('state', 'made')), models.Q(models.Q(('kind', 'credit'), ('state', 'made'), _negated=True), ('note_id__isnull', True)), _connector='OR'), name='invoicing_correction_note'), models.CheckConstraint(condition=models.Q(models.Q(('end_posting_id__isnull', False), ('ended_at__isnull', False), ('kind', 'write_off'), ('state', 'taken_back')), models.Q(models.Q(('state', 'taken_back'), _negated=True), ('end_posting_id__isnull', True), ('ended_at__isnull', True), ('ended_by__isnull', True)), _connector='OR'), name='invoicing_correction_taken_back')],
            },
        ),
        migrations.CreateModel(
            name='CorrectionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='invoicing.correction')),
                ('id', models.BigIntegerField()),
                ('provider_id', models.BigIntegerField()),
                ('tenant_id', models.BigIntegerField()),
                ('document_id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('credit', 'Credit note'), ('write_off', 'Write-off')], max_length=16)),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('nets', models.JSONField(null=True)),
                ('reason', models.CharField(max_length=300)),
                ('key', models.CharField(max_length=100)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('made', 'Made'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn'), ('taken_back', 'Taken back')], max_length=16)),
                ('requested_by', models.BigIntegerField()),
                ('requested_at', models.DateTimeField()),
                ('decided_by', models.BigIntegerField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('posting_id', models.BigIntegerField(null=True)),
                ('note_id', models.BigIntegerField(null=True)),
                ('ended_by', models.BigIntegerField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_posting_id', models.BigIntegerField(null=True)),
            ],
            options={
                'db_table': 'invoicing_correction_event',
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (current_setting('pghistory.context_metadata', true) <> '')", func='INSERT INTO "invoicing_correction_event" ("amount_minor", "currency", "decided_at", "decided_by", "document_id", "end_posting_id", "ended_at", "ended_by", "id", "key", "kind", "nets", "note_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "posting_id", "provider_id", "reason", "requested_at", "requested_by", "state", "tenant_id") VALUES (NEW."amount_minor", NEW."currency", NEW."decided_at", NEW."decided_by", NEW."document_id", NEW."end_posting_id", NEW."ended_at", NEW."ended_by", NEW."id", NEW."key", NEW."kind", NEW."nets", NEW."note_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."posting_id", NEW."provider_id", NEW."reason", NEW."requested_at", NEW."requested_by", NEW."state", NEW."tenant_id"); RETURN NULL;', hash='a8d65d8b753b1e783d51c74ae5a838fd795482a0', operation='INSERT', pgid='pgtrigger_insert_insert_8350d', table='invoicing_correction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "invoicing_correction_event" ("amount_minor", "currency", "decided_at", "decided_by", "document_id", "end_posting_id", "ended_at", "ended_by", "id", "key", "kind", "nets", "note_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "posting_id", "provider_id", "reason", "requested_at", "requested_by", "state", "tenant_id") VALUES (NEW."amount_minor", NEW."currency", NEW."decided_at", NEW."decided_by", NEW."document_id", NEW."end_posting_id", NEW."ended_at", NEW."ended_by", NEW."id", NEW."key", NEW."kind", NEW."nets", NEW."note_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."posting_id", NEW."provider_id", NEW."reason", NEW."requested_at", NEW."requested_by", NEW."state", NEW."tenant_id"); RETURN NULL;', hash='779b8ec95fcd7e9b3f1780742845a0eb5ed594b6', operation='UPDATE', pgid='pgtrigger_update_update_c6fd3', table='invoicing_correction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "invoicing_correction_event" ("amount_minor", "currency", "decided_at", "decided_by", "document_id", "end_posting_id", "ended_at", "ended_by", "id", "key", "kind", "nets", "note_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "posting_id", "provider_id", "reason", "requested_at", "requested_by", "state", "tenant_id") VALUES (OLD."amount_minor", OLD."currency", OLD."decided_at", OLD."decided_by", OLD."document_id", OLD."end_posting_id", OLD."ended_at", OLD."ended_by", OLD."id", OLD."key", OLD."kind", OLD."nets", OLD."note_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."posting_id", OLD."provider_id", OLD."reason", OLD."requested_at", OLD."requested_by", OLD."state", OLD."tenant_id"); RETURN NULL;', hash='9904f5f812999079ce250eb59bc3851cdbd64a89', operation='DELETE', pgid='pgtrigger_delete_delete_9a0b6', table='invoicing_correction', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='correctionevent',
            index=models.Index(fields=['provider_id', 'id', 'pgh_id'], name='invoicing_correction_event_own'),
        ),
        provider_fk(TABLE),
        composite_fk(TABLE, "tenant_id", "tenants_tenant"),
        composite_fk(TABLE, "document_id", "invoicing_document"),
        composite_fk(TABLE, "note_id", "invoicing_document"),
        *protect(TABLE, rows="provider", app=KEPT, worker=KEPT),
        *protect("invoicing_correction_event", rows="provider", **APPEND),
        run_sql_file(__file__, "0010_corrections"),
    ]
