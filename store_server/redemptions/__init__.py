"""Back from the till: coupons, baskets, and which decision a purchase is credited to."""
