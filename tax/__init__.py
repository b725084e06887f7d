"""Tax: rules by jurisdiction, a provider's rates and registrations, and what is known of its customers for tax."""
