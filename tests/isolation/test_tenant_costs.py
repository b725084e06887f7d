"""No page, download or answer of a tenant carries a price or cost that is not its own: the plan's, a stranger's.

Canary figures stand in every place where a price or a person's words about it are kept; all tenant routes are walked.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.services.credits import add_credit
from accounts.services.wallets import open_wallet
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from tenants.services.api_keys import create_api_key
from tests.cast import NOW, Cast, client_of
from tests.database import undone
from tests.factories.documents import make_receipt
from tests.factories.payments import make_attempt, make_connection
from tests.factories.usage import HOUR, Shop
from tests.isolation.routes import ROUTES
from tests.isolation.test_routes import body_of
from tests.roles import as_role
from tests.usage.services.events import cloud_event, ingest
from usage.services.charging import charge_hours
from usage.services.overrides import set_override

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponseBase

    from tests.cast import CastRows

pytestmark = pytest.mark.django_db

OWN: Final = "0.1234567"
# What Acme must never read: the plan's price, Globex's price, a provider's own cost and a person's words about it.
CANARIES: Final = ("7778881", "5556662", "3334443", "4445554")
LINE: Final = f"?line=calls&currency=USD&hour={NOW - HOUR:%Y-%m-%dT%H}"
QUERIES: Final[dict[str, tuple[str, ...]]] = {
    "billing": ("", "?hours=168", "?kind=usage"),
    "billing-line": (LINE,),
    "billing-events": (LINE,),
    "billing-transactions": ("", "?direction=in", "?kind=credit"),
}
# Of Acme; what the gateway kept of it is a cost of the provider.
PAYMENT: Final = "pay_costs"
GATEWAY_FEE: Final = 3334443_00
TENANT_ROUTES: Final = [
    row for row in ROUTES if row.kind in {"tenant", "person"} and row.method == "get"
]


@pytest.fixture(scope="module")
def priced(cast_rows: CastRows, django_db_blocker: pytest.FixtureRequest) -> Iterator[Cast]:
    """Return the cast with prices, made once, as that takes most of a test's time; a test undoes what it does."""
    with django_db_blocker.unblock(), undone():  # type: ignore[attr-defined]  # pytest-django's
        yield with_prices(cast_rows.copy())


@pytest.fixture(scope="module")
def sessions(priced: Cast, django_db_blocker: pytest.FixtureRequest) -> dict[str, str]:
    """Return the key of a session of each person of Acme; no test leaves anything in it."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django's
        return {
            person: client_of(priced, person).cookies[settings.SESSION_COOKIE_NAME].value
            for person in ("alice", "bob")
        }


def with_prices(cast: Cast) -> Cast:
    """Let both tenants of Nimbus pay their own price of one component, and use it."""
    hour = NOW - HOUR
    with as_role("worker"):
        shop = Shop(cast.nimbus, now=hour)
        with provider_scope(cast.nimbus):
            shop.price("calls", {"unit": "0.7778881"})
            version_id, prices = shop.version()
            for tenant_id, unit in ((cast.acme, OWN), (cast.globex, "0.5556662")):
                _contract(shop, tenant_id, version_id, hour)
                set_override(
                    provider_id=cast.nimbus,
                    tenant_id=tenant_id,
                    price_id=prices["calls"],
                    figures={"unit": unit},
                    valid_from=hour,
                    now=hour,
                )
            for tenant in ("acme", "globex"):
                time = (hour + timedelta(minutes=5)).isoformat()
                # What the call cost the provider comes along in the event, as switches send it.
                data = {"quantity": "10", "cost": "0.3334443", "supplier_rate": "0.3334443"}
                event = cloud_event(tenant, type="calls", tenant=tenant, time=time, data=data)
                assert [row.verdict for row in ingest(cast.nimbus, event)] == ["accepted"]
            make_attempt(
                make_connection(cast.nimbus, state_note="Costs us 4445554"),
                cast.acme,
                public_id=PAYMENT,
                fee_minor=GATEWAY_FEE,
            )
            make_receipt(cast.nimbus, cast.acme, public_id=PAYMENT, minor=2500, name="Top-up")
        charge_hours(provider_id=cast.nimbus, until=NOW, now=NOW)
    return cast


def _contract(shop: Shop, tenant_id: int, version_id: int, hour: Any) -> None:
    open_wallet(provider_id=shop.provider_id, tenant_id=tenant_id, currency="USD", now=hour)
    add_credit(
        provider_id=shop.provider_id,
        tenant_id=tenant_id,
        amount=Money(5000, "USD"),
        reason="Costs us 4445554",
        key=f"credit-{tenant_id}",
        now=hour,
    )
    shop.subscribe(tenant_id, version_id, hour)


def found_in(answer: HttpResponseBase) -> list[str]:
    """Return the canaries in an answer, digits also grouped or in other units."""
    body = body_of(answer)
    return [word for word in CANARIES if word in body or word in body.replace(",", "")]


@pytest.mark.parametrize("route", TENANT_ROUTES, ids=lambda row: row.name)
def test_no_page_or_download_carries_one(route: Any, sessions: dict[str, str]) -> None:
    for person, key in sessions.items():
        client = Client(HTTP_HOST="nimbus.localhost")
        client.cookies[settings.SESSION_COOKIE_NAME] = key
        named = {route.tenant_arg: PAYMENT} if route.tenant_arg else {}
        for query in QUERIES.get(route.name, ("",)):
            answer = client.get(reverse(route.name, kwargs={**route.args, **named}) + query)

            lawful = {403, 404} if route.is_missing else {200, 302, 403}
            assert answer.status_code in lawful, (person, query, answer.status_code)
            assert found_in(answer) == [], (person, query)


def test_no_answer_about_a_tenant_carries_one(priced: Cast) -> None:
    with as_role("worker"), provider_scope(priced.nimbus):
        key = create_api_key(provider_id=priced.nimbus, now=NOW).raw
    client = Client(headers={"authorization": f"Bearer {key}"})

    answer = client.get("/api/v1/tenants/acme/entitlement")

    assert answer.status_code == 200
    assert found_in(answer) == []


def test_the_own_price_shows_so_that_the_walk_looks_at_prices(priced: Cast) -> None:
    client = Client(HTTP_HOST="nimbus.localhost")
    client.force_login(priced.user("alice"), "django.contrib.auth.backends.ModelBackend")

    assert OWN in body_of(client.get(reverse("billing")))
    page = client.get(reverse("billing-line") + LINE).context["page"]
    assert f"{page.amount:.6f}" == "1.234567"
    assert PAYMENT in body_of(client.get(reverse("billing-payments")))
    assert PAYMENT in body_of(client.get(reverse("billing-payment", kwargs={"payment": PAYMENT})))
    assert body_of(client.get(reverse("billing-events") + LINE)).count("e-acme") == 1
    client.force_login(priced.user("charlie"), "django.contrib.auth.backends.ModelBackend")
    assert found_in(client.get(reverse("billing"))) == ["5556662"]
