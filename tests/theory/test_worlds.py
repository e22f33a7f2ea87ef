import numpy as np
import pytest

from richardson.errors import ComputationError, InvalidInputError
from richardson.landscape.stability_map import stability_map
from richardson.models import linear, security_dilemma
from richardson.stability.window import Window
from richardson.symbolic.model import Model
from richardson.theory.curve_check import check_curve
from richardson.theory.worlds import FourWorlds, four_worlds

SMALL = {"resolution": (12, 9)}


@pytest.fixture(scope="module")
def checked() -> FourWorlds:
    """The symmetric linear reaction of docs/explanation/security-dilemma.md: a = .2, k = .5, ρ = .1, w = 1, s = .6."""
    model = security_dilemma(fatigue=0.2, defence=0.5, reassurance=0.1, alarm=0, strain=0)
    return four_worlds(model, balance=(float(np.log(0.4)), float(np.log(1.2))), distinguishability=(0, 1), resolution=(12, 9))


def test_the_worlds_have_the_closed_form_numbers(checked: FourWorlds) -> None:
    np.testing.assert_allclose([world.spiral_number for world in checked.worlds], [2.4, 0.8, 0.96, 0.32], rtol=1e-12)
    assert [world.is_stable for world in checked.worlds] == [False, True, True, True]
    assert [world.kind for world in checked.worlds] == ["escaped", *["stable node"] * 3]
    # λ = k W − a − k ρ once
    np.testing.assert_allclose([world.leading_eigenvalue for world in checked.worlds], np.array([0.35, -0.05, -0.01, -0.17]), rtol=1e-12)


def test_the_curve_has_its_closed_form(checked: FourWorlds) -> None:
    (line,) = checked.curve
    np.testing.assert_allclose(np.exp(line[:, 0]), (0.2 + 0.5 * 0.1) / (0.5 * (1 - 0.6 * line[:, 1])), rtol=1e-12)
    for share, threat in ((0.0, 0.5), (0.5, 5 / 7), (1.0, 1.25)):
        near = line[np.argmin(np.abs(line[:, 1] - share))]
        assert near[1] == pytest.approx(share, abs=1e-12)
        assert np.exp(near[0]) == pytest.approx(threat, rel=1e-12)


def test_a_curve_that_is_not_where_the_closed_form_puts_it_is_refused() -> None:
    model = security_dilemma(fatigue=0.2, defence=0.5, reassurance=0.1, alarm=0, strain=0)
    shares = np.array([0.0, 0.5, 1.0])
    curve = np.column_stack((np.log([0.5, 5 / 7, 1.25]), shares))
    check_curve(model, (curve,))
    with pytest.raises(ComputationError, match="report it"):
        check_curve(model, (curve + np.array([1e-6, 0.0]),))
    other = Model.from_equations(
        {"x": "(1 + balance)*y - 2*x + 1", "y": "(1 - distinguishability)*x - 2*y + 1"}, {"balance": 0.0, "distinguishability": 0.0}
    )
    check_curve(other, (curve,))  # no closed form, nothing to check


def test_the_names_are_in_their_quadrants(checked: FourWorlds) -> None:
    assert [(world.name, world.balance > 0, world.distinguishability > 0.5) for world in checked.worlds] == [
        ("doubly dangerous", True, False),
        ("security dilemma, but security requirements may be compatible", False, False),
        ("no security dilemma, but aggression possible", True, True),
        ("doubly stable", False, True),
    ]


def test_portraits_share_a_window_that_holds_every_equilibrium() -> None:
    four = four_worlds(security_dilemma(), **SMALL)
    portraits = [world.portrait for world in four.worlds]
    assert all(picture is not None for picture in portraits)
    windows = {picture.window for picture in portraits if picture is not None}
    assert len(windows) == 1
    (low, high) = next(iter(windows)).spans["x"]
    counts = [len(picture.equilibria) for picture in portraits if picture is not None]
    assert counts == [1, 1, 3, 1]  # between the folds there are three
    for world in four.worlds:
        assert world.state is not None and low <= world.state.max() <= high
        assert world.portrait is not None
        assert min(np.abs(one.state - world.state).max() for one in world.portrait.equilibria) < 1e-9


