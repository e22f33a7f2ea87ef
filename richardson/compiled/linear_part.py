"""The linear equations of a model over nations on balls: ẋ = A x + c, each entry with all that the printed parameters can mean."""

from __future__ import annotations

from collections.abc import Mapping

from flint import arb, arb_mat

from richardson.compiled import balls, emit, emit_indexed, store
from richardson.symbolic.indexed_model import IndexedModel


def linear_part(model: IndexedModel, ranges: Mapping[str, tuple[float, float]] | None = None) -> tuple[arb_mat, arb_mat]:
    """Matrix A (d, d) and constant part c (d, 1) of linear equations over nations, at the precision of now.

    Parameters
    ----------
    model : IndexedModel
    ranges : mapping of str to pair of float, optional
        Parameters that are not at the model's value but anywhere in a range, by their full names.
    """
    size = len(model.states)
    constants: list[arb] = [balls.ZERO] * size
    matrix: list[list[arb]] = [[balls.ZERO] * size for _ in range(size)]
    key = emit.key_of(model, "linear part on balls", store.toolchain())
    module = store.load(key, lambda: emit_indexed.linear_source(model.equations))
    function = vars(module)["linear_part"]
    between = balls.between(ranges or {})
    named = zip(model.parameter_names, model.numbers, strict=True)
    parameters = [between[name] if name in between else balls.printed(number) for name, number in named]
    getattr(function, "py_func", function)(parameters, constants, matrix)
    return arb_mat(matrix), arb_mat(size, 1, constants)
