"""The composition root: the only place that knows database, rooms, doors and threads at once."""

from store_server.bootstrap.open_store import OpenStore, open_store
from store_server.bootstrap.serve import serve

__all__ = ["OpenStore", "open_store", "serve"]
