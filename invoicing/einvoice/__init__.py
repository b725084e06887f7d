"""Electronic invoices by EN 16931, made from a frozen document: pure, without the database."""
