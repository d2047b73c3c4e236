"""The figures: one file for each claim, as ratios to a reference measured in the same run."""
