"""Rates of any model as plain numbers, by sympy's own printer and the definitions of our functions: no compiled code."""

from functools import cache
from inspect import signature
from typing import Any

import numpy as np
import sympy

from richardson import models
from richardson.symbolic.functions import TIME
from richardson.symbolic.model import Model
from richardson.symbolic.order import ordered_pairs

FUNCTIONS = {
    "hill": lambda u, h, m: 0.0 if u <= 0 else 1.0 / (1.0 + (h / u) ** m),
    "sigmoid": lambda z: 1.0 / (1.0 + np.exp(-z)),
    "softplus": lambda z: np.logaddexp(0.0, z),
}
DIFFERENT = {"fear": "state", "nations": 3}  # other forms of a model, by the argument that chooses them


def forms() -> dict[str, Model]:
    """Every model of the catalogue as it comes, and its other forms: each truth value turned, fear as a state, three nations."""
    found = models.catalogue()
    for name in list(found):
        function = getattr(models, name)
        for argument in signature(function).parameters.values():
            other = not argument.default if isinstance(argument.default, bool) else DIFFERENT.get(argument.name)
            if other is not None and other != argument.default:
                found[f"{name}, {argument.name}={other}"] = function(**{argument.name: other})
    return found


FORMS = forms()
FLOWS = {name: model for name, model in FORMS.items() if model.kind == "flow"}


def rates(model: Model, state: np.ndarray, values: np.ndarray, time: float = 0.0) -> np.ndarray:
    """Right-hand sides, shape (d,); of a map, the next state."""
    return np.array(_compiled(model.rates, model.state_symbols, model.parameter_symbols)(time, *state, *values), dtype=float)


@cache
def _compiled(written: Any, states: Any, parameters: Any) -> Any:
    return sympy.lambdify([TIME, *states, *parameters], list(written), modules=[FUNCTIONS, "numpy"], cse=True)


def somewhere(model: Model, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A state and values within all bounds and in order; values lie around the defaults, zeros apart from them."""
    state = np.array([_between(one.lower, one.upper, 3.0 * rng.standard_normal(), rng) for one in model.states])
    near = [number * rng.uniform(0.6, 1.6) if number else rng.uniform(0.0, 0.4) for number in model.numbers]
    values = np.array([_between(one.lower, one.upper, number, rng) for one, number in zip(model.parameters, near, strict=True)])
    for pair in ordered_pairs(model.parameters):
        places = [model.parameter_names.index(one.name) for one in pair]
        values[places] = np.sort(values[places])
    return state, values


def _between(lower: float, upper: float, number: float, rng: np.random.Generator) -> float:
    if np.isfinite(lower) and np.isfinite(upper):
        return float(rng.uniform(lower, upper)) if not lower <= number <= upper else float(number)
    if np.isfinite(lower):
        return float(number) if number > lower else lower + abs(float(number))
    return float(min(number, upper))
