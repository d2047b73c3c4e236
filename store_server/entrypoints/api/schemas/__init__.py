"""Bodies of the HTTP API, in and out, each with an example."""
