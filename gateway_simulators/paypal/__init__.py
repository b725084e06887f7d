"""PayPal's simulator: orders with their page, captures, refunds, the vault, disputes, signed webhooks."""
