"""Segments: which shoppers belong, as one typed tree with three readings.

`closure` answers for one shopper while they stand in the shop, `repository.segment_query` for all
of them in SQL, `sentence` for people. What a tree means is written once, in `tree`.
"""
