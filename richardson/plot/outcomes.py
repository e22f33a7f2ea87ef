"""How an outcome is drawn and named wherever it is not an area of a picture: as in the picture."""

from typing import Any

import numpy as np

from richardson.landscape.attractors import Attractor
from richardson.plot import key
from richardson.plot.basins import OUTSIDE, SHADES

WORDS = {label: words for label, (_, _, words) in OUTSIDE.items()}  # of what is no attractor
DIGITS = 3
SHOWN_STATES = 3  # more would not be a short name


def face(label: int) -> dict[str, Any]:
    """Colour and hatching of an area that goes to an outcome.

    Parameters
    ----------
    label : int
        Position of an attractor, or UNDECIDED, ESCAPED, LEFT_DOMAIN.
    """
    colour, hatch, _ = OUTSIDE.get(label, (SHADES[label % len(SHADES)], "", ""))
    return {"facecolor": colour, "edgecolor": key.INK, "hatch": hatch or None}


def name(attractors: tuple[Attractor, ...], label: int) -> str:
    """The kind of an attractor and, on a second line, where it is; or what happens instead.

    Parameters
    ----------
    attractors : tuple of Attractor
    label : int
        As in `face`.
    """
    if label < 0:
        return WORDS[label]
    one = attractors[label]
    states = one.model.states[:SHOWN_STATES]
    place = ", ".join(
        f"${state.symbol} = {value + 0.0:.{DIGITS}g}$" for state, value in zip(states, np.mean(one.states, axis=0), strict=False)
    )
    kind = one.kind if one.equilibrium is None else one.equilibrium.kind
    return f"{kind}\n{'' if one.equilibrium is not None else 'about '}{place}{', …' if len(one.model.states) > SHOWN_STATES else ''}"
