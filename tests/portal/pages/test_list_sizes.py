"""Lists that are read page by page: how many rows a page has is asked for in the address, and stays in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.portal.pages.audit_log import AuditFilter
from billing_platform.portal.pages.bank_filter import BankFilter
from billing_platform.portal.pages.calls_filter import CallFilter
from billing_platform.portal.pages.campaigns import CampaignFilter
from billing_platform.portal.pages.events_filter import EventFilter
from billing_platform.portal.pages.payments_filter import PaymentFilter
from billing_platform.portal.pages.uploads_filter import UploadFilter

if TYPE_CHECKING:
    from collections.abc import Callable

READ: dict[str, Callable[[dict[str, str]], Any]] = {
    "audit": AuditFilter.of,
    "bank": BankFilter.of,
    "calls": CallFilter.of,
    "campaigns": CampaignFilter.of,
    "events": EventFilter.of,
    "own payments": PaymentFilter.own,
    "payments": PaymentFilter.of,
    "uploads": UploadFilter.of,
}


def address(wanted: Any) -> str:
    if isinstance(wanted, UploadFilter):
        return wanted.url("provider-uploads", before=7)
    if isinstance(wanted, CampaignFilter):
        return wanted.query(before=7)
    return str(wanted.query())


@pytest.mark.parametrize("name", READ)
class TestSize:
    def test_is_asked_for_and_stays(self, name: str) -> None:
        wanted = READ[name]({"size": "100"})
        assert wanted.size == 100
        assert "size=100" in address(wanted)
        if hasattr(wanted, "narrows"):
            assert not wanted.narrows

    @pytest.mark.parametrize("size", ["", "50", "7", "100000", "x"])
    def test_is_the_usual_one_otherwise(self, name: str, size: str) -> None:
        wanted = READ[name]({"size": size})
        assert wanted.size == 50
        assert "size" not in address(wanted)
