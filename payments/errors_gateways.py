"""What payments refuse since a gateway says nothing at all, as against an answer that cannot be trusted."""

from __future__ import annotations

from payments.errors import GatewayDown


class GatewaySilent(GatewayDown):
    """The gateway was not reached, or failed: what else is due there is not asked at once, so that others are."""
