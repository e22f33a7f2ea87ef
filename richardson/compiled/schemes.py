"""Source text of integration schemes over lanes, written from their tableaus.

A scheme's text stands in the place of `richardson.compiled.kernels.scheme`, which says what it must offer. Its sums have the
tableau's numbers written in, so that the compiler sees constants and fuses multiplications and additions; where the number of
states is known, each state has lines of its own in one loop over lanes, with every offset a number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from richardson.compiled.inversion import inversion, product, stored
from richardson.compiled.kernels.layout import COMMON, LANES, POINT, RATE
from richardson.compiled.tableaus import DOP853, RODAS5P, TSIT5, ExplicitTableau, RosenbrockTableau

TABLEAUS: dict[str, ExplicitTableau | RosenbrockTableau] = {"Tsit5": TSIT5, "DOP853": DOP853, "Rodas5P": RODAS5P}
STIFF = frozenset(name for name, tableau in TABLEAUS.items() if isinstance(tableau, RosenbrockTableau))

BULGE = 0.25  # of |h f − Δ| at both ends: a cubic strays from the straight line by at most 4/27 of them, corrections included less
SECOND_ERROR_SHARE = 0.01  # Hairer's mixture of the two error estimates of DOP853, as in scipy

_HEAD = '''"""{name}: a scheme of order {order}."""

from richardson.compiled.kernels.inverse import apply_inverse, invert_matrix
from richardson.compiled.kernels.layout import COMMON, ERROR, HIGH, LANES, LOW, NEXT_STEP, RATE, STEP, TIME, size_of

ROWS, ORDER = {rows}, {order}
COEFFICIENTS, DEGREE = {coefficients}, {degree}
'''
_BEGIN = """

def {signature}:
    d = size_of(dimension)
    common, base = d * ROWS * LANES, (d * ROWS + COMMON) * LANES
    region = b[base:]
"""
_ATTEMPT = _BEGIN.format(signature="attempt(rates, slopes, b, dimension, absolute, relative, limits)")
_INTERPOLATE = _BEGIN.format(signature="interpolate(rates, b, dimension)")

_CALL = "    rates(region)\n"

STEP_TEXT = "b[common + STEP * LANES + lane]"


def state_rows(name: str) -> int:
    """How many rows each state has in the scheme of that name: point, rate, stages, what is saved, coefficients."""
    tableau = TABLEAUS[name]
    stages = len(tableau.times)
    return stages + 2 + 4 if isinstance(tableau, RosenbrockTableau) else stages + 3 + 3 + len(tableau.dense)


def scheme_text(name: str, dimension: int, lanes: int = LANES) -> str:
    """Module text of the scheme of that name; ``dimension`` is the number of states, or 0 where it is read at run time."""
    tableau = TABLEAUS[name]
    if isinstance(tableau, RosenbrockTableau):
        return _rosenbrock(tableau, dimension, lanes)
    return _explicit(tableau, dimension, lanes)


class _Places:
    """Texts of the rows that belong to a state: its number written in, or the variables of a loop over states."""

    def __init__(self, rows: int, dimension: int, lanes: int, state: int) -> None:
        self._rows, self._lanes, self._dimension, self._state = rows, lanes, dimension, state

    def own(self, row: int) -> str:
        """A row of the scheme's."""
        return f"b[{(self._state * self._rows + row) * self._lanes} + lane]" if self._dimension else f"b[o + {row} * LANES]"

    @property
    def state(self) -> str:
        """The model's row of the state."""
        return self._of_model(1)

    @property
    def rate(self) -> str:
        """The model's row of its rate."""
        return self._of_model(1 + self._dimension) if self._dimension else "b[s + d * LANES]"

    @property
    def drift(self) -> str:
        """The model's row of the rate's derivative in time."""
        if not self._dimension:
            return "b[s + (2 * d + d * d) * LANES]"
        return self._of_model(1 + 2 * self._dimension + self._dimension**2)

    @property
    def number(self) -> str:
        """The state's number."""
        return str(self._state) if self._dimension else "i"

    def sum(self, numbers: Sequence[float], rows: Mapping[int, int | None]) -> str:
        """Σ number · row, without the zeros; the row that is None is the model's rate."""
        terms = [(number, rows[place]) for place, number in enumerate(numbers) if number]
        texts = [(number, self.rate if row is None else self.own(row)) for number, row in terms]
        return " + ".join(text if number == 1.0 else f"{number!r} * {text}" for number, text in texts)

    @property
    def base(self) -> int:
        """First row of the model's region."""
        return self._dimension * self._rows + COMMON

    def _of_model(self, first: int) -> str:
        return f"b[{(self.base + first + self._state) * self._lanes} + lane]" if self._dimension else "b[s]"


