"""What it was worth: funnel and incremental lift. Reads only."""
