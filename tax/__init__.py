"""Tax rules, rates and profiles. Nothing lives here yet; the border is held from the start."""
