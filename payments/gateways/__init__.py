"""Payment gateways: one folder each, one protocol, no models. Services of payments call them outside transactions."""
