"""The catalogue: each model a function that returns a `Model`."""

from richardson.models.linear import linear, rivalry, submissive
from richardson.models.listing import catalogue
from richardson.models.maps import saperstein
from richardson.models.nations import nations
from richardson.models.security_dilemma import security_dilemma
from richardson.models.structural_balance import scalar_balance

__all__ = ["catalogue", "linear", "nations", "rivalry", "saperstein", "scalar_balance", "security_dilemma", "submissive"]
