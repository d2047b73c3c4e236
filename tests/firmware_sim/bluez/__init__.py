"""The BlueZ without a radio."""
