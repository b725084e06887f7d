"""The routes of the portals, by area."""
