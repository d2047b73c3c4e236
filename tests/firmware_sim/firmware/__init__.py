"""Tests of the device firmware."""
