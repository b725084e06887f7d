"""A card is saved in a form of ours: begun once per form, under a policy that lets in the gateway's script alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import override_settings

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from gateway_simulators.common.faults import Fault
from payments.models import MethodSetup
from payments.services.connections import replace_credentials
from payments.services.polling import poll_due
from tests.payments.gateways.stripe.test_forms import CARD, confirm
from tests.payments.till import KEYS, later
from tests.payments.views.test_methods import alice, rows
from tests.payments.views.test_pay import browser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from tests.cast import Cast
    from tests.payments.till import Till

__all__ = ["alice"]

PAGE = "/billing/methods/"
FORM = f"{PAGE}form"
PUBLIC = "pk_test_nimbus"


@pytest.fixture
def shop(till: Till) -> Iterator[Till]:
    """Return a till whose connection has a publishable key, where browsers get the simulator's script."""
    till.server.gateways["stripe"].act("open_account", {"account": "acct_nimbus", "key": PUBLIC})
    replace_credentials(
        provider_id=till.provider_id,
        public_id=till.public_id,
        credentials={"secret_key": KEYS["nimbus"], "publishable_key": PUBLIC},
        now=now(),
    )
    url = till.server.url_of("stripe")
    endpoints = {"stripe": {"url": url, "script_url": f"{url}/v3/"}}
    with override_settings(GATEWAY_ENDPOINTS=endpoints):
        yield till


def begin(client: Client, till: Till, key: str = "") -> dict[str, Any]:
    found = re.search(r'name="key" value="([^"]+)"', client.get(PAGE).content.decode())
    assert found
    answer = client.post(FORM, {"key": key or found[1], "way": till.public_id})
    return {**answer.json(), "status": answer.status_code}


def setups(till: Till) -> list[MethodSetup]:
    with provider_scope(till.provider_id):
        return list(MethodSetup.objects.order_by("pk"))


class TestPolicy:
    def test_the_page_lets_in_the_script_and_its_frames_and_nothing_more(
        self, shop: Till, alice: Client
    ) -> None:
        answer = alice.get(PAGE)
        policy = dict(
            part.strip().split(" ", 1)
            for part in answer.headers["Content-Security-Policy"].split(";")
        )

        assert policy["script-src"] == f"'self' {shop.server.url}"
        assert policy["frame-src"] == shop.server.url
        assert (policy["connect-src"], policy["style-src"]) == ("'self'", "'self'")
        assert shop.server.url not in alice.get("/billing/").headers["Content-Security-Policy"]

    def test_another_script_counts_with_simulators_only(self, shop: Till, alice: Client) -> None:
        with override_settings(GATEWAY_SIMULATORS=False):
            # Nothing is reached by http then, so the way is not offered at all.
            answer = alice.get(PAGE)

        assert shop.server.url not in answer.headers["Content-Security-Policy"]
        assert shop.server.url not in answer.content.decode()

    def test_without_a_publishable_key_there_is_the_gateways_page(
        self, till: Till, alice: Client
    ) -> None:
        answer = alice.get(PAGE)

        assert "frame-src" not in answer.headers["Content-Security-Policy"]
        assert "card-form.js" not in answer.content.decode()
        assert begin(alice, till)["status"] == 422


class TestForm:
    def test_a_double_click_and_a_second_tab_save_one_card(self, shop: Till, alice: Client) -> None:
        first, second = begin(alice, shop, "one"), begin(alice, shop, "one")
        assert first == second
        (setup,) = setups(shop)
        assert first["secret"] not in str(vars(setup))
        sent = {"key": PUBLIC, "client_secret": first["secret"], "holder": "Alice Example", **CARD}
        confirm(shop.server, **sent)
        assert "error" in confirm(shop.server, **sent)

        for _ in range(2):
            page = alice.get(first["back"], follow=True).content.decode()
        shop.hear()

        assert "The payment method is saved." in page
        assert [(row.last4, row.holder) for row in rows(shop)] == [("4242", "Alice Example")]
        assert begin(alice, shop, "one")["status"] == 409

    def test_what_was_saved_behind_a_closed_browser_is_taken_up(
        self, shop: Till, alice: Client
    ) -> None:
        begun = begin(alice, shop)
        confirm(shop.server, key=PUBLIC, client_secret=begun["secret"], holder="Alice", **CARD)
        shop.deliveries()  # lost

        poll_due(provider_id=shop.provider_id, now=later(minutes=2))

        assert len(rows(shop)) == 1

    def test_one_that_is_left_is_closed_at_the_gateway_too(self, shop: Till, alice: Client) -> None:
        begun = begin(alice, shop)

        poll_due(provider_id=shop.provider_id, now=later(hours=25))

        late = confirm(shop.server, key=PUBLIC, client_secret=begun["secret"], **CARD)
        assert late["error"]["code"] == "setup_intent_unexpected_state"
        assert [setup.state for setup in setups(shop)] == ["closed"]

    def test_a_declined_card_saves_nothing_and_is_told_in_words(
        self, shop: Till, alice: Client
    ) -> None:
        begun = begin(alice, shop)
        card = {**CARD, "number": "4000 0000 0000 9995"}
        confirm(shop.server, key=PUBLIC, client_secret=begun["secret"], **card)

        page = alice.get(begun["back"], follow=True).content.decode()

        assert "There is not enough money on the card or account." in page
        assert rows(shop) == []

    def test_a_lost_answer_begins_one_form(self, shop: Till, alice: Client) -> None:
        shop.server.faults.append(Fault("/v1/setup_intents", "lost", left=3, method="POST"))

        assert begin(alice, shop, "one")["status"] == 503
        begun = begin(alice, shop, "one")

        assert begun["status"] == 200
        simulator: Any = shop.server.gateways["stripe"]
        assert len(simulator.accounts["acct_nimbus"].all("setup_intent")) == 1

    def test_it_is_the_admins_own(self, shop: Till, cast: Cast, alice: Client) -> None:
        begun = begin(alice, shop)
        data = {"key": "k", "way": shop.public_id}

        assert browser(cast, "bob").post(FORM, data).status_code == 403
        assert browser(cast, "charlie").get(begun["back"]).status_code == 404
        assert alice.post(FORM, {**data, "way": "gwc_none"}).status_code == 404
