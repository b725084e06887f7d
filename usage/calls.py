"""The words of telephone calls: the event type and the properties that importers write and Call History reads."""

from __future__ import annotations

from typing import Final

EVENT_TYPE: Final = "voice.call"
SOURCE: Final = "asterisk"
INBOUND: Final = "inbound"
OUTBOUND: Final = "outbound"
INTERNAL: Final = "internal"
DIRECTIONS: Final = (INBOUND, OUTBOUND, INTERNAL)
