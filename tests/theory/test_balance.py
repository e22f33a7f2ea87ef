"""Balance or hegemony: what is held the same, what is measured, and what is refused."""

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import approx_fprime, root

from richardson.errors import InvalidInputError, UnknownNameError
from richardson.landscape import wilson
from richardson.models import balance_of_power, nations, security_dilemma
from richardson.symbolic.model import Model
from richardson.theory.balance import BalanceOrHegemony, balance_or_hegemony
from richardson.theory.power_system import PowerSystem
from tests.models.balance_equations import on_paper
from tests.theory.made_up import made_up_comparison

SIZE = 60
MARGIN_AND_TIME = ("margin", "relaxation_time")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "balance-of-power.md"
ROW = re.compile(r"^\| (balanced|hegemonic, same [a-z ]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \(([\d.]+)–([\d.]+)\) \|", re.MULTILINE)
HELD = {"hegemonic, same total grievance": "drive", "hegemonic, same total arms": "arms", "hegemonic, same spiral number": "spiral number"}


def test_the_table_has_a_row_a_measure_and_the_claim_that_it_supports() -> None:
    table = made_up_comparison().to_table()
    assert table["measure"] == ["relaxation_time", "margin", "tipped_share"]
    assert table["claim"] == ["Waltz", "Gilpin", "neither"]
    assert table["dominated_high"][2] == 0.35
    assert "same drive: neither" in repr(made_up_comparison())


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("x", "with alignments"),
        (security_dilemma(3), "with alignments"),
        (nations(3), "with alignments"),
        (balance_of_power(2), "with alignments"),
        (balance_of_power(grievance_x=0.9), "differ in grievance"),
        (balance_of_power(terrain_x_y=1), "differ in terrain"),
        (balance_of_power(grievance=0), "raise it"),
    ],
)
def test_a_model_that_is_no_balanced_system_is_refused(model: Model, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        balance_or_hegemony(model)


@pytest.mark.parametrize(
    "choice",
    [
        *({"advantage": 1.0}, {"advantage": np.nan}, {"advantage": "2"}, {"advantage": True}, {"size": 0}, {"size": 2.5}, {"size": "40"}),
        *({"shock": -1.0}, {"shock": "1"}, {"confidence": 95}, {"confidence": "high"}, {"farthest": np.inf}),
    ],
)
def test_choices_that_compare_nothing_are_refused(choice: dict[str, float]) -> None:
    with pytest.raises(InvalidInputError):
        balance_or_hegemony(balance_of_power(), **choice)


@pytest.mark.parametrize("choice", [{"drive": "grievence"}, {"drive": "balance"}, {"drive": "exposure"}, {"matched": "arm"}])
def test_misspelt_choices_are_refused(choice: dict[str, str]) -> None:
    with pytest.raises(UnknownNameError):
        balance_or_hegemony(balance_of_power(), **choice)


@pytest.fixture(scope="module")
def by_drive() -> BalanceOrHegemony:
    return balance_or_hegemony(balance_of_power(), size=SIZE, rng=1)


def grievances(found: BalanceOrHegemony) -> list[np.ndarray]:
    return [np.array([system.model.values[f"grievance_{i}"] for i in "xyz"]) for system in (found.balanced, found.dominated)]


@pytest.mark.slow
def test_the_hegemon_has_the_advantage_and_all_together_the_same_drive(by_drive: BalanceOrHegemony) -> None:
    equal, unequal = grievances(by_drive)
    assert equal.sum() == pytest.approx(unequal.sum(), rel=1e-15)
    assert unequal[0] / unequal[1:] == pytest.approx(by_drive.advantage, rel=1e-15)


@pytest.mark.slow
def test_relaxation_time_and_margin_are_those_of_an_independent_method(by_drive: BalanceOrHegemony) -> None:
    """SciPy on the equations from the paper: a numeric Jacobian, and where its determinant vanishes."""
    for system, grievance in zip((by_drive.balanced, by_drive.dominated), grievances(by_drive), strict=True):
        jacobian = approx_fprime(system.state, lambda s, g=grievance: on_paper(s, g), 1e-7)
        assert system.relaxation_time == pytest.approx(-1 / np.linalg.eigvals(jacobian).real.max(), rel=1e-5)
        low, high = system.intervals["relaxation_time"]
        assert low <= system.relaxation_time <= high
        for rise in (-1e-4, 1e-4):  # followed from below the fold the rest stays, and beyond it it is gone
            flow = lambda _, s, g=grievance, b=system.margin + rise: on_paper(s, g, balance=b)  # noqa: E731 - one line of mathematics
            end = solve_ivp(flow, (0, 6000), resting_near(system.state, grievance, system.margin - 1e-4), method="LSODA").y[:, -1]
            assert (end[:3].sum() < 2.5 * system.total_arms) == (rise < 0)


def resting_near(state: np.ndarray, grievance: np.ndarray, balance: float) -> np.ndarray:
    """The equilibrium at another balance, step by step."""
    for value in np.linspace(0, balance, 60):
        state = root(lambda s, b=value: on_paper(s, grievance, balance=b), state, tol=1e-12).x
    return state


@pytest.mark.slow
def test_the_share_that_tips_is_that_of_an_independent_method(by_drive: BalanceOrHegemony) -> None:
    """The same shocks, drawn again from what is recorded, followed by SciPy."""
    shocks = by_drive.shock * np.random.default_rng(by_drive.provenance.entropy).dirichlet(np.ones(3), SIZE)
    for system, grievance in zip((by_drive.balanced, by_drive.dominated), grievances(by_drive), strict=True):
        tipped = 0
        for shock in shocks:
            start = system.state + np.append(shock, np.zeros(3))
            flow = lambda _, s, g=grievance: on_paper(s, g)  # noqa: E731 - one line of mathematics
            end = solve_ivp(flow, (0, 300), start, method="LSODA", rtol=1e-7, atol=1e-9).y[:, -1]
            tipped += bool(np.abs(end - system.state).max() > 1e-2)
        assert system.undecided == 0
        assert system.tipped_share == tipped / SIZE
        assert system.intervals["tipped_share"] == wilson.interval(tipped, SIZE, 0.95)


@pytest.mark.slow
@pytest.mark.parametrize(("matched", "measure"), [("arms", "total_arms"), ("spiral number", "spiral_number")])
def test_systems_that_are_matched_at_rest_are_alike(matched: str, measure: str) -> None:
    found = balance_or_hegemony(balance_of_power(), matched=matched, size=2, rng=1)
    assert getattr(found.dominated, measure) == pytest.approx(getattr(found.balanced, measure), rel=1e-6)


@pytest.mark.slow
def test_the_unit_of_arms_changes_no_claim() -> None:
    """Shocks that tip every balanced system, counted in millions of the same arms."""
    counted = balance_of_power(grievance=0.5e-6, threshold=4e-6, strain=0.04e6)
    found, same = (balance_or_hegemony(model, advantage=4.0, size=20, rng=1) for model in (balance_of_power(), counted))
    assert found.balanced.tipped_share == same.balanced.tipped_share == 1.0
    assert found.dominated.tipped_share == same.dominated.tipped_share == 0.0
    assert found.claims == same.claims


@pytest.mark.slow
def test_a_claim_needs_intervals_that_part(by_drive: BalanceOrHegemony) -> None:
    for measure, claim in by_drive.claims.items():
        one, other = by_drive.balanced.intervals[measure], by_drive.dominated.intervals[measure]
        assert (claim == "neither") == (one[0] <= other[1] and other[0] <= one[1])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("matched", "friend", "verdict"),
    [
        ("drive", 1.0, "Gilpin"),
        ("arms", 1.0, "Gilpin"),
        ("spiral number", 1.0, "neither"),
        ("drive", 0.5, "neither"),
        ("spiral number", 0.5, "Waltz"),
    ],
)
def test_the_verdict_depends_on_what_is_held_the_same_and_on_friends_of_friends(matched: str, friend: float, verdict: str) -> None:
    """The table of docs/explanation/balance-of-power.md, whose relaxation times and margins are checked by another method above."""
    model = balance_of_power(friend_of_friend=friend)
    assert balance_or_hegemony(model, matched=matched, size=60, rng=1).verdict == verdict


