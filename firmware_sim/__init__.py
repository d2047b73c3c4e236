"""A shop without radios: firmware, shoppers, air, tills; seeded, repeatable, knows the truth."""
