"""Tests of what comes back from the till."""
