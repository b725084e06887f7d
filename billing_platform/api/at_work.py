"""How many calls of a provider may be at work at once, in all processes together, so that the others find one free."""

from __future__ import annotations

from typing import Final

from django.conf import settings

from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.locks import try_one_of

# Up to about 250 events of a usual length: what is longer keeps a processor busy for a tenth of a second.
LARGE_FROM_BYTES: Final = 64 * 1024
_NAME: Final = "api.events"


class TooMuchAtOnceError(DomainError):
    """As many calls of this provider are at work as may be at once."""

    code = "too_much_at_once"
    message = "As many calls of yours as possible are being worked on; send this one again, nothing of it was taken."
    http_status = 429
    retry_after_s = 1


def take_place(provider_id: int, *, size: int) -> None:
    """Take a place among the provider's calls until the transaction ends, however it ends.

    Args:
        provider_id: whose call; a transaction is open.
        size: the length of the body in bytes. From `LARGE_FROM_BYTES` on only the first few places may be taken;
            shorter ones take the last one first and so leave those free.

    Raises:
        TooMuchAtOnceError: all of them are taken.
    """
    places = range(settings.API_CALLS_AT_ONCE, 0, -1)
    if size >= LARGE_FROM_BYTES:
        places = range(min(settings.API_LARGE_CALLS_AT_ONCE, settings.API_CALLS_AT_ONCE), 0, -1)
    if not try_one_of([f"{_NAME}/{place}" for place in places], provider_id):
        raise TooMuchAtOnceError
