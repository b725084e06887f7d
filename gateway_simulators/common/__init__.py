"""What all simulators share: the server, faults, the clock, webhooks, control and state."""
