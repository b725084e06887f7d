"""Exports under test: asked for in a browser, written as a worker does, fetched."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.scope import system_scope
from billing_platform.portal import list_files
from billing_platform.portal.list_writing import write_export
from tenants.models import ListExport
from tests.cast import NOW
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.test import Client

CLIENTS = "/provider/clients.csv"
PAGE = "/provider/exports/"


def order(browser: Client, url: str = CLIENTS, **query: str) -> int:
    """Press a list's button and return the number of the export that is waited for."""
    answer = browser.get(url, query)
    assert answer.status_code == 302, answer.content
    assert answer["Location"].endswith("/exports/")
    with as_role("worker"), system_scope():
        return ListExport.objects.latest("pk").pk


def row(export_id: int) -> ListExport:
    with as_role("worker"), system_scope():
        return ListExport.objects.get(pk=export_id)


def write(export_id: int, at: datetime = NOW) -> bool:
    """Do what a worker does with an export."""
    provider_id = row(export_id).provider_id
    with as_role("worker"):
        return write_export(provider_id=provider_id, export_id=export_id, clock=lambda: at)


def fetch(browser: Client, export_id: int, page: str = PAGE) -> Any:
    return browser.get(f"{page}{export_id}/file")


def body(answer: Any) -> bytes:
    return b"".join(answer)


@contextmanager
def short_lists() -> Iterator[None]:
    """Send lists at once, as they are sent while they are not too long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(list_files, "ROWS_MAX", 10_000)
        yield
