"""The page: events become HTML. It decides nothing about answers; it only shows them."""
