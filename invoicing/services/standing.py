"""How an issued document stands: what of it is open, and the state that follows from that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from invoicing.enums import DocumentState

if TYPE_CHECKING:
    from datetime import datetime

    from invoicing.models import Document


def open_minor(row: Document) -> int:
    """Return what of a document is open, minor units, 0 or more."""
    off = row.credit_used_minor + row.paid_minor + row.credited_minor
    return max(0, row.total_minor - off)


def restate(row: Document, now: datetime) -> str:
    """Write what paid or took back a document, and the state that follows from it; its row is locked.

    Args:
        row: with its new figures.
        now: the present moment.
    """
    return set_state(row, _state_of(row), now)


def set_state(row: Document, state: DocumentState, now: datetime) -> str:
    """Write a document's figures and its state; its row is locked.

    Args:
        row: with its new figures.
        state: that it stands in from now on.
        now: the present moment.
    """
    if state != row.state:
        row.state, row.state_at = state, now
    row.save(update_fields=["paid_minor", "credited_minor", "state", "state_at"])
    return str(state)


def _state_of(row: Document) -> DocumentState:
    if row.credited_minor and row.credited_minor == row.total_minor:
        return DocumentState.CANCELLED
    if not open_minor(row):
        return DocumentState.PAID
    return DocumentState.PARTIALLY_PAID if row.paid_minor else DocumentState.SENT
