"""Who lives in the demo: two providers, their clients in every state, and the people who log in. Plain values."""

from __future__ import annotations

from typing import Final

from billing_platform.demo_data.nimbus import NIMBUS
from billing_platform.demo_data.roles import DemoProvider, DemoTenant, Person
from billing_platform.demo_data.sonora import SONORA

__all__ = ["NIMBUS", "PASSWORD", "PROVIDERS", "SONORA", "DemoProvider", "DemoTenant", "Person"]

PASSWORD: Final = "demo-demo-demo"  # noqa: S105 (printed beside every login of the demo)
PROVIDERS: Final = (NIMBUS, SONORA)
