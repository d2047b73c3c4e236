"""Notifications on their way out: composed, signed, retried, expired; one adapter per channel."""
