"""Codes, bonus and discount: campaigns, what one is worth to whom, its uses, and what a refund takes back."""
