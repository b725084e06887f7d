"""PayPal: orders, captures, refunds and the vault by `paypalrestsdk.Api`, mended."""
