"""What this part asks of the world outside; knows no model."""
