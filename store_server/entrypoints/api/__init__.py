"""The HTTP API: one module for each kind of caller; shapes of bodies stand in `schemas`."""
