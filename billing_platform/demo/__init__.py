"""The demo: one supervisor that starts the whole platform on this machine, and the page that shows its mails."""
