"""When a gateway is asked again about what it has not decided; pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

# After 1, 5 and 30 minutes, then hourly for a day, then daily until it is decided.
FIRST: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
HOURLY: Final = timedelta(hours=1)
DAILY: Final = timedelta(days=1)
# For so long every gateway gives the first answer to a repeated key (PayPal forgets after 6 hours, Stripe after 24).
KEY_HOLDS: Final = timedelta(hours=5)
# Stripe closes its pages after so long; a form of ours, and other gateways' pages, are closed by us.
PAGE_HOLDS: Final = timedelta(days=1)
# A failed event is tried again after these, then the provider's pages show it to people.
EVENT_TRIES: Final = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
)


# So many tries are one round; what is listed after it was given up gets a second one.
EVENT_ROUND: Final = len(EVENT_TRIES) + 1


def next_poll(opened_at: datetime, polls: int, now: datetime) -> datetime:
    """Return when an open attempt is asked about again.

    Args:
        opened_at: when it was opened.
        polls: how often the poller has asked.
        now: the present moment.
    """
    if polls < len(FIRST):
        return now + FIRST[polls]
    return now + (HOURLY if now - opened_at < DAILY else DAILY)


def next_event_try(tries: int, now: datetime) -> datetime | None:
    """Return when an event that failed is worked off again, None when people have to look at it.

    Args:
        tries: how often it was begun, 1 for the first time; in a second round it counts on.
        now: the present moment.
    """
    place = tries if tries <= EVENT_ROUND else tries - EVENT_ROUND
    return now + EVENT_TRIES[place - 1] if place <= len(EVENT_TRIES) else None
