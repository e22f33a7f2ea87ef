"""Basins over windows: shares against closed forms, labels against other integrators, refusals."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from richardson.errors import InvalidInputError, RichardsonError, UnknownNameError
from richardson.landscape.basins import basins, near_borders
from richardson.models import linear, security_dilemma
from richardson.stability.window import Window
from richardson.symbolic.model import Model

COMPETITION = Model.from_equations({"x": "x*(3 - x - 2*y)", "y": "y*(2 - x - y)"}, lower={"x": 0, "y": 0}, name="competition")
TWO_SIDED = Model.from_equations({"x": "1.8*x - x**3", "y": "0.5*y"}, kind="map", name="two sides")
UNIT = Window(x=(-1, 1), y=(-1, 1))


def share_to(part: object, place: list[float]) -> float:
    """Share of the cells that go to the attractor at that place."""
    near = [number for number, one in enumerate(part.attractors) if np.allclose(one.states[0], place, atol=1e-9)]  # type: ignore[attr-defined]
    return part.shares[near[0]]  # type: ignore[attr-defined]


def test_the_share_of_a_basin_is_the_area_below_its_separatrix() -> None:
    """ACCEPTANCE A1: 0.393708 of [0, 4]² goes to (3, 0)."""
    part = basins(COMPETITION, Window(x=(0, 4), y=(0, 4)), resolution=(200, 200))
    assert share_to(part, [3, 0]) == pytest.approx(0.393708, abs=5e-4)  # some 500 cells on the border, each in or out as by chance


@pytest.mark.slow
def test_the_same_share_over_a_million_cells() -> None:
    part = basins(COMPETITION, Window(x=(0, 4), y=(0, 4)), resolution=(1000, 1000))
    assert share_to(part, [3, 0]) == pytest.approx(0.393708, abs=2e-5)  # a cell in fifty of the 1400 on the border


def henon_share(cells: int) -> float:
    """Share of [−2, 2]² from which Hénon's map does not escape."""
    henon = Model.from_equations({"x": "1 - 1.4*x**2 + y", "y": "0.3*x"}, kind="map")
    return basins(henon, Window(x=(-2, 2), y=(-2, 2)), resolution=(cells, cells), audit=0).shares[0]


def test_the_bounded_share_of_henons_map() -> None:
    """ACCEPTANCE C3: 0.43250 ± 0.00007."""
    assert henon_share(150) == pytest.approx(0.4325, abs=2e-3)  # four standard errors of the border's cells


@pytest.mark.slow
def test_the_bounded_share_of_henons_map_over_a_million_cells() -> None:
    assert henon_share(1000) == pytest.approx(0.4325, abs=1.5e-4)  # as stated, and the grid's own error


def test_every_label_of_the_dilemma_is_that_of_a_tight_reference() -> None:
    model, window = security_dilemma(balance=0.05), Window(x=(0, 6), y=(0, 6))
    part = basins(model, window, resolution=(12, 12))
    labels = [[_end_of_dilemma(x, y) > 10.0 for y in part.axes[1]] for x in part.axes[0]]
    high = [one.states[0, 0] > 10.0 for one in part.attractors]
    assert np.array_equal(np.array(high)[part.labels], np.array(labels))


def _end_of_dilemma(x: float, y: float) -> float:
    """Arms of x after a hundred years, by scipy's DOP853 at 1e-12 from the equations as MODELS states them."""

    def rates(_: float, state: np.ndarray) -> np.ndarray:
        fear = np.exp(0.05) * state[::-1]
        return 0.45 * fear * (1 + 3 * fear**2 / (16 + fear**2)) - state * (1 + 0.04 * state) + 0.5

    return float(solve_ivp(rates, (0, 100), (x, y), method="DOP853", rtol=1e-12, atol=1e-12).y[0, -1])


@pytest.mark.slow
def test_mirror_images_of_a_pendulum_above_three_magnets_are_mirror_images() -> None:
    """A fractal boundary: the plane's reflection exchanges two magnets and leaves the third."""
    places = [(1.0, 0.0), (-0.5, 0.75**0.5), (-0.5, -(0.75**0.5))]
    pull = {
        axis: "".join(f" - ({axis} - ({place[i]!r}))/((x - ({place[0]!r}))**2 + (y - ({place[1]!r}))**2 + 0.09)**1.5" for place in places)
        for i, axis in enumerate("xy")
    }
    pendulum = Model.from_equations({"x": "u", "y": "v", "u": "-0.2*u - 0.5*x" + pull["x"], "v": "-0.2*v - 0.5*y" + pull["y"]})
    part = basins(pendulum, Window(x=(-1.5, 1.5), y=(-1.5, 1.5), u=0, v=0), resolution=(24, 24), audit=0)
    mirror = [[(one.states[0] * [1, -1, 1, -1] - other.states[0]) @ np.ones(4) for other in part.attractors] for one in part.attractors]
    image = np.abs(mirror).argmin(axis=1)
    assert np.array_equal(image[part.labels], part.labels[:, ::-1])


