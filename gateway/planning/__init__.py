"""Pure and reproducible: an operation on the supergraph in, a plan of fetches out."""
