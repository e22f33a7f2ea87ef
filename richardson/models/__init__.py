"""The catalogue: each model a function that returns a `Model`."""

from typing import get_type_hints

from richardson.models.linear import linear, rivalry, submissive
from richardson.models.maps import saperstein
from richardson.models.nations import nations
from richardson.models.security_dilemma import security_dilemma
from richardson.models.structural_balance import scalar_balance
from richardson.symbolic.model import Model

__all__ = ["catalogue", "linear", "nations", "rivalry", "saperstein", "scalar_balance", "security_dilemma", "submissive"]


def catalogue() -> dict[str, Model]:
    """Every model of the catalogue as it comes, by the name of the function that makes it.

    Returns
    -------
    dict of str to Model
        At the default values, names in alphabetical order.

    Examples
    --------
    >>> catalogue()["linear"]
    <flow 'linear': states x, y; 6 parameters>
    """
    makers = {name: globals()[name] for name in sorted(__all__)}
    made = {name: get_type_hints(maker).get("return") for name, maker in makers.items()}
    return {name: maker() for name, maker in makers.items() if made[name] is Model}
