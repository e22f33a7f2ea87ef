"""Bars of shares and lines of uncertainty: what is drawn, how long, in which look, with which words."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_hex

from richardson import plot
from richardson.landscape.attractors import Attractor
from richardson.landscape.boundary import BoundaryDimension, boundary_dimension
from richardson.landscape.labelling import ESCAPED, LEFT_DOMAIN
from richardson.landscape.shares import BasinShares
from richardson.plot.basins import OUTSIDE, SHADES
from richardson.provenance import record
from richardson.stability.window import Window
from richardson.symbolic.model import Model

MODEL = Model.from_equations({"x": "-x", "y": "-y"})
RING = Attractor("cycle", np.array([[1.0, 0.0], [-1.0, 2.0]]), None, 6.0, MODEL)
SHARES = {0: 0.5, 1: 0.0, -2: 0.3, -3: 0.2, -1: 0.0}
DISC = np.hypot(*np.indices((300, 300))) < 200.0


@pytest.fixture
def shares() -> BasinShares:
    return BasinShares(
        window=Window(x=(0, 1), y=(0, 1)),
        attractors=(RING, RING),
        shares=SHARES,
        intervals={label: (max(share - 0.02, 0.0), share + 0.01) for label, share in SHARES.items()},
        standard_errors=dict.fromkeys(SHARES, 0.001),
        counts={label: round(1000 * share) for label, share in SHARES.items()},
        sample_size=1000,
        confidence=0.9,
        model=MODEL,
        provenance=record(MODEL),
    )


def test_a_bar_is_as_long_as_its_share_and_outcomes_that_were_not_met_have_none(shares: BasinShares) -> None:
    ax = plot.basin_shares(shares)
    assert [bar.get_width() for bar in ax.patches] == [0.5, 0.3, 0.2]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["cycle\nabout $x = 0$, $y = 1$", "escapes", "leaves the domain"]
    assert ax.get_xlabel() == "share of starts, with 90 % intervals"


def test_intervals_reach_from_low_to_high(shares: BasinShares) -> None:
    (lines,) = plot.basin_shares(shares).collections
    ends = [segment[:, 0].tolist() for segment in lines.get_segments()]
    assert ends == [pytest.approx([0.48, 0.51]), pytest.approx([0.28, 0.31]), pytest.approx([0.18, 0.21])]


def test_outcomes_look_as_in_the_picture_of_basins(shares: BasinShares) -> None:
    patches = plot.basin_shares(shares).patches
    assert [to_hex(patch.get_facecolor()) for patch in patches] == [SHADES[0], OUTSIDE[ESCAPED][0], OUTSIDE[LEFT_DOMAIN][0]]
    assert [patch.get_hatch() for patch in patches] == [None, OUTSIDE[ESCAPED][1], OUTSIDE[LEFT_DOMAIN][1]]


def test_a_sure_outcome_fits_in(shares: BasinShares) -> None:
    sure = replace(shares, counts={0: 1000}, shares={0: 1.0}, intervals={0: (0.99, 1.0)})
    ax = plot.basin_shares(sure)
    assert ax.get_xlim()[1] > 1.0 and len(ax.patches) == 1


def test_the_line_has_the_slope_of_the_exponent() -> None:
    found = boundary_dimension(DISC)
    ax = plot.boundary_dimension(found)
    x, y = np.log(np.asarray(ax.get_lines()[0].get_xydata())).T
    assert (y[1] - y[0]) / (x[1] - x[0]) == pytest.approx(found.exponent)
    assert np.exp(x) == pytest.approx([found.sizes[found.is_used][0], found.sizes[found.is_used][-1]])
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


def test_sizes_off_the_line_are_hollow_and_explained() -> None:
    found = boundary_dimension(DISC)
    used = found.is_used.copy()
    used[-2:] = False
    ax = plot.boundary_dimension(replace(found, is_used=used))
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts[1:] == ["pairs of cells", "not on the line"]
    filled, hollow = (line for line in ax.get_lines() if line.get_marker() == "o")
    assert (len(filled.get_xdata()), len(hollow.get_xdata()), hollow.get_markerfacecolor()) == (used.sum(), 2, "white")


@pytest.mark.parametrize(("error", "said"), [(0.0123, "0.986 \\pm 0.012"), (0.3, "0.99 \\pm 0.30"), (0.0, "0.986 \\pm 0.000")])
def test_an_exponent_is_written_with_the_digits_of_its_error(error: float, said: str) -> None:
    found: BoundaryDimension = replace(boundary_dimension(DISC), exponent=0.986, standard_error=error)
    text = plot.boundary_dimension(found).get_legend().get_texts()[0].get_text()
    assert said in text
