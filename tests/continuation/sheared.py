"""Normal forms seen through a nonlinear change of coordinates, so that no coefficient can be read off a diagonal."""

from collections.abc import Mapping, Sequence

import sympy

from richardson.symbolic.model import Model

BENDS = (sympy.Rational(1, 2), sympy.Rational(3, 10), sympy.Rational(-1, 5))


def sheared(rates: Sequence[str], parameters: Mapping[str, float], *, bends: int = 3) -> Model:
    """The flow of ``rates`` over u0, u1, … in coordinates x0, x1, …, whose linear parts at 0 are those of u0, u1, …

    The first ``bends`` coordinates are bent one after another by the square of the next: x_i = u_i + c_i u_{i+1}², cyclically.
    """
    size = len(rates)
    old, new = sympy.symbols(f"u:{size}", real=True), sympy.symbols(f"x:{size}", real=True)
    known = {symbol.name: symbol for symbol in old} | {name: sympy.Symbol(name, real=True) for name in parameters}
    flow = sympy.Matrix([sympy.sympify(rate, locals=known) for rate in rates])
    image, back = list(old), list(new)
    bent = list(enumerate(BENDS))[: min(bends, size)]
    for i, bend in bent:
        image[i] += bend * image[(i + 1) % size] ** 2
    for i, bend in reversed(bent):
        back[i] -= bend * back[(i + 1) % size] ** 2
    moved = sympy.Matrix(image).jacobian(old) * flow
    undo = dict(zip(old, back, strict=True))
    return Model.from_equations({x.name: rate.subs(undo) for x, rate in zip(new, moved, strict=True)}, parameters)
