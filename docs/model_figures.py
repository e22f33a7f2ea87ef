"""The figure on the page of a model: a portrait of two states, else a run."""

import math
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure

import richardson as rn
from richardson.plot import style

FEW = 4  # lines that need no further room
DIGITS = 6  # of a number that is not zero
ROUND_NUMBERS = (1.0, 2.0, 2.5, 4.0, 5.0, 10.0)
SQUARE = 62.0  # mm, a portrait, whose legend is the caption
WIDE, TALL, ROW = 85.0, 52.0, 8.0  # mm, a time series with a short legend, and what each further line in it takes
HORIZON, POINTS = 20.0, 121  # years, times
STEPS = 20  # of a map
MOST_LINES = 6  # in a time series


def drawing(model: rn.Model, found: rn.Equilibria | None) -> Figure:
    """A portrait of two states, else a run."""
    spans, is_portrait = shown(model, found), model.kind == "flow" and len(model.states) == 2 and found is not None
    tall = TALL + ROW * max(0, len(lines_of(model)) - FEW)
    drawn = style.figure(width=SQUARE, height=SQUARE) if is_portrait else style.figure(width=WIDE, height=tall)
    with style.paper():
        axes = drawn.add_subplot()
        if is_portrait:
            rn.plot.portrait(rn.phase_portrait(model, rn.Window(**spans)), legend=False, ax=axes)
        else:
            rn.plot.series(run_of(model, spans), names=lines_of(model), ax=axes)
            if model.kind == "map":
                axes.set_xticks(range(0, STEPS + 1, STEPS // 4))
        drawn.draw_without_rendering()
    return drawn


def svg(drawn: Figure) -> bytes:
    """A drawing with coordinates to a hundredth of a point, the same bytes each time."""

    def cut(path: re.Match[bytes]) -> bytes:
        return re.sub(rb"-?\d+\.\d+", lambda one: b"%g" % round(float(one.group()), 2), path.group())

    with tempfile.TemporaryDirectory() as folder:
        rn.plot.save(drawn, folder, "model")
        return re.sub(rb' d="[^"]*"', cut, (Path(folder) / "model.svg").read_bytes())


def shown(model: rn.Model, found: rn.Equilibria | None) -> Mapping[str, tuple[float, float]]:
    """A window that holds every equilibrium found, with room above them."""
    spans = {}
    for state in model.states:
        like = [one.name for one in model.states if one.unit == state.unit]
        far = max((abs(rest[name]) for rest in found or () for name in like), default=0.0)
        top = round_up(1.25 * far) if far > 10.0**-DIGITS else 10.0
        is_negative = any(rest[name] < -(10.0**-DIGITS) for rest in found or () for name in like)
        low = state.lower if math.isfinite(state.lower) else -top if is_negative else -0.25 * top
        spans[state.name] = (low, min(top, state.upper))
    return spans


def round_up(value: float) -> float:
    """The next round number."""
    size = 10.0 ** math.floor(math.log10(value))
    return next(size * step for step in ROUND_NUMBERS if size * step >= value * (1 - 1e-9))


def run_of(model: rn.Model, spans: Mapping[str, tuple[float, float]]) -> rn.Trajectory:
    """One run from within the window, the states apart; arms from zero on, unless some rest below, and relations of both signs."""
    start = {}
    for place, (state, (low, high)) in enumerate(zip(model.states, spans.values(), strict=True)):
        bottom = low if low in {-high, 0.0} else 0.0 if state.unit == "arms" else -high
        start[state.name] = bottom + (0.15 + 0.2 * (place % 4)) * (high - bottom)
    if model.kind == "map":
        return rn.iterate(model, start, STEPS)
    bound = 2.0 * max(high for _, high in spans.values())
    run = rn.integrate(model, start, times_until(HORIZON), method="LSODA", bound=bound)
    if run.stopped_at is None:
        return run
    return rn.integrate(model, start, times_until(1.01 * run.stopped_at), method="LSODA", bound=bound)


def times_until(end: float) -> list[float]:
    """Times for a smooth line."""
    return [end * step / (POINTS - 1) for step in range(POINTS)]


def lines_of(model: rn.Model) -> list[str]:
    """States of the first one's unit, not too many."""
    return [state.name for state in model.states if state.unit == model.states[0].unit][:MOST_LINES]
