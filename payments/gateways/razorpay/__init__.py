"""Razorpay: payment links, refunds and webhooks by the `razorpay` SDK."""
