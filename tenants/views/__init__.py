"""The views of people and places: choose a membership, invitations, members, why a tenant is suspended."""
