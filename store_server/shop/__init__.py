"""The shop: stores, floor plan, gateways, beacons, products, and who may ask for what."""
