"""A customer's own limits of a top-up, and who changed them."""

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from billing_platform.kernel.isolation import composite_fk, protect, provider_fk

# The trigger writes as whoever makes the change.
APPEND = dict.fromkeys(("app", "worker", "ops"), "SELECT, INSERT")

class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0021_refund_tax'),
    ]

    operations = [
        migrations.CreateModel(
            name='TopupLimitEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('provider_id', models.BigIntegerField()),
                ('tenant_id', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('least_minor', models.BigIntegerField(null=True)),
                ('most_minor', models.BigIntegerField(null=True)),
            ],
            options={
                'db_table': 'payments_topup_limit_event',
            },
        ),
        migrations.CreateModel(
            name='TopupLimit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider_id', models.BigIntegerField()),
                ('tenant_id', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('least_minor', models.BigIntegerField(null=True)),
                ('most_minor', models.BigIntegerField(null=True)),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'payments_topup_limit',
                'constraints': [models.UniqueConstraint(fields=('provider_id', 'tenant_id', 'currency'), name='payments_topup_limit_once'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$'), models.Q(('least_minor__isnull', True), ('least_minor__gt', 0), _connector='OR'), models.Q(('most_minor__isnull', True), ('most_minor__gt', 0), _connector='OR')), name='payments_topup_limit_amounts'), models.CheckConstraint(condition=models.Q(('least_minor__isnull', True), ('most_minor__isnull', True), ('least_minor__lte', models.F('most_minor')), _connector='OR'), name='payments_topup_limit_order')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='topuplimit',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (current_setting('pghistory.context_metadata', true) <> '')", func='INSERT INTO "payments_topup_limit_event" ("currency", "id", "least_minor", "most_minor", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider_id", "tenant_id") VALUES (NEW."currency", NEW."id", NEW."least_minor", NEW."most_minor", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."provider_id", NEW."tenant_id"); RETURN NULL;', hash='20587843dafa16ae687379c458f61fe44b0c72b5', operation='INSERT', pgid='pgtrigger_insert_insert_e1656', table='payments_topup_limit', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='topuplimit',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."least_minor" IS DISTINCT FROM (NEW."least_minor") OR OLD."most_minor" IS DISTINCT FROM (NEW."most_minor") OR OLD."provider_id" IS DISTINCT FROM (NEW."provider_id") OR OLD."tenant_id" IS DISTINCT FROM (NEW."tenant_id"))', func='INSERT INTO "payments_topup_limit_event" ("currency", "id", "least_minor", "most_minor", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider_id", "tenant_id") VALUES (NEW."currency", NEW."id", NEW."least_minor", NEW."most_minor", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."provider_id", NEW."tenant_id"); RETURN NULL;', hash='a7f54df12e46f32ec6614685d54cf9a9c767c9fc', operation='UPDATE', pgid='pgtrigger_update_update_58e41', table='payments_topup_limit', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='topuplimit',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "payments_topup_limit_event" ("currency", "id", "least_minor", "most_minor", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider_id", "tenant_id") VALUES (OLD."currency", OLD."id", OLD."least_minor", OLD."most_minor", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."provider_id", OLD."tenant_id"); RETURN NULL;', hash='2b2cb37713c5f2d82e0df020e7d15047140ea221', operation='DELETE', pgid='pgtrigger_delete_delete_abc0a', table='payments_topup_limit', when='AFTER')),
        ),
        migrations.AddField(
            model_name='topuplimitevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='payments.topuplimit'),
        ),
        migrations.AddIndex(
            model_name='topuplimitevent',
            index=models.Index(fields=['provider_id', 'tenant_id', 'id', 'pgh_id'], name='payments_topup_limit_event_own'),
        ),
        provider_fk("payments_topup_limit"),
        composite_fk("payments_topup_limit", "tenant_id", "tenants_tenant"),
        *protect("payments_topup_limit", rows="tenant", tenant_writes=False),
        *protect("payments_topup_limit_event", rows="tenant", **APPEND),
    ]
