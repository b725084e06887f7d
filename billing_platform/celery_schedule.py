"""The one table of periodic tasks: name, task, how often; every one is safe to run twice, late, or at the same time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypedDict

from celery.schedules import crontab


class Entry(TypedDict, total=False):
    """One line of the table; a message that waited for longer than `expires` seconds is dropped, the next one comes."""

    task: str
    schedule: timedelta | crontab
    options: dict[str, int]


MINUTE = timedelta(minutes=1)

SCHEDULE: dict[str, Entry] = {
    "send what waits in the outbox": {
        "task": "kernel.sweep_outbox",
        "schedule": MINUTE,
        "options": {"expires": 60},
    },
    "forget what nobody needs any more": {
        "task": "kernel.tidy",
        "schedule": crontab(hour="3", minute="17"),
    },
    "charge the last full hour of every provider": {
        "task": "usage.charge_providers",
        "schedule": crontab(minute="2-57/5"),
        "options": {"expires": 240},
    },
    "count parked events whose client or meter is known by now": {
        "task": "usage.replay_parked",
        "schedule": MINUTE,
        "options": {"expires": 60},
    },
    "add up what all clients used by meter and hour": {
        "task": "usage.fold_hours",
        "schedule": MINUTE,
        "options": {"expires": 60},
    },
    "go on moving subscribers to other versions of their plans": {
        "task": "usage.move_all_subscribers",
        "schedule": MINUTE,
        "options": {"expires": 60},
    },
    "let clients follow the prices that were changed": {
        "task": "usage.follow_all_prices",
        "schedule": MINUTE,
        "options": {"expires": 60},
    },
    "read new call records in watched folders": {
        "task": "usage.read_call_folders",
        "schedule": MINUTE,
        "options": {"expires": 60},
    },
    "go on with uploaded files that no worker holds": {
        "task": "usage.sweep_uploads",
        "schedule": MINUTE,
        "options": {"expires": 60},
    },
    "go on with files of long lists that no worker holds": {
        "task": "portal.sweep_exports",
        "schedule": MINUTE,
        "options": {"expires": 60},
    },
    "remove files of lists that were kept for long enough": {
        "task": "portal.forget_exports",
        "schedule": crontab(hour="2", minute="29"),
    },
    "make room for the coming month's events and forget old payloads": {
        "task": "usage.keep_events",
        "schedule": crontab(hour="2", minute="41"),
    },
    "ask DNS about host names that wait for their proof": {
        "task": "tenants.prove_hosts",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 240},
    },
    "expire credit and seal the days that are over": {
        "task": "accounts.close_days",
        "schedule": crontab(minute="20"),
    },
    "recompute the ledger": {
        "task": "accounts.verify_ledgers",
        "schedule": crontab(hour="4", minute="10"),
    },
    "reckon how long credit lasts": {
        "task": "usage.record_burn_rates",
        "schedule": crontab(hour="*/6", minute="40"),
    },
    "ask gateways about payments that are not decided": {
        "task": "payments.poll",
        "schedule": MINUTE,
        "options": {"expires": 60},
    },
    "top up balances that are low, where their owners want it": {
        "task": "payments.recharge",
        "schedule": crontab(minute="4-59/5"),
        "options": {"expires": 240},
    },
    "forget what old messages of gateways said": {
        "task": "payments.forget_bodies",
        "schedule": crontab(hour="2", minute="53"),
    },
    "list what gateways changed and no webhook told of": {
        "task": "payments.catch_up",
        "schedule": crontab(minute="50"),
    },
    "check customers' tax numbers with their register": {
        "task": "tax.check_numbers",
        "schedule": MINUTE,
        "options": {"expires": 60},
    },
    "cancel payment orders that are long overdue": {
        "task": "invoicing.expire_orders",
        "schedule": crontab(hour="3", minute="33"),
    },
    "match new lines of bank statements": {
        "task": "invoicing.match_bank_lines",
        "schedule": MINUTE,
        "options": {"expires": 60},
    },
    "issue the documents of payments that wait for them": {
        "task": "invoicing.issue_documents",
        "schedule": MINUTE,
        "options": {"expires": 60},
    },
    "make the PDFs that documents lack": {
        "task": "invoicing.make_pdfs",
        "schedule": MINUTE,
        "options": {"expires": 60},
    },
}

# How long a job with heartbeats may be silent before `/health/jobs` turns red.
HEARTBEATS: dict[str, timedelta] = {
    "outbox": timedelta(minutes=5),
    "tidy": timedelta(hours=50),
    "charge_providers": timedelta(hours=3),
    "close_days": timedelta(hours=3),
    "verify_ledgers": timedelta(hours=50),
    "replay_parked": timedelta(minutes=15),
    "move_all_subscribers": timedelta(minutes=15),
    "follow_all_prices": timedelta(minutes=15),
    "read_call_folders": timedelta(minutes=15),
    "fold_hours": timedelta(minutes=15),
    "sweep_uploads": timedelta(minutes=15),
    "sweep_exports": timedelta(minutes=15),
    "forget_exports": timedelta(hours=50),
    "keep_events": timedelta(hours=50),
    "poll_payments": timedelta(minutes=15),
    "catch_up_payments": timedelta(hours=3),
    "recharge": timedelta(minutes=30),
    "issue_documents": timedelta(minutes=15),
    "make_pdfs": timedelta(minutes=15),
    "match_bank_lines": timedelta(minutes=15),
    "expire_orders": timedelta(hours=50),
    "forget_webhook_bodies": timedelta(hours=50),
    "prove_hosts": timedelta(minutes=30),
    "check_tax_numbers": timedelta(minutes=15),
    "record_burn_rates": timedelta(hours=13),
}


def next_due(task: str, *, after: datetime) -> datetime:
    """Return when a periodic task is next due.

    Args:
        task: its name on the queue.
        after: since when, for instance its last run.

    Raises:
        StopIteration: the table has no such task.
    """
    schedule = next(entry["schedule"] for entry in SCHEDULE.values() if entry["task"] == task)
    if isinstance(schedule, timedelta):
        return after + schedule
    fields = ("minute", "hour", "day_of_week", "day_of_month", "month_of_year")
    there = crontab(
        **{name: getattr(schedule, f"_orig_{name}") for name in fields}, nowfun=lambda: after
    )
    remaining: timedelta = there.remaining_estimate(after)
    return after + remaining
