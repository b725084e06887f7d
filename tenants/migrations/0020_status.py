"""The database holds how a tenant's status may change; processes of the version before change it so already."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from billing_platform.kernel.isolation import run_sql_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [("tenants", "0019_list_exports")]

    operations: ClassVar = [run_sql_file(__file__, "0020_status")]
