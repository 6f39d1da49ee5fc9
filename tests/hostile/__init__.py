"""A hostile afternoon: what people try who want in, against the whole system and against single parts."""
