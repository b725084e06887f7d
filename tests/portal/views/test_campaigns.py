"""Campaigns in the provider's portal: made, given codes, followed and ended; told in the audit log; never a formula."""

from __future__ import annotations

import csv
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.services.wallets import open_wallet
from billing_platform.kernel.scope import provider_scope
from promotions.models import Campaign, Code, Terms
from tests.cast import NOW
from tests.factories.promotions import campaign, use
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson

pytestmark = pytest.mark.django_db

LIST = "/provider/promo-codes/"
BONUS = {
    "name": "Autumn bonus",
    "benefit": "bonus_percent",
    "percent": "10",
    "starts": "2026-11-01",
    "ends": "2099-11-30",
    "minimum_USD": "10",
    "cap_USD": "50.50",
    "tenant_limit": "1",
    "grant_days": "30",
    "categories": ["organisation"],
    "key": "k",
}


def made(cast: Cast, **changes: object) -> str:
    with as_role("worker"), provider_scope(cast.nimbus):
        return campaign(cast.nimbus, **changes)  # type: ignore[arg-type]  # of CampaignTerms


def lines(answer: object) -> list[list[str]]:
    body = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # streamed
    return list(csv.reader(body.splitlines()))


class TestAdding:
    def test_a_form_makes_one_campaign_that_reads_as_it_was_written(
        self, cast: Cast, as_person: AsPerson
    ) -> None:
        bill = as_person("bill")
        answers = [bill.post(f"{LIST}add", BONUS) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [302, 302]
        with provider_scope(cast.nimbus):
            (row,), (terms,) = Campaign.objects.all(), Terms.objects.all()
        assert (terms.minimum_minor, terms.cap_minor, terms.percent) == (1000, 5050, Decimal(10))
        assert (row.ends_at.isoformat()[:10] if row.ends_at else "") == "2099-12-01"
        body = bill.get(f"{LIST}{row.public_id}/").content.decode()
        assert all(
            word in body for word in ("Autumn bonus", "10 %", "50.50", "30 days", "Organisation")
        )
        audit = as_person("paula").get("/provider/audit/?kind=campaign").content.decode()
        assert "Autumn bonus" in audit

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"percent": ""}, "Say how many percent."),
            ({"minimum_USD": ""}, "Say the minimum top-up in at least one currency."),
            ({"benefit": "discount_fixed"}, "Say what it gives in this currency."),
            (
                {"benefit": "discount_fixed", "fixed_USD": "10"},
                "A discount leaves something to pay",
            ),
            (
                {"benefit": "discount_percent", "percent": "100"},
                "A discount leaves something to pay",
            ),
            ({"starts": "2099-12-01"}, "A campaign ends after it begins."),
            # It could have no code: a page that asks for one would have no form for it.
            ({"ends": "2026-11-20"}, "This day is over."),
            ({"minimum_USD": "10.001"}, "decimal"),
        ],
    )
    def test_what_does_not_fit_stays_on_the_form(
        self, cast: Cast, as_person: AsPerson, changes: dict[str, str], words: str
    ) -> None:
        answer = as_person("bill").post(f"{LIST}add", {**BONUS, **changes})

        assert answer.status_code == 422
        assert words in answer.content.decode()
        with provider_scope(cast.nimbus):
            assert not Campaign.objects.exists()


class TestOne:
    def test_it_is_changed_while_nobody_has_used_it(self, cast: Cast, as_person: AsPerson) -> None:
        public_id = made(cast)
        bill = as_person("bill")
        path = f"{LIST}{public_id}/edit"
        assert 'value="10.00"' in bill.get(path).content.decode()
        assert bill.post(path, {**BONUS, "key": "e", "percent": "20"}).status_code == 302
        with as_role("worker"), provider_scope(cast.nimbus):
            assert Terms.objects.get().percent == 20
            open_wallet(provider_id=cast.nimbus, tenant_id=cast.acme, currency="USD", now=NOW)
            use(cast.nimbus, cast.acme, "top_1")

        answer = bill.post(path, {**BONUS, "key": "e"})

        assert answer.status_code == 422
        assert "its terms stay" in answer.content.decode()

    def test_codes_are_added_made_and_withdrawn(self, cast: Cast, as_person: AsPerson) -> None:
        path = f"{LIST}{made(cast)}/"
        bill = as_person("bill")
        bulk = {"count": "3", "begins_with": "nb", "key": "b"}
        sent = [
            ("codes/add", {"text": "hello 5", "key": "a"}),
            ("codes/make", bulk),
            ("codes/make", bulk),
            ("codes/withdraw", {"code": "HELLO-5"}),
        ]
        assert {bill.post(f"{path}{place}", data).status_code for place, data in sent} == {302}
        for place, data in (
            ("codes/add", {"text": "HELLO5", "key": "c"}),
            ("codes/add", {"text": "=cmd()", "key": "d"}),
            ("codes/make", {**bulk, "begins_with": "=A", "key": "e"}),
            ("codes/make", {**bulk, "count": "10001", "key": "f"}),
        ):
            assert bill.post(f"{path}{place}", data).status_code == 422

        with provider_scope(cast.nimbus):
            assert Code.objects.count() == 5
            assert Code.objects.get(normal="HELLO5").ended_at is not None
        rows = lines(bill.get(f"{path}codes.csv"))
        assert rows[0][:2] == ["code", "campaign"]
        assert [row[0] for row in rows[1:]].count("HELLO-5") == 1
        assert len(rows) == 6

    def test_what_it_brought_and_who_used_it(self, cast: Cast, as_person: AsPerson) -> None:
        public_id = made(cast, name="=HYPERLINK(1)")
        with as_role("worker"), provider_scope(cast.nimbus):
            open_wallet(provider_id=cast.nimbus, tenant_id=cast.acme, currency="USD", now=NOW)
            use(cast.nimbus, cast.acme, "top_1")
        rita = as_person("rita")

        body = rita.get(f"{LIST}{public_id}/").content.decode()

        assert all(figure in body for figure in ("100.00", "10.00", "AUTUMN"))
        assert "codes/make" not in body
        (head, row) = lines(rita.get(f"{LIST}{public_id}/uses.csv"))
        assert dict(zip(head, row, strict=True))["bonus"] == "10.00"
        listed = lines(rita.get("/provider/promo-codes.csv"))
        assert listed[1][1] == "'=HYPERLINK(1)"

    def test_it_ends_once(self, cast: Cast, as_person: AsPerson) -> None:
        path = f"{LIST}{made(cast)}/"
        bill = as_person("bill")
        assert [bill.post(f"{path}end").status_code for _ in range(2)] == [302, 302]

        assert "Ended" in bill.get(path).content.decode()
        assert bill.post(f"{path}codes/add", {"text": "LATE", "key": "x"}).status_code == 422


class TestList:
    def test_it_is_narrowed_and_costs_the_same_for_many(
        self, cast: Cast, as_person: AsPerson
    ) -> None:
        made(cast, code="FIRST", name="Spring")
        paula = as_person("paula")
        paula.get(LIST)
        with CaptureQueriesContext(
            connection,
        ) as few:
            paula.get(LIST)
        for number in range(5):
            made(cast, code=f"CODE{number}", name=f"Summer {number}", total_limit=5)
        with CaptureQueriesContext(connection) as many:
            body = paula.get(LIST).content.decode()

        assert len(many) == len(few)
        assert body.count("Summer") == 5
        found = paula.get(f"{LIST}?word=co-de 3&state=active&benefit=bonus_percent")
        assert found.content.decode().count("Summer") == 1
        assert "No campaign fits" in paula.get(f"{LIST}?state=ended").content.decode()
