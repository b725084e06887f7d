"""What happens in this part and others may want to hear, after commit."""

from __future__ import annotations

from dataclasses import dataclass

from billing_platform.kernel.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class TenantCreated(DomainEvent):
    """A tenant came to be, so that a ledger account can be opened for it and parked usage be read again."""


@dataclass(frozen=True, kw_only=True)
class TenantStatusChanged(DomainEvent):
    """A tenant was suspended, came back or was closed by hand."""

    status: str
    epoch: int


@dataclass(frozen=True, kw_only=True)
class SettingChanged(DomainEvent):
    """A provider's setting has another value; who copied it reads it again."""

    name: str
