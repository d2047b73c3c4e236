"""Shoppers: who they are, what they carry, and what they agreed to."""
