"""Formats that usage comes in. Each module turns its format into incoming events; pure, for ingestion."""
