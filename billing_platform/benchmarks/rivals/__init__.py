"""Other ledgers that do the same work as ours, each in an environment of its own."""
