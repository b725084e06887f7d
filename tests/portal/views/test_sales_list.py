"""The EC sales list: by customer number and quarter, notes taken off, and nothing that does not belong there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.scope import provider_scope
from billing_platform.portal.pages import tax_report
from invoicing.services.crediting import credit_invoice
from invoicing.services.issuing import issue_now
from tenants.models import Provider
from tests.cast import NOW
from tests.invoicing.drafts import invoice, line, tax
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.portal.views.conftest import AsPerson, World

SPAN = "?since=2026-07-01&until=2026-12-31"
FRENCH, GREEK = "FR40303265045", "EL094259216"


def sell(provider_id: int, tenant_id: int, name: str, net: int, number: str, **more: Any) -> int:
    """Invoice an amount under reverse charge, or under another category."""
    untaxed = replace(
        tax(net, 0, group="r", rate="0"),
        category=more.pop("category", "AE"),
        reason="Reverse charge",
    )
    draft = invoice(
        tenant_id,
        name,
        lines=(line(net, group="r"),),
        taxes=(untaxed,),
        tax={"customer_number": number, "seller_number": "DE136695976"},
        currency="EUR",
        **more,
    )
    return issue_now(provider_id=provider_id, draft=draft, now=NOW)


@pytest.fixture
def sold(world: World) -> None:
    """Sell to a French and a Greek business, and to others that do not belong on the list."""
    cast = world.cast
    with as_role("worker"), provider_scope(cast.nimbus):
        Provider.objects.filter(pk=cast.nimbus).update(address="1 Way", country="DE")
        first = sell(cast.nimbus, cast.acme, "a", 10000, FRENCH)
        sell(cast.nimbus, cast.acme, "b", 5000, FRENCH)
        sell(cast.nimbus, cast.acme, "c", 700, FRENCH, supplied_on=date(2026, 9, 30))
        sell(cast.nimbus, cast.globex, "d", 300, GREEK)
        sell(cast.nimbus, cast.globex, "e", 99, "GB123456789")
        sell(cast.nimbus, cast.globex, "f", 99, "29AAGCB7383J1Z4")
        sell(cast.nimbus, cast.globex, "g", 99, FRENCH, category="E")
        sell(cast.nimbus, cast.globex, "h", 99, "")
        sell(cast.nimbus, cast.globex, "i", 99, FRENCH, supplied_on=date(2026, 6, 30))
        credit_invoice(
            provider_id=cast.nimbus,
            document_id=first,
            reason="x",
            key="a",
            now=NOW,
            nets={1: 2500},
        )


class TestSalesList:
    def test_it_adds_up_by_number_and_quarter(self, as_person: AsPerson, sold: None) -> None:
        answer = as_person("rita").get(f"/provider/taxes/sales-list.csv{SPAN}")

        lines = b"".join(answer).decode("utf-8-sig").splitlines()
        assert lines == [
            "quarter,customer_number,documents,currency,base",
            f"2026-Q4,{GREEK},1,EUR,3.00",
            f"2026-Q4,{FRENCH},3,EUR,125.00",
            f"2026-Q3,{FRENCH},1,EUR,7.00",
        ]

    def test_the_report_shows_it(self, as_person: AsPerson, sold: None) -> None:
        page = as_person("rita").get(f"/provider/taxes/report/{SPAN}").content.decode()

        assert "EC sales list" in page
        assert FRENCH in page
        assert "125.00" in page
        # On a phone the heads of columns are out of sight: each figure says itself what it is.
        assert '<td class="text-end" data-label="Net amount">' in page

    @pytest.mark.parametrize(("most", "has_more"), [(3, False), (2, True)])
    def test_of_many_lines_the_file_has_the_rest(
        self,
        as_person: AsPerson,
        sold: None,
        monkeypatch: pytest.MonkeyPatch,
        most: int,
        has_more: bool,
    ) -> None:
        monkeypatch.setattr(tax_report, "SALES_SHOWN", most)

        page = as_person("rita").get(f"/provider/taxes/report/{SPAN}").content.decode()

        assert ("the file has all of them" in page) is has_more
        assert ("2026-Q3" in page) is not has_more

    def test_nobody_else_sees_it(self, as_person: AsPerson, sold: None) -> None:
        assert as_person("alice").get("/provider/taxes/sales-list.csv").status_code in {403, 404}
        assert (
            FRENCH not in as_person("oskar").get(f"/provider/taxes/report/{SPAN}").content.decode()
        )

    def test_without_such_sales_there_is_none(self, as_person: AsPerson, world: World) -> None:
        page = as_person("rita").get(f"/provider/taxes/report/{SPAN}").content.decode()

        assert "EC sales list" not in page
