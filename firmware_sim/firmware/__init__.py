"""What runs on the devices: small state machines that know nothing of the shop around them."""
