"""Plan the check of entries once per session."""

from django.db import migrations

from billing_platform.kernel.isolation import run_sql_file


class Migration(migrations.Migration):
    """The function that checks what a statement has entered."""

    dependencies = [("accounts", "0010_grant_return")]
    operations = [run_sql_file(__file__, "0011_kept_check")]