def test_two_sides_of_a_map_have_equal_shares() -> None:
    part = basins(TWO_SIDED, UNIT, resolution=(10, 4))
    assert part.shares == {0: 0.5, 1: 0.5}


def test_cells_on_the_border_between_symmetric_basins_are_undecided() -> None:
    part = basins(TWO_SIDED, UNIT, resolution=(11, 2))
    assert part.labels[:, 0].tolist() == [0] * 5 + [-1] + [1] * 5


def test_one_cell_has_one_label() -> None:
    assert basins(TWO_SIDED, Window(x=(0, 1), y=(0, 1)), resolution=(1, 1)).labels.tolist() == [[0]]


def test_an_attractor_on_the_edge_of_the_window_is_one() -> None:
    edge = float(np.sqrt(0.8))  # the fixed point of x = 1.8 x − x³
    part = basins(TWO_SIDED, Window(x=(0, edge), y=(0, 1)), resolution=(3, 3))
    assert (part.labels.min(), part.attractors[part.labels[0, 0]].states[0, 0]) == (part.labels.max(), pytest.approx(edge))


def test_labels_do_not_depend_on_the_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for threads in ("1", "2"):
        monkeypatch.setenv("RICHARDSON_THREADS", threads)
        found.append(basins(COMPETITION, Window(x=(0, 4), y=(0, 4)), resolution=(80, 80)).labels)
    assert np.array_equal(*found)


def test_a_race_without_equilibrium_escapes_everywhere() -> None:
    part = basins(linear(defence=2.0), Window(x=(1, 2), y=(1, 2)), resolution=(3, 3))
    assert (part.shares, part.attractors) == ({-2: 1.0}, ())


def test_the_audit_says_how_many_cells_were_computed_again() -> None:
    part = basins(COMPETITION, Window(x=(0, 4), y=(0, 4)), resolution=(10, 4), audit=7)
    assert (part.audited, part.disagreements) == (7, 0)


def test_near_a_border_are_the_cells_of_so_many_rings() -> None:
    labels = np.zeros((7, 5), dtype=np.int64)
    labels[0] = 1
    assert near_borders(labels, 2).all(axis=1).tolist() == [True, True, True, False, False, False, False]


@pytest.mark.parametrize("resolution", [(0, 3), (3,), 5, (2.5, 3), (True, 3)], ids=str)
def test_a_resolution_that_is_no_pair_of_numbers_of_cells_is_refused(resolution: object) -> None:
    with pytest.raises(InvalidInputError, match="pair of whole numbers"):
        basins(TWO_SIDED, UNIT, resolution=resolution)  # type: ignore[arg-type]


def test_too_many_cells_are_refused_with_what_they_would_take() -> None:
    with pytest.raises(InvalidInputError, match=r"3\.7 GiB of memory and at least 1\.7 minutes"):
        basins(TWO_SIDED, UNIT, resolution=(10_000, 10_000))


@pytest.mark.parametrize(
    ("window", "error", "words"),
    [
        (lambda: Window(x=(1, 1), y=(0, 1)), InvalidInputError, "give the number 1 alone"),
        (lambda: Window(x=(0, 1), y=1), InvalidInputError, "Exactly 2 states"),
        (lambda: Window(x=(0, 1), z=(0, 1)), UnknownNameError, "no state"),
    ],
    ids=["no width", "one spanned", "misspelt"],
)
def test_a_window_that_does_not_fit_is_refused(window: object, error: type[RichardsonError], words: str) -> None:
    with pytest.raises(error, match=words):
        basins(TWO_SIDED, window())  # type: ignore[operator]


def test_basins_are_told_in_a_line_and_a_table() -> None:
    part = basins(TWO_SIDED, UNIT, resolution=(2, 1))
    assert (repr(part).startswith("<basins over x × y, 2 × 1: 50.0% stable node"), part.to_table()) == (
        True,
        {"x": [-0.5, 0.5], "y": [0.0, 0.0], "label": [0, 1]},
    )
