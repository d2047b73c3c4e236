"""The composition root: the only place that knows database, rooms, doors and threads at once.

`open_store` is a store without doors, for commands; `serve` opens the doors. Nothing is imported
here, so that a command does not load a web server to write a file.
"""
