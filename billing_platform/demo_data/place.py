"""Where and when the demo's history happens. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from billing_platform.demo_data.cast import DemoProvider, DemoTenant


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where and when deeds happen: a provider and its plans, and the history from `begin` to `until`."""

    provider: DemoProvider
    provider_id: int
    versions: Mapping[str, int]
    begin: datetime
    until: datetime

    def version_of(self, tenant: DemoTenant) -> int:
        """Return the version that a client buys: of the usual plan, which is called like the catalogue, or its own."""
        return self.versions[tenant.plan or self.provider.catalogue]

    def ago(self, *, days: int = 0, hours: int = 0) -> datetime:
        """Return the moment so long before now, but not before the history begins."""
        return max(self.begin, self.until - timedelta(days=days, hours=hours))
