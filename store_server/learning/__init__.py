"""What is known of taste: purchases so far, and what an offer adds; every basket updates it."""
