"""A plan in, an answer out. `transport` is the only part that touches the network."""
