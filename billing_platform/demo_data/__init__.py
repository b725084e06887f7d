"""The demo: providers, clients, people and usage, all entered through the parts' services, as a customer would."""
