"""Tables of the ledger."""
