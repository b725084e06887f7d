"""The owner connects accounts; keys go in and never come out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from billing_platform.kernel.scope import provider_scope
from payments.models import Connection

if TYPE_CHECKING:
    from gateway_simulators.common.server import SimulatorServer
    from tests.cast import Cast
    from tests.payments.till import Till

NEW = "/provider/gateways/new/stripe"
KEY = "sk_test_nimbus"


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
            for verb in ("change", "credentials", "webhook", "secret", "test"):
                assert client.post(f"{url}{verb}").status_code == status
        assert till.connection.state == "ok"
