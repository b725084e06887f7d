"""Documents: proformas, invoices, credit notes and receipts, numbered without gaps and never changed once issued."""
