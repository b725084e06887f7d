"""A customer saves, chooses and deletes payment methods, at the gateway's simulator over HTTP."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from stripe import StripeClient

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from gateway_simulators.common.faults import Fault
from payments.errors import DefaultMethod
from payments.models import Method, MethodSetup
from payments.services import method_setup
from payments.services.methods import delete_method
from tests.payments.till import KEYS, post
from tests.payments.views.test_pay import browser

if TYPE_CHECKING:
    from django.test import Client

    from tests.cast import Cast
    from tests.payments.till import Till

PAGE = "/billing/methods/"


@pytest.fixture
def alice(till: Till, cast: Cast) -> Client:
    """Return the browser of the tenant's admin."""
    return browser(cast, "alice")


def begin(client: Client, till: Till) -> MethodSetup:
    """Press Setup Credit Card and return the setup that it opened."""
    page = client.get(PAGE).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key
    data = {"key": key[1], "way": till.public_id}
    places = {client.post(f"{PAGE}setup", data).headers["Location"] for _ in range(2)}
    assert len(places) == 1, "a double click opens one page"
    with provider_scope(till.provider_id):
        setup = MethodSetup.objects.order_by("pk").last()
    assert setup
    assert client.get(places.pop()).headers["Refresh"] == f"0; url={setup.checkout_url}"
    return setup


def save(client: Client, till: Till, choice: str = "pay") -> Any:
    """Save a card on the gateway's page and come back."""
    setup = begin(client, till)
    press(setup, choice)
    return client.get(f"{PAGE}setups/{setup.public_id}/return", follow=True)


def press(setup: MethodSetup, choice: str) -> None:
    form = {"choice": choice, "number": "4242" * 4, "holder": "Alice Example"}
    target = post(setup.checkout_url, form)
    if "/challenge/" in target:
        post(target, {"choice": "complete"})


def rows(till: Till) -> list[Method]:
    with provider_scope(till.provider_id):
        return list(Method.objects.order_by("pk"))


def stripe(till: Till) -> StripeClient:
    return StripeClient(KEYS[till.slug], base_addresses={"api": till.server.url_of("stripe")})


def default_at_stripe(till: Till) -> Any:
    """Return the default method of the customer as Stripe has it."""
    found = stripe(till).v1.customers.retrieve(rows(till)[0].customer_id)
    return found.invoice_settings and found.invoice_settings.default_payment_method


