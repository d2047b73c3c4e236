"""The simulated shop through real parts, compared with the truth or with another way."""
