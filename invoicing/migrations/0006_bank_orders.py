"""Orders to top up by bank transfer, with the reference by which their money is known."""

from django.db import migrations, models

from billing_platform.kernel.isolation import append_only, composite_fk, protect, provider_fk

TABLE = "invoicing_bank_order"
ADDED = "SELECT, INSERT"


class Migration(migrations.Migration):

    dependencies = [
        ('invoicing', '0005_file_isolation'),
    ]

    operations = [
        migrations.CreateModel(
            name='BankOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider_id', models.BigIntegerField()),
                ('tenant_id', models.BigIntegerField()),
                ('document_id', models.BigIntegerField()),
                ('reference', models.CharField(max_length=25)),
                ('number_key', models.CharField(max_length=40)),
                ('topup', models.CharField(blank=True, default='', max_length=64)),
                ('request_key', models.CharField(max_length=100)),
                ('opened_by', models.BigIntegerField(null=True)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'invoicing_bank_order',
            },
        ),
        migrations.RemoveConstraint(
            model_name='document',
            name='invoicing_document_words',
        ),
        migrations.AlterField(
            model_name='document',
            name='source_type',
            field=models.CharField(choices=[('payment', 'Payment'), ('document', 'Document'), ('order', 'Payment order'), ('hand', 'By hand')], max_length=16),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$'), ('kind__in', ['proforma', 'invoice', 'credit_note', 'receipt']), ('state__in', ['draft', 'sent', 'partially_paid', 'paid', 'cancelled', 'written_off']), ('source_type__in', ['payment', 'document', 'order', 'hand']), models.Q(('source_id', ''), _negated=True)), name='invoicing_document_words'),
        ),
        migrations.AddIndex(
            model_name='bankorder',
            index=models.Index(fields=['provider_id', 'tenant_id', '-id'], name='invoicing_bank_order_of_tenant'),
        ),
        migrations.AddIndex(
            model_name='bankorder',
            index=models.Index(fields=['provider_id', 'number_key'], name='invoicing_bank_order_number'),
        ),
        migrations.AddConstraint(
            model_name='bankorder',
            constraint=models.UniqueConstraint(fields=('provider_id', 'document_id'), name='invoicing_bank_order_document'),
        ),
        migrations.AddConstraint(
            model_name='bankorder',
            constraint=models.UniqueConstraint(fields=('provider_id', 'reference'), name='invoicing_bank_order_reference'),
        ),
        migrations.AddConstraint(
            model_name='bankorder',
            constraint=models.UniqueConstraint(fields=('provider_id', 'tenant_id', 'request_key'), name='invoicing_bank_order_request'),
        ),
        migrations.AddConstraint(
            model_name='bankorder',
            constraint=models.CheckConstraint(condition=models.Q(('reference__regex', '^RF[0-9]{2}[A-Z0-9]{1,21}$'), models.Q(('number_key', ''), _negated=True)), name='invoicing_bank_order_words'),
        ),
        provider_fk(TABLE),
        composite_fk(TABLE, "tenant_id", "tenants_tenant"),
        composite_fk(TABLE, "document_id", "invoicing_document"),
        *protect(TABLE, rows="tenant", app=ADDED, worker=ADDED, tenant_writes=False),
        append_only(TABLE),
    ]
