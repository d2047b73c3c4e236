"""Which offer, if any: gates, caps, holdout, value, and the decision with its trace."""
