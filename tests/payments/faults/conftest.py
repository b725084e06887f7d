"""A till in a database that commits, so that other processes see what was paid there.

All tests of this folder share one such database: each has providers of its own, and no row of another's is shown there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from django.db import connections, transaction

from billing_platform.kernel.rows import execute
from tests.database import copy_template, drop_database, switched
from tests.payments.till import Till
from tests.roles import set_role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway_simulators.common.server import SimulatorServer
    from tests.cast import Cast, CastRows

# What only one cast may be called at a time.
NAMES: Final = {
    "tenants_provider": "slug",
    "tenants_host": "name",
    "tenants_user": "email",
    "account_emailaddress": "email",
}


@pytest.fixture(scope="session")
def shared_db(
    template_database: str, cast_rows: CastRows, django_db_blocker: pytest.FixtureRequest
) -> Iterator[str]:
    """Make a database that commits for the tests of this folder; returns its name."""
    name = f"{connections['default'].settings_dict['NAME']}_payments"
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        copy_template(template_database, name)
        yield name
        drop_database(name)


@pytest.fixture
def committed_db(shared_db: str, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """Reach the folder's database; afterwards the names of the test's people and providers are free again."""
    with django_db_blocker.unblock(), switched(shared_db):  # type: ignore[attr-defined]
        yield shared_db
        set_role("owner")
        for table, column in NAMES.items():
            execute(
                f"UPDATE {table} SET {column} = 'gone-' || id || '-' || {column}"
                f" WHERE {column} NOT LIKE 'gone-%'"
            )


@pytest.fixture
def committed_cast(committed_db: str, cast_rows: CastRows) -> Cast:
    """Return a cast of the test's own in the folder's database, as worker."""
    set_role("worker")
    with transaction.atomic():
        return cast_rows.copy()


@pytest.fixture
def counter(committed_cast: Cast, simulated: SimulatorServer) -> Till:
    """Return Nimbus's till, where 10.50 were paid, in a database that commits."""
    cast = committed_cast
    till = Till.open(cast.nimbus, cast.acme, simulated, "nimbus")
    till.charge(till.save_card())
    till.hear()
    return till
