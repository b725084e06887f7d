"""The payment history: what each was paid with, its refunds as rows, words for customers and codes for staff."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from payments.models import Attempt
from tests.factories.payments import make_refund
from tests.payments.till import post
from tests.payments.views.test_methods import begin, rows
from tests.payments.views.test_pay import browser

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.payments.till import Till

OWN = "/billing/payments/"
STAFF = "/provider/payments/"


def test_a_payment_and_its_refund_are_rows_with_the_card(till: Till, cast: Cast) -> None:
    payment = till.charge(till.save_card())
    with provider_scope(till.provider_id):
        make_refund(Attempt.objects.get(public_id=payment), "succeeded")

    for person, url in (("alice", OWN), ("paula", STAFF)):
        client = browser(cast, person)
        page = client.get(url).content.decode()
        lines = b"".join(client.get(f"{url[:-1]}.csv")).decode().splitlines()[1:]

        assert page.count("Visa •••• 4242") == 2
        assert page.count("Refund: Top-up") == 1
        cells = [line.split(",") for line in lines]
        assert [(one[2], one[5], one[6]) for one in cells] == [
            ("Visa •••• 4242", "10.50", "partly_refunded"),
            ("Visa •••• 4242", "-1.00", "refund_succeeded"),
        ]


def test_what_went_back_is_a_word_a_filter_and_a_column(till: Till, cast: Cast) -> None:
    card = till.save_card()
    whole, part, pending, kept = (till.charge(card, key=f"job-{number}") for number in range(4))
    with provider_scope(till.provider_id):
        for payment, state, minor in (
            (whole, "succeeded", 1000),
            (whole, "succeeded", 50),
            (part, "succeeded", 1049),
            (pending, "pending", 1050),
        ):
            make_refund(Attempt.objects.get(public_id=payment), state, minor)
    paula = browser(cast, "paula")

    def listed(group: str) -> set[str]:
        lines = paula.get(f"{STAFF}?state={group}").context["page"].lines
        return {line.row.public_id for line in lines}

    assert (listed("refunded"), listed("partly_refunded")) == ({whole}, {part})
    assert listed("succeeded") == {whole, part, pending, kept}
    cells = [
        line.split(",") for line in b"".join(paula.get(f"{STAFF[:-1]}.csv")).decode().splitlines()
    ]
    assert {tuple(one[-2:]) for one in cells[1:]} == {("0.60", "USD"), ("", "")}, "of each payment"
    told = {one[1]: (one[6], one[-3]) for one in cells[1:] if not one[5].startswith("-")}
    assert cells[0][-3:] == ["given_back", "fee", "fee_currency"]
    assert told == {
        whole: ("refunded", "10.50"),
        part: ("partly_refunded", "10.49"),
        pending: ("succeeded", "0.00"),
        kept: ("succeeded", "0.00"),
    }
    page = paula.get(f"{STAFF}{kept}/").content.decode()
    assert re.search(r"0\.60.+9\.90.+without it", page, re.DOTALL)
    assert "Fee of the gateway" not in browser(cast, "alice").get(f"{OWN}{part}/").content.decode()
    assert "Partly refunded" in browser(cast, "alice").get(f"{OWN}{part}/").content.decode()


@pytest.mark.parametrize(("fee", "left"), [(0, "10.50"), (1050, "0.00")])
def test_a_fee_of_nothing_or_of_all_is_one_that_was_told(
    till: Till, cast: Cast, fee: int, left: str
) -> None:
    payment = till.charge(till.save_card())
    with provider_scope(till.provider_id):
        row = Attempt.objects.filter(public_id=payment)
        row.update(fee_minor=fee, fee_currency="USD", next_poll_at=now())
    paula = browser(cast, "paula")

    page = paula.get(f"{STAFF}{payment}/").content.decode()
    cells = b"".join(paula.get(f"{STAFF[:-1]}.csv")).decode().splitlines()[1].split(",")

    assert re.search(rf"{left}.+without it", page)
    assert "The gateway is asked again for its fee" in page
    assert cells[-2:] == [f"{fee / 100:.2f}", "USD"]


def test_a_decline_is_told_in_words_to_its_customer_and_by_its_code_to_staff(
    till: Till, cast: Cast
) -> None:
    alice = browser(cast, "alice")
    setup = begin(alice, till)
    post(setup.checkout_url, {"choice": "pay", "number": "4000 0000 0000 0069"})
    alice.get(f"/billing/methods/setups/{setup.public_id}/return")
    payment = till.charge(rows(till)[0].method_id)
    words, code = "The card has expired", "expired_card"

    for path in ("", f"{payment}/"):
        own = alice.get(OWN + path).content.decode()
        staff = browser(cast, "paula").get(STAFF + path).content.decode()

        assert (words in own, code in own) == (True, False)
        assert code in staff
        assert "Visa •••• 0069" in own


def test_customers_narrow_their_history_and_its_csv(till: Till, cast: Cast) -> None:
    paid, held = till.charge(till.save_card()), till.start()
    with provider_scope(till.provider_id):
        rows = Attempt.objects.filter(public_id=held)
        rows.update(state="quarantined", problem="amount")
        Attempt.objects.filter(public_id=paid).update(warned_at=now())
    alice = browser(cast, "alice")

    def listed(query: str) -> tuple[set[str], set[str]]:
        page = alice.get(f"{OWN}?{query}").context["page"]
        lines = b"".join(alice.get(page.csv_url)).decode().splitlines()[1:]
        return {line.row.public_id for line in page.lines}, {one.split(",")[1] for one in lines}

    for query, found in {
        "state=succeeded": {paid},
        "state=awaited": {held},
        "state=failed": set(),
        "since=2999-01-01": set(),
        "until=2999-01-01": {paid, held},
        # What only the staff may ask for narrows nothing.
        "state=warned": {paid, held},
        "state=quarantined": {paid, held},
        "client=other&way=other": {paid, held},
    }.items():
        assert listed(query) == (found, found), query
    page = alice.get(f"{OWN}?state=failed&since=2026-01-02").content.decode()
    assert "No payment fits these filters." in page
    assert "Failed or canceled" in page
    assert "fraud" not in alice.get(f"{OWN}{paid}/").content.decode()
    assert "fraud" not in alice.get(OWN).content.decode()


@pytest.mark.parametrize(("person", "url"), [("paula", STAFF), ("alice", OWN)])
def test_the_order_is_turned_round(till: Till, cast: Cast, person: str, url: str) -> None:
    for number in range(2):
        till.start(key=f"form-{number}")
    client = browser(cast, person)

    oldest, newest = (
        [line.row.public_id for line in client.get(url + query).context["page"].lines]
        for query in ("?order=oldest&size=25", "")
    )

    assert oldest == newest[::-1]
    assert len(set(oldest)) == 2


def test_a_payment_that_nobody_has_made_yet_says_the_way_to_pay(till: Till, cast: Cast) -> None:
    till.start()

    page = browser(cast, "alice").get(OWN).content.decode()

    assert '<td class="break-anywhere">Card</td>' in page
