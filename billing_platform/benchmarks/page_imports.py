"""How usage came in, for the benchmark of pages: a file that was read, a phone system, a watched folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from usage.enums import UploadFormat, UploadState
from usage.importers.asterisk_mapping import read_mapping
from usage.models import UsageUpload
from usage.services.call_folders import watch_folder
from usage.services.call_mapping import store_call_mapping

if TYPE_CHECKING:
    from datetime import datetime


def note_upload(provider_id: int, now: datetime) -> int:
    """Note a file that was read and not kept."""
    with provider_scope(provider_id):
        upload = UsageUpload.objects.create(
            provider_id=provider_id,
            name="bench.csv",
            digest="0" * 64,
            size=1,
            format=UploadFormat.FOCUS,
            uploaded_by_id=1,
            created_at=now,
            state=UploadState.DONE,
            finished_at=now,
            rows_read=1,
            accepted=1,
        )
    return upload.pk


def make_phones(provider_id: int, now: datetime) -> dict[str, int]:
    """Make a phone system with rules and lines, and a watched folder."""
    rules = [{"direction": "inbound", "context": f"from-trunk-{n}"} for n in range(20)]
    numbers = {f"+49 30 {n:06}": f"bench-{n}" for n in range(5000)}
    mapping = read_mapping({"directions": rules, "numbers": numbers})
    with provider_scope(provider_id):
        store_call_mapping(provider_id=provider_id, source="bench", mapping=mapping, now=now)
        folder_id = watch_folder(
            provider_id=provider_id,
            path=Path("/nowhere/bench"),
            pattern="Master.csv",
            columns="",
            source="bench",
            now=now,
        )
        ((system_id,),) = fetch_all(
            "SELECT id FROM usage_call_mapping WHERE provider_id = %s", [provider_id]
        )
    return {"system_id": system_id, "folder_id": folder_id}
