"""Writes of payments; each opens its own transactions, since gateways are never called inside one."""
