"""Razorpay's simulator: orders, payment links with their page, payments, refunds, disputes and webhooks."""
