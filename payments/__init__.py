"""Money in and out through gateways: connections, payments, webhooks. Settled money is the ledger's."""
