"""Money in and out through gateways and bank statements. Nothing lives here yet; the border is held from the start."""
