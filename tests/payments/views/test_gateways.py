"""The owner connects accounts; keys go in and never come out."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from billing_platform.kernel.scope import provider_scope
from payments.models import Connection, Credential
from tests.payments.desks import StripeDesk
from tests.payments.gateways.stripe.test_kind import EVERYTHING
from tests.payments.shop import SECRET, Sent, Shop

if TYPE_CHECKING:
    from gateway_simulators.common.server import SimulatorServer
    from tests.cast import Cast
    from tests.payments.till import Till

NEW = "/provider/gateways/new/stripe"
KEY = "sk_test_nimbus"
EVENT = {
    "entity": "event",
    "event": "payment.captured",
    "contains": ["payment"],
    "payload": {"payment": {"entity": {"id": "pay_1"}}},
    "created_at": 1,
}


def browser(cast: Cast, name: str) -> Client:
    host = "sonora" if name == "oskar" else "nimbus"
    client = Client(headers={"host": f"{host}.localhost"})
    backend = "django.contrib.auth.backends.ModelBackend"
    client.force_login(cast.user(name), backend=backend)
    return client


@pytest.fixture
def paula(cast: Cast) -> Client:
    """Return the owner's browser."""
    return browser(cast, "paula")


def data(key: str) -> dict[str, str]:
    return {"label": "Card", "credential_secret_key": key, "credential_publishable_key": ""}


class TestConnect:
    def test_an_account_is_connected_and_its_webhooks_set_up(
        self, paula: Client, cast: Cast, simulated: SimulatorServer
    ) -> None:
        made = paula.post(NEW, data(KEY))
        url = made.headers["Location"]
        with provider_scope(cast.nimbus):
            assert Connection.objects.get().account_id == "acct_nimbus"

        page = paula.post(f"{url}webhook", follow=True).content.decode()

        assert "tells us what happens" in page
        account = simulated.gateways["stripe"].accounts["acct_nimbus"]  # type: ignore[attr-defined]  # Stripe's
        (endpoint,) = account.all("webhook_endpoint")
        assert endpoint["url"].startswith("http://nimbus.localhost/hooks/stripe/")
        assert endpoint["url"] in page
        for shown in (page, paula.get("/provider/gateways/").content.decode()):
            assert KEY not in shown
            assert endpoint["_secret"] not in shown
        assert "… mbus" in page

    @pytest.mark.parametrize(
        ("key", "words"),
        [
            ("sk_test_unknown", "does not take this key"),
            ("sk_live_abc", "cannot be mixed"),
            ("nonsense", "does not look right"),
        ],
    )
    def test_what_the_gateway_refuses_is_said_on_the_form(
        self, paula: Client, cast: Cast, simulated: SimulatorServer, key: str, words: str
    ) -> None:
        refused = paula.post(NEW, data(key))

        assert refused.status_code == 422
        assert words in refused.content.decode()
        assert key not in refused.content.decode()
        with provider_scope(cast.nimbus):
            assert not Connection.objects.exists()


class TestConnection:
    def test_it_is_tested_renamed_and_switched_off(self, paula: Client, till: Till) -> None:
        url = f"/provider/gateways/{till.public_id}/"

        fine = paula.post(f"{url}test", follow=True).content.decode()
        till.server.gateways["stripe"].act("revoke_key", {"key": KEY})
        broken = paula.post(f"{url}test", follow=True).content.decode()
        changed = paula.post(f"{url}change", {"label": "Cards", "position": "2"}, follow=True)

        assert "takes the credentials" in fine
        assert "The gateway refuses" in broken
        assert "Broken" in broken
        assert "Cards" in changed.content.decode()
        assert (till.connection.state, till.connection.label) == ("off", "Cards")
        again = paula.post(f"{url}change", {"label": "", "position": "2"})
        assert again.status_code == 422

    def test_an_old_login_is_asked_who_it_is_in_place_of_every_form_of_keys(
        self, paula: Client, till: Till
    ) -> None:
        url = f"/provider/gateways/{till.public_id}/"
        forms = [f'action="{url}{name}"' for name in ("credentials", "webhook", "change")]
        fresh = paula.get(url).content.decode()
        session = paula.session
        session["logged_in_at"] -= 3600
        session.save()
        old = paula.get(url).content.decode()

        assert [form in fresh for form in forms] == [True, True, True]
        assert [form in old for form in forms] == [False, False, True]
        assert old.count("Confirm who you are") == 2

    def test_who_may_do_everything_is_warned_of_its_key(self, paula: Client, till: Till) -> None:
        url, words = f"/provider/gateways/{till.public_id}/", "This is a secret key"
        warned = paula.get(url).content.decode()
        restricted = f"rk_test_{'n' * 8}"
        stripe = StripeDesk(till.server).there
        stripe.open_account("acct_nimbus", restricted, EVERYTHING)
        replaced = paula.post(f"{url}credentials", data(restricted), follow=True).content.decode()

        assert (words in warned, words in replaced) == (True, False)

    def test_keys_of_another_account_are_refused(self, paula: Client, till: Till) -> None:
        url = f"/provider/gateways/{till.public_id}/credentials"

        refused = paula.post(url, data("sk_test_sonora"))

        assert refused.status_code == 422
        assert "another account" in refused.content.decode()

    def test_only_its_owner_sees_it(self, till: Till, cast: Cast) -> None:
        url = f"/provider/gateways/{till.public_id}/"

        for name, status in (("bill", 403), ("rita", 403), ("alice", 403), ("oskar", 404)):
            client = browser(cast, name)
            assert client.get(url).status_code == status
            for verb in ("change", "credentials", "webhook", "secret", "secret/new", "test"):
                assert client.post(f"{url}{verb}").status_code == status
        assert till.connection.state == "ok"