@pytest.mark.slow
def test_the_table_of_the_page_is_what_the_comparison_gives() -> None:
    written = {name: tuple(map(float, numbers)) for name, *numbers in ROW.findall(PAGE.read_text(encoding="utf-8"))}
    assert set(written) == {"balanced", *HELD}
    for name, matched in HELD.items():
        found = balance_or_hegemony(balance_of_power(), matched=matched, size=200, rng=1)
        assert as_written(found.dominated) == written[name]
        assert as_written(found.balanced) == written["balanced"]


@pytest.mark.slow
def test_what_the_page_says_of_half_as_strong_friends_of_friends_is_what_the_comparison_gives() -> None:
    model, page = balance_of_power(friend_of_friend=0.5), " ".join(PAGE.read_text(encoding="utf-8").split())
    drive, arms, spiral = (balance_or_hegemony(model, matched=matched, size=SIZE, rng=1) for matched in HELD.values())
    margins, times = ([getattr(one, name) for one in (drive.dominated, arms.dominated, drive.balanced)] for name in MARGIN_AND_TIME)
    assert "({:.4f} or {:.4f} against {:.4f})".format(*margins) in page
    assert "({2:.2f} yr against {0:.2f} or {1:.2f})".format(*times) in page
    assert f"({spiral.balanced.margin:.4f} against {spiral.dominated.margin:.4f})" in page
    assert [found.verdict for found in (drive, arms, spiral)] == ["neither", "neither", "Waltz"]
    for found in (drive, arms, spiral):
        for system, grievance in zip((found.balanced, found.dominated), grievances(found), strict=True):
            jacobian = approx_fprime(system.state, lambda s, g=grievance: on_paper(s, g, friend=0.5), 1e-7)
            assert system.relaxation_time == pytest.approx(-1 / np.linalg.eigvals(jacobian).real.max(), rel=1e-5)


