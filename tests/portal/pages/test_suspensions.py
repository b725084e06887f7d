"""Why a tenant is suspended, in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from billing_platform.portal.pages.suspensions import suspension_notices
from tenants.enums import SuspensionReason
from tenants.types import OpenSuspension

SINCE = datetime(2026, 11, 20, 14, tzinfo=UTC)


def suspension(reason: str, source: str = "", note: str = "") -> OpenSuspension:
    return OpenSuspension(reason=reason, source=source, since=SINCE, note=note, epoch=1)


class TestSuspensionNotices:
    @pytest.mark.parametrize("reason", SuspensionReason.values)
    def test_every_reason_has_words_for_both_sides(self, reason: str) -> None:
        for is_staff in (False, True):
            (notice,) = suspension_notices([suspension(reason)], "Nimbus", is_staff=is_staff)

            assert notice.title.startswith("Suspended")
            assert notice.advice
            assert "{" not in notice.title + notice.advice

    def test_two_empty_wallets_are_one_reason(self) -> None:
        rows = [suspension("exhausted", "USD"), suspension("exhausted", "EUR")]

        assert len(suspension_notices(rows, "Nimbus")) == 1

    def test_a_note_of_staff_stays_with_staff(self) -> None:
        row = suspension("by_hand", note="abuse report 17")

        (shown,) = suspension_notices([row], "Nimbus")
        (internal,) = suspension_notices([row], "Nimbus", is_staff=True)

        assert "abuse report 17" not in shown.advice
        assert "abuse report 17" in internal.advice
