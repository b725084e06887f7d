"""Documents as people read them: HTML and PDF, from the frozen document alone. Nothing is read or fetched here."""
