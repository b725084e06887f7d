"""Events that could not be worked off: told on the first page, listed, worked off again or set aside by who may."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import provider_scope
from payments.models import WebhookEvent
from tests.payments.views.test_pay import browser

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.payments.till import Till

PAGE = "/provider/gateway-events/"


@pytest.fixture
def payment(till: Till) -> str:
    """Return a payment of which one event could not be worked off."""
    payment = till.start()
    till.press(payment)
    found = [one for one in till.deliveries() if '"payment_intent.succeeded"' in one.body]
    till.receive(found[0])
    with provider_scope(till.provider_id):
        WebhookEvent.objects.update(state="failed", next_try_at=None, tries=7, error="rate_limit")
    return payment


def number(till: Till) -> int:
    (event,) = till.events()
    return event.pk


class TestList:
    def test_the_first_page_leads_to_it(self, till: Till, cast: Cast, payment: str) -> None:
        staff = browser(cast, "paula")

        first = staff.get("/provider/").content.decode()
        page = staff.get(PAGE).content.decode()

        assert "1 event of Card could not be worked off" in first
        assert PAGE in first
        assert ("payment_intent.succeeded" in page, "rate_limit" in page) == (True, True)
        assert "Set aside" in page

    def test_who_may_not_post_sees_no_buttons(self, till: Till, cast: Cast, payment: str) -> None:
        page = browser(cast, "sue").get(PAGE).content.decode()

        assert "rate_limit" in page
        assert "Set aside" not in page
        assert "All again" not in page


class TestActions:
    def test_one_is_worked_off_again(self, till: Till, cast: Cast, payment: str) -> None:
        staff = browser(cast, "bill")

        answer = staff.post(f"{PAGE}again", {"event": number(till)}, follow=True)

        assert "Worked off." in answer.content.decode()
        assert (till.row(payment).state, till.balance()) == ("succeeded", 1050)
        assert "Nothing waits" in staff.get(PAGE).content.decode()

    def test_one_is_set_aside_by_name(self, till: Till, cast: Cast, payment: str) -> None:
        staff = browser(cast, "bill")

        staff.post(f"{PAGE}aside", {"event": number(till)})

        (event,) = till.events()
        assert event.state == "ignored"
        assert cast.user("bill").email in event.error
        assert staff.post(f"{PAGE}aside", {"event": number(till)}).status_code == 404

    def test_all_wait_for_the_poller(self, till: Till, cast: Cast, payment: str) -> None:
        answer = browser(cast, "bill").post(f"{PAGE}all", follow=True)

        assert "1 event is worked off from now on" in answer.content.decode()
        assert till.events()[0].state == "received"

    def test_another_providers_is_none(self, till: Till, cast: Cast, payment: str) -> None:
        with provider_scope(cast.sonora):
            assert not WebhookEvent.objects.filter(pk=number(till)).exists()
        answer = browser(cast, "bill").post(f"{PAGE}again", {"event": 4711})
        assert answer.status_code == 404
