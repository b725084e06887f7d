"""A word leads to what is one's own: pages of the menu, clients, invoices by number, payments by id."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.scope import provider_scope
from tests.cast import NOW
from tests.factories.documents import make_receipt
from tests.factories.payments import make_attempt, make_connection

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson

URL = "/jump"


@pytest.fixture
def numbers(cast: Cast) -> dict[str, str]:
    """Give Acme and Globex an invoice and a payment each, and return the invoices' numbers."""
    found = {}
    with provider_scope(cast.nimbus):
        way = make_connection(cast.nimbus)
        for name, tenant_id in (("acme", cast.acme), ("globex", cast.globex)):
            found[name] = make_receipt(
                cast.nimbus, tenant_id, public_id=f"doc_{name}", minor=1000, name="Top-up"
            )
            make_attempt(
                way,
                tenant_id,
                public_id=f"pay_{name}",
                external_id=f"pi_{name}",
                created_at=NOW,
            )
    return found


def urls(as_person: AsPerson, person: str, word: str) -> list[str]:
    """Return where a word leads a person."""
    page = as_person(person).get(URL, {"q": word}).context["page"]
    return [hit.url for hit in page.hits]


class TestJump:
    def test_staff_find_pages_clients_invoices_and_payments(
        self, cast: Cast, as_person: AsPerson, numbers: dict[str, str]
    ) -> None:
        assert urls(as_person, "rita", "paym") == ["/provider/payments/"]
        assert urls(as_person, "rita", numbers["globex"].lower()) == [
            "/provider/invoices/doc_globex/"
        ]
        for word in ("pi_globex", "pay_globex"):
            assert urls(as_person, "rita", word) == ["/provider/payments/pay_globex/"]
        (client,) = urls(as_person, "rita", "globe")
        assert client.startswith("/provider/clients/ten_")

    def test_customers_find_their_own_only(
        self, cast: Cast, as_person: AsPerson, numbers: dict[str, str]
    ) -> None:
        assert urls(as_person, "alice", numbers["acme"]) == ["/billing/invoices/doc_acme/"]
        assert urls(as_person, "alice", "pi_acme") == ["/billing/payments/pay_acme/"]
        for word in (numbers["globex"], "pi_globex", "pay_globex", "globex", "acme"):
            assert urls(as_person, "alice", word) == []

    @pytest.mark.parametrize(("person", "word"), [("rita", "gateways"), ("bob", "dashboard")])
    def test_a_page_that_a_role_may_not_open_is_not_found(
        self, as_person: AsPerson, person: str, word: str
    ) -> None:
        assert urls(as_person, person, word) == []

    def test_an_ordinary_user_finds_no_bill(
        self, as_person: AsPerson, numbers: dict[str, str]
    ) -> None:
        assert urls(as_person, "bob", numbers["acme"]) == []
        assert urls(as_person, "bob", "pi_acme") == []

    def test_nothing_of_another_provider_is_found(
        self, as_person: AsPerson, numbers: dict[str, str]
    ) -> None:
        for word in ("globex", numbers["globex"], "pi_globex"):
            assert urls(as_person, "oskar", word) == []

    def test_the_dialog_asks_for_the_hits_alone(self, as_person: AsPerson) -> None:
        part = as_person("rita").get(URL, {"q": "pay"}, headers={"x-requested-with": "palette"})

        assert "<html" not in part.content.decode()
        assert 'href="/provider/payments/"' in part.content.decode()
        assert "no-store" in part["Cache-Control"]

    def test_takes_as_many_queries_whatever_is_found(
        self, as_person: AsPerson, numbers: dict[str, str]
    ) -> None:
        client, counts = as_person("rita"), []
        headers = {"x-requested-with": "palette"}
        for word in ("pi_globex", "nothing at all"):
            with CaptureQueriesContext(connection) as queries:
                client.get(URL, {"q": word}, headers=headers)
            counts.append(len(queries))

        # Payments that are found are asked for the names of their ways to pay, once.
        assert counts[0] - counts[1] in {0, 1}
