"""The functions that row-level security reads the scope with."""

from django.db import migrations

from billing_platform.kernel.isolation import check_roles, run_sql_file


class Migration(migrations.Migration):
    """Check the login roles, then make the scope functions."""

    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [check_roles(), run_sql_file(__file__, "0001_scope")]
