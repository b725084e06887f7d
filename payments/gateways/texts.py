"""Marks texts of gateways for the catalogues; whoever shows one translates it."""

from __future__ import annotations


def gettext_noop(text: str) -> str:
    """Return a text as it is: the catalogues collect it by this function's name, and whoever shows it translates it.

    Args:
        text: English source text.
    """
    return text
