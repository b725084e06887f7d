"""Units of licences and fees: what a change replaced, and who agreed to how many."""

from __future__ import annotations

import django.contrib.postgres.fields.ranges
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
        ('usage', '0024_take_batch'),
    ]

    operations = [
        migrations.CreateModel(
            name='SubscriptionItemEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('provider_id', models.BigIntegerField()),
                ('tenant_id', models.BigIntegerField()),
                ('price_id', models.BigIntegerField()),
                ('quantity', models.DecimalField(decimal_places=12, default=1, max_digits=38)),
                ('valid', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('changed_from', models.DecimalField(decimal_places=12, max_digits=38, null=True)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'usage_subscription_item_event',
            },
        ),
        migrations.AddField(
            model_name='subscriptionitem',
            name='changed_from',
            field=models.DecimalField(decimal_places=12, max_digits=38, null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='subscriptionitem',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (current_setting('pghistory.context_metadata', true) <> '' AND NEW.fee_next_at IS NOT NULL AND (NEW.quantity <> 1 OR NEW.changed_from IS NOT NULL))", func='INSERT INTO "usage_subscription_item_event" ("changed_from", "created_at", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "price_id", "provider_id", "quantity", "subscription_id", "tenant_id", "valid") VALUES (NEW."changed_from", NEW."created_at", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."price_id", NEW."provider_id", NEW."quantity", NEW."subscription_id", NEW."tenant_id", NEW."valid"); RETURN NULL;', hash='f73f870a1a945d33bbd96684ed6a03276c4d47ff', operation='INSERT', pgid='pgtrigger_insert_insert_d625f', table='usage_subscription_item', when='AFTER')),
        ),
        migrations.AddField(
            model_name='subscriptionitemevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='usage.subscriptionitem'),
        ),
        migrations.AddField(
            model_name='subscriptionitemevent',
            name='subscription',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='usage.subscription'),
        ),
        migrations.AddIndex(
            model_name='subscriptionitemevent',
            index=models.Index(fields=['provider_id', 'tenant_id', 'id', 'pgh_id'], name='usage_item_event_own'),
        ),
        migrations.AddIndex(
            model_name='subscriptionitemevent',
            index=models.Index(fields=['provider_id', '-pgh_created_at', '-pgh_id'], name='usage_item_event_at'),
        ),
        *protect("usage_subscription_item_event", rows="tenant", **APPEND),
    ]
