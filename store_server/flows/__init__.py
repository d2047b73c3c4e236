"""Where rooms meet: one file for each thing that happens, each one transaction."""