class TestSave:
    def test_a_card_is_shown_with_what_may_be_shown(self, till: Till, alice: Client) -> None:
        assert "No payment method yet" in alice.get(PAGE).content.decode()

        page = save(alice, till).content.decode()

        assert "The payment method is saved." in page
        assert "Visa •••• 4242" in page
        assert "Alice Example" in page
        assert re.search(r"<td>\d\d/20\d\d</td>", page)
        assert [row.is_default for row in rows(till)] == [True]

    def test_it_is_saved_once_when_the_webhook_comes_while_the_return_page_asks(
        self, till: Till, alice: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        setup = begin(alice, till)
        press(setup, "pay")
        heard: list[str] = []

        def between(name: str) -> None:
            if name == "method.page_read" and not heard:
                heard.append(name)
                heard.extend(till.hear())

        monkeypatch.setattr(method_setup, "marker", between)
        back = alice.get(f"{PAGE}setups/{setup.public_id}/return", follow=True)

        assert "processed" in heard
        assert "The payment method is saved." in back.content.decode()
        assert len(rows(till)) == 1

    def test_the_webhook_saves_it_when_nobody_comes_back(self, till: Till, alice: Client) -> None:
        press(begin(alice, till), "challenge")

        till.hear()

        assert [row.last4 for row in rows(till)] == ["3155"]

    def test_a_refresh_takes_up_what_every_message_about_was_lost(
        self, till: Till, alice: Client
    ) -> None:
        press(begin(alice, till), "pay")
        till.deliveries()

        alice.post(f"{PAGE}refresh")

        assert len(rows(till)) == 1

    def test_a_declined_card_saves_nothing(self, till: Till, alice: Client) -> None:
        page = save(alice, till, "decline").content.decode()
        till.hear()

        assert "No payment method was saved." in page
        assert rows(till) == []

    def test_a_lost_answer_is_asked_for_again_by_the_same_form(
        self, till: Till, alice: Client
    ) -> None:
        data = {"key": "form-1", "way": till.public_id}
        till.server.faults.append(Fault(".*", "429", left=9))
        refused = alice.post(f"{PAGE}setup", data, follow=True).content.decode()
        till.server.faults.clear()

        again = alice.post(f"{PAGE}setup", data)

        assert "does not answer" in refused
        assert again.headers["Location"].endswith("/continue")
        with provider_scope(till.provider_id):
            assert MethodSetup.objects.count() == 1


class TestKeep:
    def test_one_is_the_default_and_the_choice_is_the_customers(
        self, till: Till, alice: Client
    ) -> None:
        save(alice, till)
        save(alice, till, "bank")
        first, second = rows(till)
        assert (first.is_default, second.is_default) == (True, False)
        assert default_at_stripe(till) == first.method_id

        for _ in range(2):
            alice.post(f"{PAGE}{second.public_id}/default")

        assert [row.is_default for row in rows(till)] == [False, True]
        assert default_at_stripe(till) == second.method_id

    def test_one_that_becomes_the_default_by_the_gateways_list_is_so_there_too(
        self, till: Till, alice: Client
    ) -> None:
        save(alice, till)
        stripe(till).v1.payment_methods.detach(rows(till)[0].method_id)
        card = till.save_card()

        alice.post(f"{PAGE}refresh")

        assert [row.method_id for row in rows(till) if row.is_default] == [card]
        assert default_at_stripe(till) == card

    def test_the_choice_counts_though_its_gateway_cannot_be_told(
        self, till: Till, alice: Client
    ) -> None:
        save(alice, till)
        save(alice, till, "bank")
        first, second = rows(till)
        till.server.faults.append(Fault(r"/v1/customers/\w+", "500", left=3, method="POST"))

        page = alice.post(f"{PAGE}{second.public_id}/default", follow=True)

        assert "This is the default payment method now." in page.content.decode()
        assert [row.is_default for row in rows(till)] == [False, True]
        assert default_at_stripe(till) == first.method_id
        alice.post(f"{PAGE}{second.public_id}/default")
        assert default_at_stripe(till) == second.method_id

    def test_one_that_is_gone_at_the_gateway_is_marked_and_no_default(
        self, till: Till, alice: Client
    ) -> None:
        save(alice, till)
        (row,) = rows(till)
        stripe(till).v1.payment_methods.detach(row.method_id)

        page = alice.post(f"{PAGE}refresh", follow=True).content.decode()
        refused = alice.post(f"{PAGE}{row.public_id}/default", follow=True).content.decode()

        assert "Gone at the gateway" in page
        assert "does not keep this payment method any more" in refused
        assert [(one.state, one.is_default) for one in rows(till)] == [("gone", False)]

    def test_the_gateways_word_about_a_method_is_enough(self, till: Till, alice: Client) -> None:
        save(alice, till)
        till.deliveries()
        stripe(till).v1.payment_methods.detach(rows(till)[0].method_id)

        assert till.hear() == ["processed"]
        assert rows(till)[0].state == "gone"

    def test_an_expired_card_is_marked(self, till: Till, alice: Client) -> None:
        save(alice, till)
        with provider_scope(till.provider_id):
            Method.objects.update(expires_year=2020, expires_month=1)

        page = alice.get(PAGE).content.decode()

        assert "01/2020" in page
        assert "Expired" in page


class TestDelete:
    def test_it_goes_at_the_gateway_and_here_and_a_second_time_does_no_harm(
        self, till: Till, alice: Client
    ) -> None:
        save(alice, till)
        (row,) = rows(till)
        url = f"{PAGE}{row.public_id}/delete"
        asked = alice.get(url).content.decode()
        assert "Afterwards there is none until another one is chosen." in asked

        pages = [alice.post(url, {"drops_default": "1"}, follow=True) for _ in range(2)]

        assert all("is deleted" in page.content.decode() for page in pages)
        assert "4242" not in pages[1].content.decode()
        assert alice.get(url).status_code == 404
        assert stripe(till).v1.payment_methods.retrieve(row.method_id).customer is None
        till.hear()
        assert [one.state for one in rows(till)] == ["deleted"]

    def test_the_default_one_is_not_deleted_without_having_been_told(
        self, till: Till, alice: Client
    ) -> None:
        save(alice, till)
        (row,) = rows(till)

        page = alice.post(f"{PAGE}{row.public_id}/delete", follow=True).content.decode()

        assert DefaultMethod.message in page
        assert rows(till)[0].is_default

    def test_one_by_which_money_is_on_its_way_stays_until_that_is_decided(
        self, till: Till, alice: Client
    ) -> None:
        save(alice, till, "bank")
        (row,) = rows(till)
        url = f"{PAGE}{row.public_id}/delete"
        payment = till.charge(row.method_id)
        assert till.row(payment).state == "pending"

        page = alice.post(url, {"drops_default": "1"}, follow=True).content.decode()

        assert "Money by this method is on its way." in page
        assert (rows(till)[0].state, rows(till)[0].is_default) == ("active", True)
        assert stripe(till).v1.payment_methods.retrieve(row.method_id).customer
        till.server.advance(5 * 86_400)
        till.hear()
        assert till.row(payment).state == "succeeded"
        alice.post(url, {"drops_default": "1"})
        assert rows(till)[0].state == "deleted"

    def test_a_gateway_that_is_down_keeps_it_here_too(self, till: Till, alice: Client) -> None:
        save(alice, till)
        url = f"{PAGE}{rows(till)[0].public_id}/delete"
        till.server.faults.append(Fault(".*", "429", left=9))

        page = alice.post(url, {"drops_default": "1"}, follow=True).content.decode()

        assert "does not answer" in page
        assert rows(till)[0].state == "active"


def test_other_customers_and_users_without_the_role_do_nothing(
    till: Till, alice: Client, cast: Cast
) -> None:
    save(alice, till)
    (row,) = rows(till)
    with provider_scope(till.provider_id):
        setup = MethodSetup.objects.get().public_id
    charlie, bob = browser(cast, "charlie"), browser(cast, "bob")

    for url in (f"setups/{setup}/continue", f"setups/{setup}/return", f"{row.public_id}/delete"):
        assert charlie.get(PAGE + url).status_code == 404
        assert bob.get(PAGE + url).status_code == 403
    for url in (f"{row.public_id}/default", f"{row.public_id}/delete"):
        assert charlie.post(PAGE + url, {"drops_default": "1"}).status_code == 404
        assert bob.post(PAGE + url, {"drops_default": "1"}).status_code == 403
    assert bob.post(f"{PAGE}setup", {"way": till.public_id}).status_code == 403
    assert alice.post(f"{PAGE}setup", {"way": "gwc_none"}).status_code == 404
    assert "4242" not in charlie.get(PAGE).content.decode()
    assert (rows(till)[0].state, rows(till)[0].is_default) == ("active", True)
    with pytest.raises(DefaultMethod):
        delete_method(
            provider_id=till.provider_id,
            tenant_id=till.tenant_id,
            public_id=row.public_id,
            drops_default=False,
            now=now(),
        )
