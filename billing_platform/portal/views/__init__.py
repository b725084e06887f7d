"""The views of the portals: authorise, bind, call one selector or service, answer."""
