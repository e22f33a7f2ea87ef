"""Equations as symbols: the model, the safe parser, exact derivatives, conditions."""
