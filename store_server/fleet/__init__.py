"""The installation itself: who may be a gateway, and what gateways hear of the fixed beacons."""
