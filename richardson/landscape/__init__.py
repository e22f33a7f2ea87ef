"""The whole phase and parameter space."""
