"""Whether a gateway takes a connection's key: written down once, by whoever hears of it first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payments.enums import ConnectionState
from payments.models import Connection
from payments.services.staff_notices import announce_refusal
from payments.services.stored_events import take_up_events

if TYPE_CHECKING:
    from datetime import datetime


def mark_connection(
    provider_id: int, connection_id: int, *, broken: str | None, now: datetime
) -> None:
    """Write down that a connection's key is refused, with the gateway's reason, or that it is taken again.

    One that somebody switched off stays off. The provider's people are told of a refused key by mail, once; what the
    gateway told while it was refused is worked off as soon as it is taken again.

    Args:
        provider_id: whose; its scope is open.
        connection_id: which.
        broken: the gateway's sentence, which may be empty, None when the key is fine.
        now: the present moment.
    """
    before, after = ConnectionState.BROKEN, ConnectionState.OK
    if broken is not None:
        before, after = after, before
    rows = Connection.objects.filter(provider_id=provider_id, pk=connection_id, state=before)
    is_moved = rows.update(state=after, state_note=(broken or "")[:500], state_at=now)
    if is_moved and broken is None:
        take_up_events(provider_id, connection_id, now=now)
    elif is_moved:
        announce_refusal(Connection.objects.get(provider_id=provider_id, pk=connection_id), now=now)
