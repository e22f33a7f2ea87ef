"""Equilibria, their spectrum, nullclines, manifolds, portraits."""
