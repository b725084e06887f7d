"""Documents and their collection. Nothing lives here yet; the border is held from the start."""
