"""Registrations of documents with a government's portal."""

from django.db import migrations, models

from billing_platform.kernel.isolation import append_only, composite_fk, protect, provider_fk

TABLE = "invoicing_registration"
ADDED = "SELECT, INSERT"


class Migration(migrations.Migration):

    dependencies = [
        ('invoicing', '0008_mail_isolation'),
    ]

    operations = [
        migrations.CreateModel(
            name='Registration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider_id', models.BigIntegerField()),
                ('tenant_id', models.BigIntegerField()),
                ('document_id', models.BigIntegerField()),
                ('irn', models.CharField(max_length=64)),
                ('ack_number', models.CharField(max_length=20)),
                ('ack_at', models.DateTimeField()),
                ('signed_code', models.CharField(max_length=2000)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.BigIntegerField(null=True)),
            ],
            options={
                'db_table': 'invoicing_registration',
                'constraints': [models.UniqueConstraint(fields=('provider_id', 'document_id'), name='invoicing_registration_once'), models.UniqueConstraint(fields=('provider_id', 'irn'), name='invoicing_registration_irn'), models.CheckConstraint(condition=models.Q(('ack_number__regex', '^[0-9]{1,20}$'), ('irn__regex', '^[0-9a-f]{64}$'), models.Q(('signed_code', ''), _negated=True)), name='invoicing_registration_words')],
            },
        ),
        provider_fk(TABLE),
        composite_fk(TABLE, "document_id", "invoicing_document"),
        composite_fk(TABLE, "tenant_id", "tenants_tenant"),
        *protect(TABLE, rows="tenant", app=ADDED, worker=ADDED, tenant_writes=False),
        append_only(TABLE),
        # As with files: of an issued document, for whom the document is.
        migrations.RunSQL(
            f"CREATE TRIGGER {TABLE}_guarded BEFORE INSERT ON {TABLE}"
            " FOR EACH ROW EXECUTE FUNCTION invoicing_guard_file()",
            f"DROP TRIGGER {TABLE}_guarded ON {TABLE}",
        ),
    ]