@pytest.mark.slow
def test_what_the_page_says_of_a_fourfold_advantage_is_what_the_comparison_gives() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for matched, verdict in zip(HELD.values(), ("Gilpin", "Gilpin", "neither"), strict=True):
        twofold, fourfold = (balance_or_hegemony(balance_of_power(), matched=matched, advantage=a, size=200, rng=1) for a in (2.0, 4.0))
        assert fourfold.verdict == verdict
        for measure in MARGIN_AND_TIME:
            assert fourfold.claims[measure] == twofold.claims[measure]
    assert fourfold.claims["tipped_share"] == "Gilpin"
    assert f"speak for Gilpin ({fourfold.dominated.tipped_share:.2f} tipped against {fourfold.balanced.tipped_share:.2f})" in page


@pytest.mark.slow
def test_shocks_of_twice_the_balanced_arms_tip_neither_system() -> None:
    resting = balance_or_hegemony(balance_of_power(), size=2, rng=1).balanced.total_arms
    for matched in HELD.values():
        found = balance_or_hegemony(balance_of_power(), matched=matched, shock=2 * resting, size=SIZE, rng=1)
        assert (found.balanced.tipped_share, found.dominated.tipped_share) == (0.0, 0.0)


@pytest.mark.parametrize("strongest", [0.5, 1.0])
def test_without_friends_of_friends_three_nations_run_from_zero_arms_into_the_cold_war(strongest: float) -> None:
    grievance = np.array([strongest, 0.5, 0.5])
    ends = [
        solve_ivp(lambda _, s, friend=friend: on_paper(s, grievance, friend=friend), (0, 1000), np.zeros(6), method="LSODA").y[:3, -1].min()
        for friend in (0.0, 1.0)
    ]
    assert ends[1] < 2.0
    assert ends[0] > 10.0


def as_written(system: PowerSystem) -> tuple[float, ...]:
    """Numbers of a row, rounded as in the table."""
    low, high = system.intervals["tipped_share"]
    return (round(system.relaxation_time, 3), round(system.margin, 4), *(round(share, 2) for share in (system.tipped_share, low, high)))
