"""The catalogue: each model a function that returns a `Model`."""

from richardson.models.linear import linear, rivalry, submissive
from richardson.models.nations import nations
from richardson.models.security_dilemma import security_dilemma

__all__ = ["linear", "nations", "rivalry", "security_dilemma", "submissive"]
