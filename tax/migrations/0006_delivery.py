"""The address of delivery of a customer, where it is another one than its own."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tax', '0005_provisions'),
    ]

    operations = [
        migrations.AddField(
            model_name='taxprofile',
            name='delivery',
            field=models.CharField(blank=True, db_default='', default='', max_length=500),
        ),
        migrations.AddField(
            model_name='taxprofile',
            name='delivery_region',
            field=models.CharField(blank=True, db_default='', default='', max_length=40),
        ),
    ]
