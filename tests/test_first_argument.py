"""Every verb that is asked of a model says so to what is none, before it looks at anything else."""

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import richardson as rn
from richardson.errors import RichardsonError

EXPECTED = re.compile(rf"\bmodel\b|\bmaps?\b|{'|'.join(rn.models.__all__)}")  # or the one model that a closed form belongs to


def verbs() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Public functions whose first argument is a model, by name."""
    for name, module in {"rn": rn, "conditions": rn.conditions, "models": rn.models, "theories": rn.theories, "plot": rn.plot}.items():
        for public in module.__all__:
            function = getattr(module, public)
            parameters = list(inspect.signature(function).parameters.values()) if inspect.isfunction(function) else []
            if parameters and re.search(r"\bModel\b", str(parameters[0].annotation)):
                yield f"{name}.{public}", function


VERBS = dict(verbs())


def test_the_walk_meets_the_verbs() -> None:
    assert len(VERBS) > 45
    assert {"rn.integrate", "rn.equilibria", "rn.run_dynamics", "rn.elasticities", "conditions.routh_hurwitz"} <= set(VERBS)


@pytest.mark.parametrize("thing", [None, "m", 5, {"x": 1.0}], ids=["None", "text", "number", "mapping"])
@pytest.mark.parametrize("verb", VERBS)
def test_what_is_no_model_is_refused_in_a_sentence_that_says_what_is_expected(verb: str, thing: Any) -> None:
    others = [each for each in list(inspect.signature(VERBS[verb]).parameters.values())[1:] if each.default is each.empty]
    named = {each.name: None for each in others if each.kind is not each.VAR_KEYWORD}
    with pytest.raises(RichardsonError) as refused:
        VERBS[verb](thing, **named)
    assert EXPECTED.search(str(refused.value))


def drawings() -> Iterator[str]:
    """Plot functions that draw one thing, which they are given first."""
    for name in rn.plot.__all__:
        function = getattr(rn.plot, name)
        if hasattr(function, "__wrapped__"):
            first = next(iter(inspect.signature(function).parameters.values()))
            if first.kind is not first.VAR_POSITIONAL and first.default is first.empty:
                yield name


@pytest.mark.parametrize("name", list(drawings()))
def test_a_plot_function_without_anything_to_draw_says_what_it_draws(name: str) -> None:
    with pytest.raises(RichardsonError, match=rf"plot\.{name} draws .*; got nothing"):
        getattr(rn.plot, name)()
