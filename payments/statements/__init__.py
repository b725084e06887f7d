"""Readers of bank statements: bytes in, frozen lines out; they know no table and no gateway."""
