"""What happens to a usage event before the database sees it: reading, checking, measuring. Pure; for ingestion."""
