"""The catalogue: each model a function that returns a `Model`."""
