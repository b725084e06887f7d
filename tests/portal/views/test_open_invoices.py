"""What clients owe by invoice: in the list, in its file, on the client's page and on the client's own."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.scope import provider_scope
from invoicing.enums import DocumentKind
from invoicing.selectors.owed import open_invoices, owed_by_tenant
from invoicing.services.issuing import issue_now
from tenants.models import Provider
from tests.cast import NOW
from tests.factories.documents import make_receipt
from tests.invoicing.drafts import invoice
from tests.invoicing.owing import Owed
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.portal.views.conftest import AsPerson, World

LIST = "/provider/clients/"
TODAY = NOW.date()
LATE = TODAY - timedelta(days=3)
LATER = date(2099, 1, 1)


@pytest.fixture
def owing(world: World) -> World:
    """Let Acme owe an invoice of 172.51 and 100.00 of one that is overdue; what else it has is no debt."""
    cast = world.cast
    with as_role("worker"), provider_scope(cast.nimbus):
        Provider.objects.filter(pk=cast.nimbus).update(
            legal_name="Nimbus Inc.", address="1 Cloud Way\nReno", country="US"
        )
        Owed.open(cast.nimbus, cast.acme, "early", due_on=LATER)
        Owed.open(cast.nimbus, cast.acme, "late", due_on=LATE).pay(7251)
        Owed.open(cast.nimbus, cast.acme, "paid", due_on=LATE).pay(17251, key="payment/2")
        make_receipt(cast.nimbus, cast.acme, public_id="doc_r", minor=900, name="Paid")
        offer = invoice(cast.acme, "offer", kind=DocumentKind.PROFORMA, due_on=LATE)
        issue_now(provider_id=cast.nimbus, draft=offer, now=NOW)
    return world


class TestClients:
    def test_say_who_owes_what_and_lead_there(self, owing: World, as_person: AsPerson) -> None:
        paula = as_person("paula")
        body = paula.get(LIST).content.decode()

        assert "272.51 <span" in body
        assert "100.00 <span" in body
        assert body.count("by invoice") == 1
        assert 'href="/provider/invoices/?client=acme"' in body
        assert 'href="/provider/invoices/?status=overdue&amp;client=acme"' in body
        late = paula.get("/provider/invoices/?status=overdue&client=acme&kind=invoice")
        assert late.content.decode().count("View Detail of") == 1

    def test_say_it_by_the_same_number_of_queries(self, owing: World, as_person: AsPerson) -> None:
        paula = as_person("paula")
        paula.get(LIST)
        counts = []
        for word in ("acme", "globex"):
            with CaptureQueriesContext(connection) as asked:
                paula.get(LIST, {"q": word})
            counts.append(sum("invoicing_document" in each["sql"] for each in asked))

        assert counts == [1, 1]

    def test_the_file_says_the_same(self, owing: World, as_person: AsPerson) -> None:
        text = b"".join(as_person("paula").get("/provider/clients.csv")).decode("utf-8-sig")
        rows = {row["client_id"]: row for row in csv.DictReader(text.splitlines())}

        assert (rows["acme"]["owed_by_invoice"], rows["acme"]["overdue"]) == ("272.51", "100.00")
        assert rows["acme"]["balance"] == "40.00"
        assert (rows["globex"]["owed_by_invoice"], rows["globex"]["overdue"]) == ("", "")


class TestClient:
    def test_shows_what_is_due_first_on_top(self, owing: World, as_person: AsPerson) -> None:
        body = as_person("paula").get(f"{LIST}{owing.acme}/").content.decode()
        card = body.partition('id="open-invoices"')[2].partition("</section>")[0]

        assert [card.count(words) for words in ("/provider/invoices/doc_", "due on")] == [2, 2]
        assert card.index("Overdue") < card.index("1 Jan 2099")
        assert "272.51 <span" in card.partition("Together")[2]
        assert "/provider/invoices/?client=acme" in card

    def test_says_that_nothing_is_open(self, owing: World, as_person: AsPerson) -> None:
        assert "No invoice is open." in as_person("paula").get(f"{LIST}{owing.globex}/").text


class TestBilling:
    def test_shows_a_client_its_own(self, owing: World, as_person: AsPerson) -> None:
        body = as_person("alice").get("/billing/").content.decode()
        card = body.partition('id="open-invoices"')[2].partition("</section>")[0]

        assert card.count("/billing/invoices/doc_") == 2
        assert "100.00 <span" in card

    def test_shows_nobody_else_s(self, owing: World, as_person: AsPerson) -> None:
        assert "open-invoices" not in as_person("charlie").get("/billing/").content.decode()


class TestOwed:
    def test_tells_currencies_and_clients_apart(self, owing: World) -> None:
        cast = owing.cast
        with provider_scope(cast.nimbus):
            found = owed_by_tenant(cast.nimbus, [cast.acme, cast.globex], today=TODAY)

        assert list(found) == [cast.acme]
        ((owed),) = found[cast.acme]
        assert (owed.count, str(owed.due), str(owed.overdue)) == (2, "272.51 USD", "100.00 USD")

    def test_is_not_overdue_on_its_day(self, owing: World) -> None:
        cast = owing.cast
        with provider_scope(cast.nimbus):
            (owed,) = owed_by_tenant(cast.nimbus, [cast.acme], today=LATE)[cast.acme]

        assert not owed.overdue

    def test_nothing_is_told_to_another_provider(self, owing: World) -> None:
        cast = owing.cast
        with provider_scope(cast.sonora):
            assert owed_by_tenant(cast.nimbus, [cast.acme], today=TODAY) == {}
            assert open_invoices(cast.nimbus, cast.acme, today=TODAY, limit=5) == []
