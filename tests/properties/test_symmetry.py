"""What the catalogue's models promise whatever their numbers: nations can change names, and a domain that is kept is kept."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from richardson import models
from richardson.symbolic.model import Model
from tests.properties.rates import FORMS, rates, somewhere

ROUNDING = 1e-9  # relative to the largest rate
LEAVES = re.compile(r"LEFT_DOMAIN|leaves? the domain|reach(?:es)? (?:0|zero)|stops where")  # how a docstring says that paths may end
seeds = st.integers(0, 2**32 - 1)


def swapped(name: str, names: tuple[str, ...]) -> str:
    """The name with the nations x and y exchanged; a symmetric pair keeps its own."""
    parts = [{"x": "y", "y": "x"}.get(part, part) for part in name.split("_")]
    other = "_".join(parts)
    if other in names:
        return other
    turned = "_".join([*parts[:-2], *parts[-2:][::-1]])
    return turned if turned in names else name


def mirror(model: Model) -> tuple[list[int], list[int]]:
    """Where each state and parameter goes when x and y are exchanged."""
    states, terms = model.state_names, model.parameter_names
    return [states.index(swapped(one, states)) for one in states], [terms.index(swapped(one, terms)) for one in terms]


TWO_SIDED = {name: model for name, model in FORMS.items() if mirror(model)[0] != list(range(len(model.states)))}


def test_most_of_the_catalogue_has_nations_to_exchange() -> None:
    assert len(TWO_SIDED) > len(FORMS) / 2


@pytest.mark.parametrize("name", TWO_SIDED)
@settings(max_examples=8)
@given(seed=seeds)
def test_exchanging_two_nations_exchanges_their_rates(name: str, seed: int) -> None:
    model = TWO_SIDED[name]
    states, terms = mirror(model)
    state, values = somewhere(model, np.random.default_rng(seed))
    there, here = rates(model, state[states], values[terms]), rates(model, state, values)[states]
    np.testing.assert_allclose(there, here, rtol=ROUNDING, atol=ROUNDING * np.abs(here).max())


def edges(model: Model) -> list[tuple[int, float, int]]:
    """Finite borders of the states: which state, where, and the sign of a rate that points inwards."""
    low = [(place, one.lower, 1) for place, one in enumerate(model.states) if np.isfinite(one.lower)]
    return low + [(place, one.upper, -1) for place, one in enumerate(model.states) if np.isfinite(one.upper)]


BOUNDED = {name: model for name, model in FORMS.items() if edges(model)}


@pytest.mark.parametrize("name", BOUNDED)
@settings(max_examples=12)
@given(seed=seeds, factor=st.floats(0.5, 1.5))
def test_a_path_stays_in_its_domain_or_the_model_says_that_it_may_leave(name: str, seed: int, factor: float) -> None:
    """At multiples of the defaults: on a border the rate points inwards, and a map's next state lies within."""
    model = BOUNDED[name]
    numbers = {one.name: np.clip(value * factor, one.lower, one.upper) for one, value in zip(model.parameters, model.numbers, strict=True)}
    model = model.with_values(**numbers)  # some bounds of states move with a parameter
    state, values = somewhere(model, np.random.default_rng(seed))[0], np.array(model.numbers)
    outwards = []
    for place, border, sign in edges(model):
        at = np.where(np.arange(len(state)) == place, border, state) if model.kind == "flow" else state
        rate = rates(model, at, values)[place]
        inside = rate if model.kind == "flow" else rate - border
        outwards += [model.state_names[place]] if sign * inside < -1e-12 else []
    assert not outwards or LEAVES.search(getattr(models, name.split(",", maxsplit=1)[0]).__doc__ or "")
