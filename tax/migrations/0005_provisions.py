"""The provision of the law that exempts a category."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tax', '0004_exchange_rates'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='category',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='category',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='category',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='category',
            name='provision',
            field=models.CharField(blank=True, db_default='', default='', max_length=100),
        ),
        migrations.AddField(
            model_name='categoryevent',
            name='provision',
            field=models.CharField(blank=True, db_default='', default='', max_length=100),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='category',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (current_setting('pghistory.context_metadata', true) <> '')", func='INSERT INTO "tax_category_event" ("code", "created_at", "id", "is_exempt", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider_id", "provision") VALUES (NEW."code", NEW."created_at", NEW."id", NEW."is_exempt", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."provider_id", NEW."provision"); RETURN NULL;', hash='1fa1a156de2587c1f97e67f5d9d28e4a497de577', operation='INSERT', pgid='pgtrigger_insert_insert_a0251', table='tax_category', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='category',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "tax_category_event" ("code", "created_at", "id", "is_exempt", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider_id", "provision") VALUES (NEW."code", NEW."created_at", NEW."id", NEW."is_exempt", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."provider_id", NEW."provision"); RETURN NULL;', hash='f3c8dd4b9b8168a632eaf6b2f610257fe44fdef2', operation='UPDATE', pgid='pgtrigger_update_update_ceb24', table='tax_category', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='category',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "tax_category_event" ("code", "created_at", "id", "is_exempt", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider_id", "provision") VALUES (OLD."code", OLD."created_at", OLD."id", OLD."is_exempt", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."provider_id", OLD."provision"); RETURN NULL;', hash='2ddaa1f26fa35f1760acc2c2382e1da8161bdebe', operation='DELETE', pgid='pgtrigger_delete_delete_817ef', table='tax_category', when='AFTER')),
        ),
    ]
