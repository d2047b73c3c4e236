"""Tests of the simulated air."""