def seen(browser: Client, url: str) -> dict[str, str]:
    """Return what the form of a new secret sends."""
    page = browser.get(url).content.decode()
    (mark,) = re.findall(r'name="seen" value="(\w*)"', page)
    return {"seen": mark}


def shown(answer: Any) -> list[str]:
    """Return the secrets that an answer shows."""
    return re.findall(r"<code[^>]*>([\w-]{43})</code>", answer.content.decode())


def make(browser: Client, url: str) -> str:
    """Open the page, make a secret and return it."""
    (made,) = shown(browser.post(f"{url}secret/new", seen(browser, url)))
    return made


def counting(shop: Shop, *secrets: str) -> list[int]:
    """Return how a delivery is answered that each secret signs."""
    sign = shop.server.world.sender.signers["razorpay"]
    body = json.dumps({**EVENT, "account_id": "acc_nimbus"})
    return [
        shop.deliver(Sent(body.encode(), sign(body, secret, 0, f"evt-{secret}")))
        for secret in secrets
    ]


class TestSecret:
    def test_one_is_made_and_shown_once(
        self, paula: Client, cast: Cast, simulated: SimulatorServer
    ) -> None:
        shop = Shop.open((cast.nimbus, cast.acme), simulated, "razorpay")
        url = f"/provider/gateways/{shop.public_id}/"
        assert "Make a secret" in paula.get(url).content.decode()

        answer = paula.post(f"{url}secret/new", seen(paula, url))

        (made,) = shown(answer)
        assert "no-store" in answer.headers["Cache-Control"]
        assert made not in paula.get(url).content.decode()
        assert counting(shop, made, SECRET, "another") == [200, 200, 400]

    def test_one_that_is_made_again_lets_the_one_before_count(
        self, paula: Client, cast: Cast, simulated: SimulatorServer
    ) -> None:
        shop = Shop.open((cast.nimbus, cast.acme), simulated, "razorpay")
        url = f"/provider/gateways/{shop.public_id}/"

        first, second = (make(paula, url) for _ in range(2))

        assert counting(shop, first, second, SECRET) == [200, 200, 400]

    def test_the_same_press_again_makes_nothing_and_leads_back(
        self, paula: Client, cast: Cast, simulated: SimulatorServer
    ) -> None:
        shop = Shop.open((cast.nimbus, cast.acme), simulated, "razorpay")
        url = f"/provider/gateways/{shop.public_id}/"
        pressed = seen(paula, url)
        made = shown(paula.post(f"{url}secret/new", pressed))

        for data in (pressed, {}):
            again = paula.post(f"{url}secret/new", data, follow=True)
            assert again.redirect_chain == [(url, 302)]
            assert "older than the secret" in again.content.decode()
            assert "<code" not in again.content.decode()

        assert counting(shop, *made, SECRET) == [200, 200]

    def test_one_that_was_made_is_never_a_mistyped_one(
        self, paula: Client, cast: Cast, simulated: SimulatorServer
    ) -> None:
        shop = Shop.open((cast.nimbus, cast.acme), simulated, "razorpay")
        url = f"/provider/gateways/{shop.public_id}/"
        made = make(paula, url)

        for typed in (made, "from-the-dashboard", "of-the-dashboard"):
            paula.post(f"{url}secret", {"secret": typed})

        # What was typed between was mistyped, and what was made before goes on to count.
        known = (made, "of-the-dashboard", "from-the-dashboard", SECRET)
        assert counting(shop, *known) == [200, 200, 400, 400]

    def test_it_asks_first_where_there_is_one(
        self, paula: Client, cast: Cast, simulated: SimulatorServer
    ) -> None:
        shop = Shop.open((cast.nimbus, cast.acme), simulated, "razorpay")
        url, words = f"/provider/gateways/{shop.public_id}/", "Replace the secret?"
        asked = paula.get(url).content.decode()
        with provider_scope(shop.provider_id):
            Credential.objects.update(secret_sealed="", secret_hint="")

        first = paula.get(url).content.decode()

        assert (words in asked, words in first) == (True, False)
        assert len(shown(paula.post(f"{url}secret/new", seen(paula, url)))) == 1

    def test_where_the_gateway_makes_it_nobody_else_does(self, paula: Client, till: Till) -> None:
        url = f"/provider/gateways/{till.public_id}/"

        refused = paula.post(f"{url}secret/new", follow=True).content.decode()

        assert "makes the secret itself" in refused
        assert "<code" not in refused
        assert "Make a secret" not in refused
