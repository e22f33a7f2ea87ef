"""The list of the catalogue's models, read off the package itself so that no model can be missing from it."""

from importlib import import_module
from typing import get_type_hints

from richardson.symbolic.model import Model


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
    package = import_module("richardson.models")
    makers = {name: getattr(package, name) for name in sorted(package.__all__)}
    made = {name: get_type_hints(maker).get("return") for name, maker in makers.items() if callable(maker)}
    return {name: makers[name]() for name, kind in made.items() if kind is Model}
