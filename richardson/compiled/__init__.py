"""From symbols to machine code: source text, its cache, and the field that calls it."""
