"""Find tenants by words: a table of tokens that triggers keep in step, filled for the tenants that are there."""

from django.db import migrations, models

from billing_platform.kernel.isolation import composite_fk, protect, run_sql_file


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0008_tenant_profile'),
    ]

    operations = [
        migrations.CreateModel(
            name='TenantToken',
            fields=[
                ('pk', models.CompositePrimaryKey('provider_id', 'token', 'tenant_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('provider_id', models.BigIntegerField()),
                ('token', models.CharField(db_collation='C', max_length=64)),
                ('tenant_id', models.BigIntegerField()),
            ],
            options={
                'db_table': 'tenants_tenant_token',
                'indexes': [models.Index(fields=['provider_id', 'tenant_id', 'token'], name='tenants_token_of_tenant')],
            },
        ),
        # Only triggers write, with the owner's eyes.
        *protect("tenants_tenant_token", rows="provider", app="SELECT", worker="SELECT"),
        composite_fk("tenants_tenant_token", "tenant_id", "tenants_tenant"),
        run_sql_file(__file__, "0009_tokens"),
    ]
