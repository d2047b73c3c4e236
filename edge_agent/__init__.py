"""The daemon on a store gateway: hears adverts, claims sightings."""
