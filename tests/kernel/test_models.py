"""A row of the kernel says in words which one it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.models import Counter, IdempotencyRecord, JobRun, OutboxMessage

if TYPE_CHECKING:
    from django.db.models import Model


class TestText:
    @pytest.mark.parametrize(
        ("row", "text"),
        [
            (Counter(provider_id=1, series="invoice", value=9), "invoice of provider 1 at 9"),
            (IdempotencyRecord(provider_id=1, key="k"), "answer to k of provider 1"),
            (JobRun(provider_id=1, job="charge", fence=3), "run 3 of charge for provider 1"),
            (OutboxMessage(pk=5, provider_id=1, topic="mail"), "mail message 5 of provider 1"),
        ],
    )
    def test_it_names_the_row(self, row: Model, text: str) -> None:
        assert str(row) == text
