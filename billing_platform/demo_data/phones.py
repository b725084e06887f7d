"""The demo's phone system: how the PBX of a provider of calls reads, and two lines that nobody has yet."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from usage.calls import SOURCE
from usage.importers.asterisk import BadCall, CallReader
from usage.importers.asterisk_mapping import read_mapping
from usage.selectors.call_mapping import call_mapping
from usage.services.call_mapping import store_call_mapping
from usage.services.ingestion import ingest_events

if TYPE_CHECKING:
    from datetime import datetime

    from billing_platform.demo_data.cast import DemoProvider

_RULES: Final = (
    {"direction": "inbound", "context": "from-trunk*"},
    {"direction": "outbound", "dstchannel": "PJSIP/carrier-*"},
    {"direction": "internal"},
)
# Numbers of ours that nobody has yet; the first one rings more often.
_UNKNOWN: Final = ("+493023126777", "+493023126777", "+493023126777", "+493023126778")
_SELLS_CALLS: Final = "voice"
_COLUMNS: Final = (
    "src",
    "dst",
    "dcontext",
    "channel",
    "dstchannel",
    "start",
    "billsec",
    "disposition",
    "uniqueid",
)


def connect_phones(
    provider: DemoProvider, provider_id: int, *, begin: datetime, until: datetime
) -> None:
    """Say how the PBX reads, and take in some of its calls, which wait for a client; nothing where no calls are sold.

    Args:
        provider: of the demo.
        provider_id: its id; its scope is open.
        begin: when the mapping was made.
        until: the end of the demo's days.

    Idempotency: by the code of the phone system and the ids of the calls.
    """
    if provider.catalogue != _SELLS_CALLS:
        return
    numbers = {
        f"+49 30 23126 {number:03}": tenant.external_id
        for number, tenant in enumerate(provider.tenants, start=101)
    }
    mapping = read_mapping(
        {"time_zone": provider.time_zone, "directions": list(_RULES), "numbers": numbers}
    )
    store_call_mapping(provider_id=provider_id, source=SOURCE, mapping=mapping, now=begin)
    reader = CallReader(call_mapping(provider_id, SOURCE), _COLUMNS, SOURCE)
    items = list(reader.read(_rows(until.astimezone(ZoneInfo(provider.time_zone)))))
    events = [item for item in items if not isinstance(item, BadCall)]
    ingest_events(provider_id=provider_id, events=events, now=until)


def _rows(until: datetime) -> list[str]:
    rows = []
    for number, dialled in enumerate(_UNKNOWN):
        start = f"{until - timedelta(minutes=30 - number):%Y-%m-%d %H:%M:%S}"
        cells = ("+494066969001", dialled, "from-trunk-1", f"PJSIP/in-0000000{number}", "")
        rows.append(",".join([*cells, start, "75", "ANSWERED", f"1700000000.{number}"]))
    return rows
