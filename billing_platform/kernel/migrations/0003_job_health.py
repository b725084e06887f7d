from django.db import migrations

from billing_platform.kernel.isolation import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_tables")]

    operations = [run_sql_file(__file__, "0003_job_health")]
