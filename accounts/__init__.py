"""The ledger and the prepaid balances; an account here is a ledger account, never a login."""
