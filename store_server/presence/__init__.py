"""Where shoppers are: sightings of several anchors become zone events and visits."""
