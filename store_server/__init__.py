"""The store's brain: sightings in, decisions out, redemptions back, results shown."""
