"""A note's words stay as they were written: the web may change its pin and nothing else, and jobs nothing."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("tenants", "0015_hosts_and_legal_links")]

    operations: ClassVar = [
        migrations.RunSQL(
            "REVOKE UPDATE ON tenants_note FROM billing_app, billing_worker;"
            "GRANT UPDATE (is_pinned) ON tenants_note TO billing_app;",
            "REVOKE UPDATE (is_pinned) ON tenants_note FROM billing_app;"
            "GRANT UPDATE ON tenants_note TO billing_app, billing_worker;",
        )
    ]
