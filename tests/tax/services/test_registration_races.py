"""Two people who note the same registration at once: it is there once."""

from __future__ import annotations

from billing_platform.kernel.scope import provider_scope
from tax.selectors.rates import registrations_of
from tax.services.registrations import add_registration
from tests.cast import NOW, build_cast
from tests.factories.tax import FRENCH_VAT, SINCE
from tests.tenants.test_races import at_once


def test_the_same_registration_is_stored_once(committed_db: str) -> None:
    cast = build_cast()

    def note() -> None:
        with provider_scope(cast.nimbus):
            add_registration(
                provider_id=cast.nimbus,
                kind="vat",
                country="FR",
                number=FRENCH_VAT,
                begins=SINCE,
                now=NOW,
            )

    assert sorted(at_once([note] * 4)) == [False, False, False, True]
    with provider_scope(cast.nimbus):
        assert len(registrations_of(cast.nimbus)) == 1
