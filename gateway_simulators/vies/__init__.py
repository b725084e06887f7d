"""VIES, the EU's register of VAT numbers, by its REST interface."""