class _Loops:
    """Writes loops over states and lanes, for a scheme with ``rows`` rows of each state."""

    def __init__(self, rows: int, dimension: int, lanes: int) -> None:
        self.rows, self.dimension, self.lanes = rows, dimension, lanes

    @property
    def places(self) -> list[_Places]:
        """Of each state; of the running one, where their number is not known."""
        return [_Places(self.rows, self.dimension, self.lanes, state) for state in range(max(self.dimension, 1))]

    def states(self, write: Callable[[_Places], Sequence[str]], *, before: Sequence[str] = (), after: Sequence[str] = ()) -> str:
        """The lines that ``write`` gives for each state, between lines once a lane: in one loop, where the number of states is known.

        Loops are made long on purpose: the compiler unrolls short ones before it could make them vector instructions.
        """
        lines = [line for place in self.places for line in write(place)]
        if self.dimension:
            return self.over_lanes([*before, *lines, *after])
        text = "    for i in range(d):\n        for lane in range(LANES):\n            o = i * ROWS * LANES + lane\n"
        text += "".join(f"            {line}\n" for line in ("s = base + (1 + i) * LANES + lane", *lines))
        return self.over_lanes(before) + text + self.over_lanes(after)

    @staticmethod
    def over_lanes(lines: Sequence[str]) -> str:
        """A loop over lanes."""
        return "    for lane in range(LANES):\n" + "".join(f"        {line}\n" for line in lines) if lines else ""


def _explicit(tableau: ExplicitTableau, dimension: int, lanes: int) -> str:
    """An explicit pair: rate k₁ stands in `RATE`, the others in rows of their own, the last in the model's region."""
    last, count = len(tableau.weights), len(tableau.times)
    saved, first, degree = count + 1, count + 3, 3 + len(tableau.dense)
    loops = _Loops(first + degree, dimension, lanes)
    rows: dict[int, int | None] = {0: RATE} | {stage: stage + 1 for stage in range(1, count)} | {last: None}
    text = _HEAD.format(name=tableau.name, order=tableau.order, rows=first + degree, coefficients=first, degree=degree) + _ATTEMPT
    for stage in range(1, last + 1):
        text += _stage(tableau, stage, rows, loops, keeps=stage - 1)
    text += _judgement(lambda of: [f"{STEP_TEXT} * ({of.sum(row, rows)})" for row in tableau.errors], loops) + _INTERPOLATE
    if count > last + 1:
        text += loops.states(lambda of: [f"{of.own(saved)} = {of.state}", f"{of.own(saved + 1)} = {of.rate}"])
        rows[last] = saved + 1
        for stage in range(last + 1, count):
            text += _stage(tableau, stage, rows, loops, keeps=stage - 1 if stage > last + 1 else 0)
        text += loops.states(
            lambda of: [f"{of.own(count)} = {of.rate}", f"{of.state} = {of.own(saved)}", f"{of.rate} = {of.own(saved + 1)}"],
            after=[_time(1.0)],
        )

    def coefficients(of: _Places) -> list[str]:
        known = [f"rise, h = {of.state} - {of.own(POINT)}, {STEP_TEXT}", f"old, new = h * {of.own(RATE)}, h * {of.rate}"]
        corrections = [f"h * ({of.sum(row, rows)})" for row in tableau.dense]
        return known + _written(of, first, ["rise", "old - rise", "2.0 * rise - old - new", *corrections])

    return text + loops.states(coefficients)


def _stage(tableau: ExplicitTableau, stage: int, rows: Mapping[int, int | None], loops: _Loops, *, keeps: int) -> str:
    """Point of a stage, and its evaluation; the rates of stage ``keeps`` are moved to their own row first."""

    def point(of: _Places) -> list[str]:
        moved = [f"{of.own(keeps + 1)} = {of.rate}"] if keeps else []
        return [*moved, f"{of.state} = {of.own(POINT)} + {STEP_TEXT} * ({of.sum(tableau.points[stage], rows)})"]

    return loops.states(point, after=[_time(tableau.times[stage])]) + _CALL


