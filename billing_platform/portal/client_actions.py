"""Who of a provider's people may do what for a client; pages offer it, views demand it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tenants.enums import ProviderRole, SuspensionReason, TenantStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenants.types import OpenSuspension

MAY_POST: Final = (ProviderRole.OWNER, ProviderRole.BILLING)
MAY_SUSPEND: Final = (ProviderRole.OWNER, ProviderRole.SUPPORT)


@dataclass(frozen=True, slots=True)
class ClientActions:
    """What one person may do for one client now."""

    post: bool
    suspend: bool
    resume: bool


def actions_for(role: str, status: str, reasons: Sequence[OpenSuspension]) -> ClientActions:
    """Return what a person is offered.

    Args:
        role: of ProviderRole.
        status: the client's, of TenantStatus.
        reasons: why it is suspended now.
    """
    is_closed = status == TenantStatus.CLOSED
    by_hand = any(open_.kind == SuspensionReason.BY_HAND for open_ in reasons)
    may_suspend = role in MAY_SUSPEND and not is_closed
    return ClientActions(
        post=role in MAY_POST and not is_closed,
        suspend=may_suspend and not by_hand,
        resume=may_suspend and by_hand,
    )
