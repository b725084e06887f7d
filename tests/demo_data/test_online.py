"""The demo shows payments on gateways' pages in every state, with their documents, from the first look on."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from accounts.services.audit import verify
from billing_platform.demo_data.cast import PROVIDERS
from billing_platform.demo_data.purchases import PURCHASES
from billing_platform.demo_data.seeding import seed_demo
from billing_platform.kernel.scope import provider_scope
from invoicing.models import Document
from invoicing.selectors.proofs import document_faults
from payments.models import Attempt, Dispute, Refund, RefundRequest, Topup
from payments.services.reconciliation import reconcile
from tenants.selectors.providers import provider_day, provider_id_by_slug
from tests.demo_data.test_gateways import simulators
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterable

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
KEPT = (Attempt, Refund, RefundRequest, Dispute, Document)
ENDS = {"pay": "succeeded", "decline": "canceled", "refused": "failed", "bank": "pending"}


def seed(now: datetime) -> None:
    """Make the demo, or complete it, beside simulators whose clock shows the same time."""
    with as_role("worker"):
        seed_demo(now=now, days=1)


def attempts(provider_id: int) -> dict[str, Attempt]:
    """Return the payments of the story by their keys."""
    return {
        row.request_key.removeprefix("demo:pay:"): row
        for row in Attempt.objects.filter(provider_id=provider_id)
    }


def counted(models: Iterable[Any]) -> dict[str, list[Any]]:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


class TestPayOnline:
    @pytest.mark.django_db
    def test_shows_every_state_and_changes_nothing_the_second_time(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
        with time_machine.travel(NOW, tick=True), simulators():
            seed(NOW)
            ids = [provider_id_by_slug(provider.slug) for provider in PROVIDERS]
            for provider_id, provider in zip(ids, PROVIDERS, strict=True):
                self.assert_told(provider_id, provider.slug)
                self.assert_documented(provider_id)
                self.assert_books_are_right(provider_id)
            before = [self.kept(provider_id) for provider_id in ids]

            seed(NOW + timedelta(hours=5))

            assert [self.kept(provider_id) for provider_id in ids] == before

    @staticmethod
    def kept(provider_id: int) -> dict[str, list[Any]]:
        with as_role("worker"), provider_scope(provider_id):
            return counted(KEPT)

    @staticmethod
    def assert_told(provider_id: int, slug: str) -> None:
        """Every purchase stands where its story ends."""
        with as_role("worker"), provider_scope(provider_id):
            rows = attempts(provider_id)
            wanted = {
                each.key: "disputed" if each.disputed_days else ENDS[each.choice]
                for each in PURCHASES[slug]
            }
            assert {key: row.state for key, row in rows.items()} == wanted
            refunds = {row.attempt_id: row.state for row in Refund.objects.all()}
            asked = {row.attempt_id: row.state for row in RefundRequest.objects.all()}
            disputes = {row.attempt_id: row.state for row in Dispute.objects.all()}
            told = Counter(each.code for each in PURCHASES[slug] if each.code)
            given = Counter(
                row.code
                for row in Topup.objects.exclude(code="")
                if row.bonus_minor or row.discount_minor
            )
        assert given == told
        assert refunds == {
            rows[each.key].pk: "succeeded" for each in PURCHASES[slug] if each.refunded_days
        }
        assert asked == {rows[each.key].pk: "asked" for each in PURCHASES[slug] if each.asked_days}
        assert disputes == {
            rows[each.key].pk: "open" for each in PURCHASES[slug] if each.disputed_days
        }

    @staticmethod
    def assert_documented(provider_id: int) -> None:
        """Whatever was credited has its document of the same day, and nothing else has one."""
        with as_role("worker"), provider_scope(provider_id):
            paid = {
                row.public_id: provider_day(provider_id, row.settled_at)
                for row in attempts(provider_id).values()
                if row.settled_at
            }
            found = Document.objects.filter(source_type="payment", kind__in=["receipt", "invoice"])
            days = dict(found.exclude(number="").values_list("source_id", "issued_on"))
            assert list(document_faults(provider_id)) == []
        assert {source: day for source, day in days.items() if source.startswith("pay_")} == paid

    @staticmethod
    def assert_books_are_right(provider_id: int) -> None:
        with as_role("worker"):
            found = reconcile(provider_id=provider_id, now=NOW + timedelta(hours=1))
            with provider_scope(provider_id):
                assert verify(provider_id=provider_id).findings == ()
        assert (found.differences, found.failed) == ((), {})
