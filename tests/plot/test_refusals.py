"""What a plot function cannot draw is refused by every one of them, before anything is drawn."""

import inspect

import pytest

from richardson import errors, plot
from richardson.models import linear

OTHERS = {"colour", "figure", "legend", "paper", "save"}  # of drawings, not of results
DRAWING = sorted(set(plot.__all__) - OTHERS)


@pytest.mark.parametrize("name", DRAWING)
@pytest.mark.parametrize("thing", [None, 3.0, "found", linear(), [1, 2]], ids=["none", "number", "text", "model", "numbers"])
def test_what_is_no_such_result_is_refused_with_a_sentence(name: str, thing: object) -> None:
    function = getattr(plot, name)
    asked = [one for one in inspect.signature(function).parameters.values() if one.default is one.empty]
    with pytest.raises(errors.InvalidInputError, match=r"\. [A-Z]"):  # what was asked and why it cannot be, then what to do
        function(thing, *([thing] * (len(asked) - 1)))
