from django.db import migrations

from billing_platform.kernel.isolation import run_sql_file


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_approvals'),
    ]

    operations = [
        run_sql_file(__file__, "0008_lighter_check"),
    ]
