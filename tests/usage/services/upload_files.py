"""Files as people upload them, and their way through the reading, for the tests of uploads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile

from billing_platform.kernel.clock import now
from billing_platform.kernel.rows import fetch_all, fetch_one
from billing_platform.kernel.scope import provider_scope
from tests.usage.services.events import cloud_event
from usage.enums import UploadFormat
from usage.selectors.uploads import upload_view
from usage.services.upload_reading import read_upload
from usage.services.uploads import receive_upload

if TYPE_CHECKING:
    from usage.selectors.uploads import UploadView

FIGURES = ("accepted", "duplicates", "conflicts", "rejected", "parked", "ignored")
SOMEBODY = 7
MOMENT = now().isoformat()


def json_lines(*items: object, end: str = "\n") -> bytes:
    """Return a file of one JSON value per line; a text stands for itself."""
    lines = [item if isinstance(item, str) else json.dumps(item) for item in items]
    return "".join(f"{line}{end}" for line in lines).encode()


def event(number: int | str, **changes: Any) -> dict[str, Any]:
    """Return an event of a moment ago that counts 1."""
    return cloud_event(number, time=MOMENT, **{"data": {"quantity": "1"}, **changes})


def upload(
    provider_id: int,
    content: bytes,
    upload_format: UploadFormat = UploadFormat.CLOUDEVENTS,
    **more: Any,
) -> int:
    """Upload a file; nobody has read it yet."""
    name = more.pop("name", "usage.json")
    return receive_upload(
        provider_id=provider_id,
        user_id=more.pop("user_id", SOMEBODY),
        file=ContentFile(content, name=name),
        upload_format=upload_format,
        now=now(),
        **more,
    )


def see(provider_id: int, upload_id: int) -> UploadView:
    """Return an upload as pages see it."""
    with provider_scope(provider_id):
        return upload_view(provider_id, upload_id)


def read(
    provider_id: int,
    content: bytes,
    upload_format: UploadFormat = UploadFormat.CLOUDEVENTS,
    **more: Any,
) -> UploadView:
    """Upload a file and read it."""
    upload_id = upload(provider_id, content, upload_format, **more)
    read_upload(provider_id=provider_id, upload_id=upload_id)
    return see(provider_id, upload_id)


def figures(view: UploadView) -> dict[str, int]:
    """Return the figures that are not 0; they add up to the rows."""
    counts = {name: getattr(view, name) for name in FIGURES}
    assert sum(counts.values()) == view.rows_read
    return {name: count for name, count in counts.items() if count}


def rows(provider_id: int, upload_id: int) -> list[tuple[int, str, str, str]]:
    """Return the rows that were not accepted: number, id, verdict, reason."""
    with provider_scope(provider_id):
        return fetch_all(
            "SELECT number, event_id, verdict, reason FROM usage_upload_row WHERE upload_id = %s ORDER BY 1",
            [upload_id],
        )


def counted() -> int:
    """Return what the totals hold, over all meters and hours of the scope."""
    row = fetch_one("SELECT coalesce(sum(quantity), 0)::int FROM usage_hour")
    return int(row[0]) if row else 0
