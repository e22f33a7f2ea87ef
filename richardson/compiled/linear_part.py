"""The linear equations of a model over nations on balls: ẋ = A x + c, each entry with all that the printed parameters can mean."""

from __future__ import annotations

from flint import arb, arb_mat

from richardson.compiled import balls, emit, emit_indexed, store
from richardson.symbolic.indexed_model import IndexedModel


def linear_part(model: IndexedModel) -> tuple[arb_mat, arb_mat]:
    """Matrix A (d, d) and constant part c (d, 1) of linear equations over nations, at the precision of now."""
    size = len(model.states)
    constants: list[arb] = [balls.ZERO] * size
    matrix: list[list[arb]] = [[balls.ZERO] * size for _ in range(size)]
    key = emit.key_of(model, "linear part on balls", store.toolchain())
    module = store.load(key, lambda: emit_indexed.linear_source(model.equations))
    function = vars(module)["linear_part"]
    getattr(function, "py_func", function)([balls.printed(number) for number in model.numbers], constants, matrix)
    return arb_mat(matrix), arb_mat(size, 1, constants)
