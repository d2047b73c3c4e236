"""What may be said and what asks for it: offers, creatives, campaigns, triggers, budgets."""
