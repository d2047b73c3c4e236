"""Tests of the validation against recordings."""