@pytest.mark.slow
def test_equilibria_are_searched_for_where_rates_have_no_bounds() -> None:
    threat = "exp(balance)*(1 - 0.6*distinguishability)"
    race = Model.from_equations(
        {"x": f"{threat}*y + 1 - 2*x*exp(x)/(1 + exp(x))", "y": f"{threat}*x + 1 - 2*y*exp(y)/(1 + exp(y))"},
        {"balance": 0.0, "distinguishability": 0.0},
        lower={"x": 0, "y": 0, "distinguishability": 0},
        upper={"distinguishability": 1},
    )
    four = four_worlds(race, resolution=(2, 2))
    assert (four.chart.count < 0).all()  # at the bound of 10⁹ e^x is beyond all floats, and what it is divided by too
    assert [len(world.portrait.equilibria) for world in four.worlds if world.portrait is not None] == [1] * 4


def test_portraits_take_a_given_window(checked: FourWorlds) -> None:
    four = four_worlds(checked.model, window=Window(x=(0, 5), y=(0, 7)), resolution=(2, 2))
    assert four.worlds[3].portrait is not None and four.worlds[3].portrait.window.spans["y"] == (0.0, 7.0)


@pytest.mark.slow
def test_more_states_than_two_have_no_portrait_and_the_same_numbers() -> None:
    followed = four_worlds(security_dilemma(fear="state"), resolution=(5, 4))
    grids = dict(zip(followed.chart.parameters, followed.chart.grids, strict=True))
    assert [world.portrait for world in followed.worlds] == [None] * 4
    np.testing.assert_allclose(followed.chart.spiral_number, stability_map(security_dilemma(), grids).spiral_number, rtol=1e-9)
    line = np.concatenate(followed.curve)
    np.testing.assert_allclose(line[:, 0] + np.log(1 - 0.6 * line[:, 1]), 0.109752115988938, atol=1e-12)


def test_the_chart_reaches_beyond_the_worlds_within_the_bounds(checked: FourWorlds) -> None:
    assert checked.chart.parameters == ("balance", "distinguishability")
    balance, share = checked.chart.grids
    assert balance[0] < np.log(0.4) and balance[-1] > np.log(1.2)
    assert (share[0], share[-1]) == (0.0, 1.0)


def test_a_model_without_the_two_parameters_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="'linear' has no balance and no distinguishability"):
        four_worlds(linear())


@pytest.mark.parametrize(
    "wrong",
    [
        {"balance": (0.1, 0.5)},
        {"distinguishability": (0.6, 0.9)},
        {"balance": (-1, 0, 1)},
        {"resolution": (1, 5)},
        {"resolution": 5},
    ],
)
def test_worlds_outside_their_quadrants_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError):
        four_worlds(security_dilemma(), **wrong)


def test_columns_have_one_row_a_world(checked: FourWorlds) -> None:
    table = checked.to_table()
    assert table["name"][0] == "doubly dangerous" and len(table["kind"]) == 4
    assert "doubly stable" in repr(checked)


@pytest.mark.extra
def test_the_worlds_lie_over_their_names(checked: FourWorlds) -> None:
    pytest.importorskip("xarray", reason="xarray comes with the extra data; .ci/run has it")
    data = checked.to_xarray()
    assert float(data["spiral_number"].sel(world="doubly stable")) == checked.worlds[3].spiral_number
    assert data["is_stable"].values.tolist() == [False, True, True, True]


def test_worlds_are_drawn_of_a_model() -> None:
    with pytest.raises(InvalidInputError, match="drawn of a model"):
        four_worlds("security dilemma")  # type: ignore[arg-type]
