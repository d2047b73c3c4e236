"""The simulated air against real recordings: the same walks, figures side by side."""
