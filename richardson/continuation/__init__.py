"""Branches of equilibria along a parameter."""
