"""A sample file of each format, to look at and to fill; its clients do not exist, so an upload of it counts nothing."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from usage.enums import UploadFormat
from usage.importers.asterisk_columns import BASE
from usage.importers.focus import REQUIRED

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_CLIENT: Final = "example-client"


def sample_file(upload_format: UploadFormat, now: datetime) -> tuple[str, str]:
    """Return the name and the content of a sample file.

    Args:
        upload_format: what it is written in.
        now: the present moment; the usage in the sample is of the hour before.
    """
    hour = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    name, write = _SAMPLES[upload_format]
    return name, write(hour)


def _cloudevents(hour: datetime) -> str:
    events = [
        {
            "specversion": "1.0",
            "id": f"example-{number}",
            "source": "example-system",
            "type": "example.usage",
            "tenant": _CLIENT,
            "subject": "server-1",
            "time": (hour + timedelta(minutes=number)).isoformat(),
            "data": {"quantity": "1.5"},
        }
        for number in (1, 2)
    ]
    return "".join(f"{json.dumps(event)}\n" for event in events)


def _focus(hour: datetime) -> str:
    row = {
        "Id": "example-1",
        "SubAccountId": _CLIENT,
        "SubAccountName": "Example client",
        "SkuPriceId": "EXAMPLE-SKU",
        "ListUnitPrice": "0.10",
        "PricingQuantity": "1.5",
        "ChargePeriodStart": f"{hour:%Y-%m-%d %H:%M:%S}",
        "BillingPeriodStart": f"{hour:%Y-%m-01 00:00:00}",
        "BillingCurrency": "USD",
        "ResourceId": "server-1",
        "PricingUnit": "Hours",
        "ServiceName": "Example service",
    }
    return _csv((*REQUIRED, "ResourceId", "PricingUnit", "ServiceName"), row)


def _asterisk(hour: datetime) -> str:
    times = [hour + timedelta(seconds=s) for s in (0, 5, 65)]
    start, answer, end = (f"{at:%Y-%m-%d %H:%M:%S}" for at in times)
    row = {
        "accountcode": _CLIENT,
        "src": "100",
        "dst": "+493023125555",
        "dcontext": "from-internal",
        "clid": '"Reception" <100>',
        "channel": "PJSIP/100-00000001",
        "dstchannel": "PJSIP/carrier-00000002",
        "lastapp": "Dial",
        "lastdata": "PJSIP/+493023125555@carrier",
        "start": start,
        "answer": answer,
        "end": end,
        "duration": "65",
        "billsec": "60",
        "disposition": "ANSWERED",
        "amaflags": "DOCUMENTATION",
        "uniqueid": f"{int(hour.timestamp())}.1",
    }
    return _csv((*BASE, "uniqueid"), row)


def _csv(columns: tuple[str, ...], row: dict[str, str]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerow(row)
    return text.getvalue()


_SAMPLES: Final[dict[UploadFormat, tuple[str, Callable[[datetime], str]]]] = {
    UploadFormat.CLOUDEVENTS: ("cloudevents-sample.jsonl", _cloudevents),
    UploadFormat.FOCUS: ("focus-sample.csv", _focus),
    UploadFormat.ASTERISK: ("asterisk-sample.csv", _asterisk),
}
