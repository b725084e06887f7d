"""Why a tenant is suspended, in words for the one who reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from billing_platform.portal.words import STAFF_ADVICE, SUSPENSION_ADVICE, SUSPENSION_TITLES
from tenants.enums import SuspensionReason

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from billing_platform.portal.pages.topup_place import TopupPlace
    from tenants.types import OpenSuspension


@dataclass(frozen=True, slots=True)
class SuspensionNotice:
    """One open reason; `topup` is where its reader ends it, or None."""

    title: str
    since: datetime
    advice: str
    topup: TopupPlace | None = None


def suspension_notices(
    suspensions: Sequence[OpenSuspension],
    provider: str,
    *,
    topup: TopupPlace | None = None,
    is_staff: bool = False,
) -> list[SuspensionNotice]:
    """Return one notice per reason: two wallets that are used up are one reason.

    Args:
        suspensions: the tenant's open ones, oldest first.
        provider: the provider's name.
        topup: where the reader tops up, when it can.
        is_staff: whether the provider's people read them.
    """
    advice = STAFF_ADVICE if is_staff else SUSPENSION_ADVICE
    notices: dict[str, SuspensionNotice] = {}
    for suspension in suspensions:
        place = topup if suspension.reason == SuspensionReason.EXHAUSTED else None
        words = place.revives if place else advice[suspension.kind].format(provider=provider)
        note = f" {suspension.note}" if is_staff and suspension.note else ""
        notices.setdefault(
            suspension.kind,
            SuspensionNotice(
                title=SUSPENSION_TITLES[suspension.kind].format(provider=provider),
                since=suspension.since,
                advice=f"{words}{note}",
                topup=place,
            ),
        )
    return list(notices.values())
