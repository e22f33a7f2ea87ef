"""From observed series to fitted models."""
