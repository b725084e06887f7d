"""Whoever got the mail of a declined recharge pays it by its link without signing in, and nothing else by it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.signing import Signer
from django.test import Client

from billing_platform.kernel.clock import now
from payments.errors_recharges import RechargeNotFound
from payments.recharge_types import LinkTerms
from payments.selectors.recharge_limits import ON_PAGE
from payments.services.recharge_links import pay_recharge
from payments.services.recharge_tokens import LASTS, LinkClaim, link_token
from tests.payments.recharged import ASKS, POOR, Customer, at
from tests.payments.services.test_recharging import mails
from tests.payments.till import PAYER
from tests.payments.views.test_pay import browser
from tests.payments.views.test_recharges import FORM, PAGE, text

if TYPE_CHECKING:
    from django.core.mail import EmailMessage

    from tests.cast import Cast
    from tests.payments.till import Till


@pytest.fixture
def customer(till: Till, cast: Cast) -> Customer:
    """Return Acme, whose bank wants the recharge to be confirmed; the rule was saved on its page."""
    customer = Customer(till)
    customer.has_card(ASKS)
    assert browser(cast, "alice").post(PAGE, FORM).status_code == 302
    customer.has(0)
    customer.scan()
    return customer


@pytest.fixture
def link(customer: Customer) -> str:
    """Return the path of the link that was mailed."""
    (told,) = mails()
    return link_in(told)


def link_in(told: EmailMessage) -> str:
    """Return the path of the link in a mail."""
    found = re.search(r"http://nimbus\.localhost(/pay/recharge/\S+)", str(told.body))
    assert found
    return found[1]


def anybody(host: str = "nimbus.localhost") -> Client:
    return Client(headers={"host": host})


class TestLink:
    def test_it_is_paid_without_signing_in_and_once(self, customer: Customer, link: str) -> None:
        asked = anybody().get(link)
        assert "20.00 USD could not be charged by itself" in text(asked.content.decode())
        assert (
            asked.headers["Cache-Control"]
            == "max-age=0, no-cache, no-store, must-revalidate, private"
        )

        places = {anybody().post(link).headers["Location"] for _twice in range(2)}
        assert places == {f"{link}/continue"}
        assert len(customer.payments()) == 2, "the declined one and one by hand"
        payment = customer.payments()[-1].public_id
        led = anybody().get(f"{link}/continue").headers["Refresh"]
        assert led == f"0; url={customer.till.row(payment).checkout_url}"
        customer.till.press(payment)
        assert anybody().get(f"{link}/return").headers["Location"] == link

        assert customer.till.balance() == 2000
        assert "the top-up of 20.00 USD is paid" in text(anybody().get(link).content.decode())
        anybody().post(link)
        assert len(customer.payments()) == 2
        # What it says of the client is its name: no page of the portal opens by it.
        assert anybody().get("/billing/").status_code == 302

    def test_one_that_came_to_nothing_may_be_paid_again(
        self, customer: Customer, link: str
    ) -> None:
        anybody().post(link)
        customer.till.press(customer.payments()[-1].public_id, "decline")
        anybody().get(f"{link}/return")

        assert "Pay it now" in anybody().get(link).content.decode()

    def test_a_retry_that_was_declined_is_paid_by_the_links_of_its_need_once(
        self, customer: Customer, link: str
    ) -> None:
        customer.has_card(POOR)
        assert customer.scan() == {"charged": 1}
        later = link_in(mails()[-1])
        customer.has(-2000)
        with at(now() + timedelta(days=1)):
            assert customer.scan() == {"charged": 1}
        assert [row.decline for row in customer.recharges()] == ["customer", "later", "later"]
        assert len(mails()) == 2, "the retry is told by no mail of its own"

        for mailed in (link, later):
            assert "40.00 USD could not be charged by itself" in text(
                anybody().get(mailed).content.decode()
            )
            assert anybody().post(mailed).headers["Location"] == f"{mailed}/continue"

        assert len(customer.payments()) == 4, "three declined ones and one by hand"
        customer.till.press(customer.payments()[-1].public_id)
        assert anybody().get(f"{link}/return").headers["Location"] == link
        assert customer.till.balance() == -2000 + 4000
        for mailed in (link, later):
            assert "40.00 USD is paid" in text(anybody().get(mailed).content.decode())
            anybody().post(mailed)
        assert len(customer.payments()) == 4

    def test_a_page_that_was_opened_before_the_retry_stays_the_one_to_pay(
        self, customer: Customer, link: str
    ) -> None:
        anybody().post(link)
        opened = customer.payments()[-1].public_id
        customer.has_card(POOR)
        with at(now() + ON_PAGE):
            assert customer.scan() == {"charged": 1}
            later = link_in(mails()[-1])
            anybody().post(later)
        assert len(customer.payments()) == 3

        with at(now() + 2 * ON_PAGE):
            customer.till.press(opened)
            assert anybody().get(f"{later}/return").status_code == 302

        assert customer.till.balance() == 2000
        for mailed in (link, later):
            assert "20.00 USD is paid" in text(anybody().get(mailed).content.decode())

    def test_a_retry_that_asked_nobody_changes_nothing(self, customer: Customer, link: str) -> None:
        customer.has_card()
        customer.till.server.gateways["stripe"].act("revoke_key", {"key": "sk_test_nimbus"})
        customer.scan()
        customer.poll(minutes=2)
        customer.scan()
        states = [(row.state, row.decline) for row in customer.recharges()]
        assert states == [("done", "customer"), ("done", "")]

        assert anybody().get(link).status_code == 200

    def test_one_whose_need_a_later_recharge_met_is_no_longer_open(
        self, customer: Customer, link: str
    ) -> None:
        assert anybody().get(link).status_code == 200
        customer.has_card()
        assert customer.scan() == {"charged": 1}
        before = len(customer.payments())

        answers = [anybody().get(link), anybody().post(link)]

        assert [one.status_code for one in answers] == [404, 404]
        assert "no longer valid" in answers[1].content.decode()
        terms = LinkTerms(
            recharge=customer.recharges()[0].public_id,
            return_url="http://nimbus.localhost/",
            opened_by=None,
        )
        with pytest.raises(RechargeNotFound):
            pay_recharge(**customer.ids, terms=terms, payer=PAYER, now=now())
        assert len(customer.payments()) == before

    def test_one_that_came_to_nothing_before_its_need_was_met_offers_no_payment(
        self, customer: Customer, link: str
    ) -> None:
        anybody().post(link)
        with at(now() + timedelta(days=2)):
            anybody().get(f"{link}/return")
            assert customer.payments()[-1].state == "canceled", "the page has expired"
            customer.has_card()
            assert customer.scan() == {"charged": 1}

            assert anybody().get(link).status_code == 404

    def test_nothing_else_opens(self, customer: Customer, link: str) -> None:
        (row,) = customer.recharges()
        token = link.rpartition("/")[2]
        claim = LinkClaim(row.provider_id, row.tenant_id, row.public_id)
        others = {
            "changed": token[:-1] + ("a" if token[-1] != "a" else "b"),
            "signed for something else": Signer(salt="x").sign_object([1, 2, "rec", 10**10]),
            "expired": link_token(claim, since=now() - LASTS),
            "of another client": link_token(
                LinkClaim(row.provider_id, row.tenant_id + 1, row.public_id), since=now()
            ),
            "a recharge that is none": link_token(
                LinkClaim(row.provider_id, row.tenant_id, "rec_none"), since=now()
            ),
        }
        for why, other in others.items():
            page = f"/pay/recharge/{other}"
            answers = [anybody().get(page), anybody().post(page), anybody().get(f"{page}/return")]
            assert [one.status_code for one in answers] == [404, 404, 404], why
        assert anybody("sonora.localhost").get(link).status_code == 404
        with at(now() + LASTS + timedelta(hours=1)):
            assert anybody().post(link).status_code == 404
        assert len(customer.payments()) == 1
