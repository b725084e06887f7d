"""Where a customer tops up by itself: online, else by transfer, else nowhere; and what it is advised then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import provider_scope, tenant_scope
from billing_platform.portal.pages.suspensions import suspension_notices
from billing_platform.portal.pages.topup_place import topup_place
from tenants.selectors.tenants import tenant_by_id
from tests.factories.payments import make_connection
from tests.invoicing.bank_desk import BankDesk
from tests.portal.pages.test_suspensions import suspension
from tests.roles import as_role

if TYPE_CHECKING:
    from billing_platform.portal.pages.topup_place import TopupPlace
    from tests.cast import Cast

pytestmark = pytest.mark.django_db


def place_of(cast: Cast) -> TopupPlace | None:
    with tenant_scope(cast.nimbus, cast.acme):
        return topup_place(tenant_by_id(cast.nimbus, cast.acme))


class TestTopupPlace:
    def test_who_takes_no_money_is_asked(self, cast: Cast) -> None:
        assert place_of(cast) is None

    def test_a_transfer_will_do(self, cast: Cast) -> None:
        with as_role("worker"):
            BankDesk.open(cast.nimbus)

        place = place_of(cast)

        assert place is not None
        assert place.url == "/billing/bank/"
        assert "seconds" not in place.revives

    def test_online_comes_first(self, cast: Cast) -> None:
        with as_role("worker"), provider_scope(cast.nimbus):
            BankDesk.open(cast.nimbus)
            make_connection(cast.nimbus)

        place = place_of(cast)

        assert place is not None
        assert place.url == "/billing/pay/"

    def test_only_an_empty_balance_is_topped_up(self, cast: Cast) -> None:
        with as_role("worker"), provider_scope(cast.nimbus):
            make_connection(cast.nimbus)
        rows = [suspension("exhausted"), suspension("by_hand"), suspension("overdue")]

        shown = suspension_notices(rows, "Nimbus", topup=place_of(cast))

        assert [bool(row.topup) for row in shown] == [True, False, False]
        assert "Ask Nimbus" not in shown[0].advice
