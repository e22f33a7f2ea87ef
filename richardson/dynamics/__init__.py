"""One run of a model."""
