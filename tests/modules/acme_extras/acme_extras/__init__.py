"""An example of what another package adds to the platform."""
