"""`python -m store_server`."""

from store_server.cli import main

main()
