"""The runbook's way back: roles, a dump, a new database; the books agree, walls stand, and work goes on."""

from __future__ import annotations

import os
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg2
import pytest
from django.db import ProgrammingError, connection

from accounts.services.audit import verify
from billing_platform.embedded.binaries import find_binaries
from billing_platform.kernel.rows import execute
from billing_platform.kernel.scope import provider_scope
from tenants.models import Tenant
from tests.cast import build_cast
from tests.database import drop_database
from tests.roles import set_role
from tests.superuser import superuser_url
from tests.usage.faults.test_killed import build, posted, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories.usage import Shop

pytestmark = pytest.mark.processes


def program(name: str) -> str:
    return str(find_binaries(os.environ).bin / name)


@pytest.fixture
def restored(committed_db: str, tmp_path: Path) -> Iterator[tuple[Shop, list[int], int]]:
    """Restore a dump of a database in use beside it, as the runbook says, and reach the copy."""
    nimbus = build_cast().nimbus
    shop, tenants = build()
    connection.close()
    name, dump = f"{committed_db}_restored", tmp_path / "billing.dump"
    drop_database(name)
    source, target = superuser_url(committed_db), superuser_url(name)
    subprocess.run([program("pg_dump"), "-Fc", "-f", dump, source], check=True)
    with closing(psycopg2.connect(superuser_url("postgres"))) as raw, raw.cursor() as cursor:
        raw.autocommit = True
        cursor.execute(f'CREATE DATABASE "{name}" OWNER billing_owner TEMPLATE template0')
    subprocess.run(
        [program("pg_restore"), "--exit-on-error", "--single-transaction", "-d", target, dump],
        check=True,
    )
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = name
    yield shop, tenants, nimbus
    connection.close()
    connection.settings_dict["NAME"] = before
    drop_database(name)


class TestRestored:
    def test_its_walls_stand_its_books_agree_and_work_goes_on(
        self, restored: tuple[Shop, list[int], int]
    ) -> None:
        shop, tenants, nimbus = restored
        walls_stand(shop, tenants, nimbus)
        set_role("worker")

        with provider_scope(shop.provider_id):
            assert verify(provider_id=shop.provider_id).findings == ()
        before = posted(shop)
        run(shop)
        after = posted(shop)
        assert run(shop) == {}

        assert before != after
        assert {row[0] for row in after} == set(tenants)
        with provider_scope(shop.provider_id):
            assert verify(provider_id=shop.provider_id).findings == ()


def walls_stand(shop: Shop, tenants: list[int], nimbus: int) -> None:
    """Each provider sees its own tenants, and nobody changes what was posted."""
    with provider_scope(nimbus):
        assert Tenant.objects.count() == 2
    with provider_scope(shop.provider_id):
        assert set(Tenant.objects.values_list("pk", flat=True)) == set(tenants)
    for statement in ("DELETE FROM accounts_entry", "UPDATE accounts_posting SET kind = 'x'"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            provider_scope(shop.provider_id),
        ):
            execute(statement)
