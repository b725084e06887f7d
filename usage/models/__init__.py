"""Tables of catalogue, metering and charging."""
