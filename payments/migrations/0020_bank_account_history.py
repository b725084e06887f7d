"""Who said how the bank of an account writes CSV."""

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from billing_platform.kernel.isolation import protect

# The trigger writes as whoever makes the change.
APPEND = dict.fromkeys(("app", "worker", "ops"), "SELECT, INSERT")


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0019_bank_isolation'),
    ]

    operations = [
        migrations.CreateModel(
            name='BankAccountEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('provider_id', models.BigIntegerField()),
                ('iban', models.CharField(max_length=34)),
                ('csv_profile', models.JSONField(blank=True, default=dict)),
            ],
            options={
                'db_table': 'payments_bank_account_event',
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bankaccount',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (current_setting('pghistory.context_metadata', true) <> '')", func='INSERT INTO "payments_bank_account_event" ("csv_profile", "iban", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider_id") VALUES (NEW."csv_profile", NEW."iban", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."provider_id"); RETURN NULL;', hash='ee4a510b588c105ef9b04bad6166244761d78ddb', operation='INSERT', pgid='pgtrigger_insert_insert_f3547', table='payments_bank_account', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bankaccount',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."csv_profile" IS DISTINCT FROM (NEW."csv_profile") OR OLD."iban" IS DISTINCT FROM (NEW."iban") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."provider_id" IS DISTINCT FROM (NEW."provider_id"))', func='INSERT INTO "payments_bank_account_event" ("csv_profile", "iban", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider_id") VALUES (NEW."csv_profile", NEW."iban", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."provider_id"); RETURN NULL;', hash='881f11b421504d585a54f23b19ceef4461ccdbaf', operation='UPDATE', pgid='pgtrigger_update_update_036d3', table='payments_bank_account', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bankaccount',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "payments_bank_account_event" ("csv_profile", "iban", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider_id") VALUES (OLD."csv_profile", OLD."iban", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."provider_id"); RETURN NULL;', hash='f5c044c11eedf34619f7401695e1ffd6be2603bc', operation='DELETE', pgid='pgtrigger_delete_delete_4a130', table='payments_bank_account', when='AFTER')),
        ),
        migrations.AddField(
            model_name='bankaccountevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='payments.bankaccount'),
        ),
        migrations.AddIndex(
            model_name='bankaccountevent',
            index=models.Index(fields=['provider_id', 'id', 'pgh_id'], name='payments_bank_event_own'),
        ),
        *protect("payments_bank_account_event", rows="provider", **APPEND),
    ]
