"""The console of the store manager: server-rendered pages and one WebSocket."""