def _judgement(estimates: Callable[[_Places], Sequence[str]], loops: _Loops) -> str:
    """The squares of the relative errors summed, the lanes counted that may have passed a limit, and the way out.

    With two estimates the error is DOP853's mixture of them.
    """
    count = len(estimates(loops.places[0]))
    rows = [f"b[common + {row} * LANES + lane]" for row in ("ERROR", "NEXT_STEP")[:count]]
    sums = ["total", "other"][:count] if loops.dimension else rows

    def squares(of: _Places) -> list[str]:
        lines = [f"old, new = {of.own(POINT)}, {of.state}"]
        lines.append(f"scale = 1.0 / (floor_{of.number} + relative * max(abs(old), abs(new)))")
        for text, total in zip(estimates(of), sums, strict=True):
            lines += [f"error = scale * ({text})", f"{total} += error * error"]
        bends = [f"abs({STEP_TEXT} * {rate} - rise)" for rate in (of.own(RATE), of.rate)]
        lines += ["rise = new - old", f"bulge = {BULGE} * ({bends[0]} + {bends[1]})"]
        inside = f"min(old, new) - bulge >= low_{of.number} and max(old, new) + bulge <= high_{of.number}"
        return [*lines, f"count += 0 if {inside} else 1"]

    after, result = [], sums[0]
    if count == 2:
        after.append(f"mixed = {sums[0]} + {SECOND_ERROR_SHARE} * {sums[1]}")
        result = f"{sums[0]} * {sums[0]} / (mixed if mixed != 0.0 else 1.0)"
    read = "{0}floor_{1}, low_{1}, high_{1} = absolute[{1}], limits[LOW, {1}], limits[HIGH, {1}]\n"
    loop = loops.states(squares, before=[f"{total} = 0.0" for total in sums], after=[*after, f"{rows[0]} = {result}"])
    if loops.dimension:  # numbers of their own, not places in arrays that might overlap the buffer
        return "".join(read.format("    ", place.number) for place in loops.places) + "    count = 0\n" + loop + "    return count\n"
    loop = loop.replace("        for lane in range(LANES):\n", read.format("        ", "i") + "        for lane in range(LANES):\n", 1)
    return "    count = 0\n" + loop + "    return count\n"


def _rosenbrock(tableau: RosenbrockTableau, dimension: int, lanes: int) -> str:
    """A Rosenbrock method: stages u stand in rows of their own; the inverse of I/(hγ) − J in the model's region."""
    count = len(tableau.times)
    first, degree = count + 2, 4
    loops = _Loops(first + degree, dimension, lanes)
    rows = {stage: stage + 2 for stage in range(count)}
    text = _HEAD.format(name=tableau.name, order=tableau.order, rows=first + degree, coefficients=first, degree=degree) + _ATTEMPT
    text += loops.states(lambda of: [f"{of.state} = {of.own(POINT)}"], after=["b[base + lane] = b[common + TIME * LANES + lane]"])
    text += "    slopes(region)\n"
    if dimension:
        base = dimension * loops.rows + COMMON
        shift = f"1.0 / ({tableau.gamma!r} * {STEP_TEXT})"
        text += loops.over_lanes([*inversion(dimension, lanes, shift, base), *stored(dimension, lanes, base)])
    else:
        text += f"    invert_matrix(b, d, {1.0 / tableau.gamma!r}, common, base)\n"
    for stage in range(count):
        text += _solve(tableau, stage, rows, loops)
    text += _judgement(lambda of: [of.sum(tableau.errors[0], rows)], loops)

    def coefficients(of: _Places) -> list[str]:
        known = [f"first, second, third = {', '.join(of.sum(row, rows) for row in tableau.dense)}"]
        return known + _written(of, first, [f"{of.state} - {of.own(POINT)}", "first", "second + third", "-third"])

    return text + _INTERPOLATE + loops.states(coefficients)


def _solve(tableau: RosenbrockTableau, stage: int, rows: Mapping[int, int | None], loops: _Loops) -> str:
    """One stage's solution from the rates at its point, then the point of the next stage, or of the end, and its rates."""
    is_last = stage + 1 == len(tableau.times)
    weights = tableau.weights if is_last else tableau.points[stage + 1]

    def right_side(of: _Places) -> str:
        rate = f"{of.rate} + ({of.sum(tableau.coupling[stage], rows)}) / {STEP_TEXT}" if stage else of.own(RATE)
        return rate + (f" + {tableau.drifts[stage]!r} * {STEP_TEXT} * {of.drift}" if tableau.drifts[stage] else "")

    def point(of: _Places) -> list[str]:
        return [f"{of.state} = {of.own(POINT)} + {of.sum(weights, rows)}"]

    after = [_time(1.0 if is_last else tableau.times[stage + 1])]
    if not loops.dimension:
        text = loops.states(lambda of: [f"{of.state} = {right_side(of)}"])
        return text + f"    apply_inverse(b, d, base, {stage + 2} * LANES, ROWS * LANES)\n" + loops.states(point, after=after) + _CALL
    sides = [f"r{of.number} = {right_side(of)}" for of in loops.places]
    solutions = [f"{of.own(stage + 2)} = {product(place, loops.dimension, loops.lanes, of.base)}" for place, of in enumerate(loops.places)]
    return loops.states(point, before=[*sides, *solutions], after=after) + _CALL


def _time(share: float) -> str:
    """The model's time at a share of the step."""
    return f"b[base + lane] = b[common + TIME * LANES + lane] + {share!r} * {STEP_TEXT}"


def _written(of: _Places, first: int, values: Sequence[str]) -> list[str]:
    return [f"{of.own(first + place)} = {value}" for place, value in enumerate(values)]
