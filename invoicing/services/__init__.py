"""What changes documents."""
