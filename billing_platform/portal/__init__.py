"""The pages that compose several parts: shells, brand, and the portals of providers and customers."""
