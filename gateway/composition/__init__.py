"""Pure: subgraph SDLs in, one supergraph out, or every reason why not."""
