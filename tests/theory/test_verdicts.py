"""The four verdicts against their definitions: paths from zero by scipy on equations written out here, Shapley values by hand."""

from collections.abc import Mapping
from itertools import combinations
from math import exp, factorial

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from richardson.models import security_dilemma
from richardson.symbolic.model import Model
from richardson.theory.diagnose import diagnose

FACTORS = ("fear", "grievance", "ambition")
Factors = tuple[str, ...]
Pair = tuple[float, float]

K, PHI, H, A, Q, C = 0.45, 3.0, 4.0, 1.0, 0.04, 1.5  # the defaults of a pair; exposure 1, distinguishability and terrain 0
DETENTE_ENDS = 0.23489954428  # ambition of both alike


def limit_from_zero(kept: Factors, balance: float, grievance: Pair, ambition: Pair) -> np.ndarray:
    """Arms of both nations after a hundred thousand years from none, with the factors that are not kept switched off."""
    k = K if "fear" in kept else 0.0
    g = np.array(grievance) if "grievance" in kept else np.zeros(2)
    mu = np.array(ambition) if "ambition" in kept else np.zeros(2)

    def rates(_: float, x: np.ndarray) -> np.ndarray:
        rival = x[::-1]
        fear = exp(balance) * rival
        alarm = fear**2 / (H**2 + fear**2)
        return np.asarray(k * fear * (1 + PHI * alarm) - A * x * (1 + Q * x) + g + mu * (C * rival - x))

    run = solve_ivp(rates, (0.0, 1e5), [0.0, 0.0], method="LSODA", rtol=1e-10, atol=1e-12)
    assert np.abs(rates(0.0, run.y[:, -1])).max() < 1e-7
    return np.asarray(run.y[:, -1])


def ends(balance: float, grievance: Pair, ambition: Pair) -> dict[Factors, np.ndarray]:
    """Those limits for every set of factors."""
    sets = [kept for size in range(4) for kept in combinations(FACTORS, size)]
    return {kept: limit_from_zero(kept, balance, grievance, ambition) for kept in sets}


def share_of_ambition(limits: Mapping[Factors, np.ndarray]) -> float:
    """Shapley value of ambition in both nations' arms together, as a fraction of all that the factors made."""
    total = 0.0
    for kept, arms in limits.items():
        if "ambition" not in kept:
            weight = factorial(len(kept)) * factorial(2 - len(kept)) / factorial(3)
            total += weight * float((limits[tuple(one for one in FACTORS if one in (*kept, "ambition"))] - arms).sum())
    return total / float((limits[FACTORS] - limits[()]).sum())


def alarms(limits: Mapping[Factors, np.ndarray], kept: Factors, balance: float) -> list[float]:
    """Each nation's fear over its threshold."""
    return [float(exp(balance) * rival / H) for rival in limits[kept][::-1]]


CASES: dict[str, tuple[float, Pair, Pair]] = {  # balance, grievance and ambition of each: one case on either side of each border
    "alarmed without ambition": (-0.6, (8.0, 0.5), (0.0, 1.0)),
    "calm without ambition, of small share": (-0.8, (8.0, 0.5), (1.0, 1.0)),
    "calm without ambition, of large share": (0.0, (0.5, 0.5), (1.0, 0.0)),
    "beyond the fold of ambition": (0.0, (0.5, 0.5), (DETENTE_ENDS + 1e-5, DETENTE_ENDS + 1e-5)),
}


def by_definition(limits: Mapping[Factors, np.ndarray], balance: float) -> str:
    """Aggressor or deadlock where ambition decides who is alarmed from zero; nothing is said of the rest."""
    with_it, without = (np.array(alarms(limits, kept, balance)) >= 1.0 for kept in (FACTORS, ("fear", "grievance")))
    assert (with_it != without).any()
    return "aggressor" if not without.any() and share_of_ambition(limits) > 0.25 else "deadlock"


@pytest.mark.parametrize(("name", "verdict"), [*zip(CASES, ("deadlock", "deadlock", "aggressor", "aggressor"), strict=True)])
def test_where_ambition_decides_the_verdict_is_that_of_the_definition(name: str, verdict: str) -> None:
    balance, grievance, ambition = CASES[name]
    found = diagnose(at(balance, grievance, ambition))
    assert found.verdict == by_definition(ends(balance, grievance, ambition), balance) == verdict


def test_deadlock_by_fear_that_needs_no_ambition_has_its_border_at_the_threshold() -> None:
    balance, grievance, ambition = CASES["alarmed without ambition"]
    border = diagnose(at(balance, grievance, ambition)).border
    calmest = max(alarms(ends(balance, grievance, ambition), ("fear", "grievance"), balance))
    assert (border.border, calmest > 1.0) == (1.0, True)
    assert border.value == pytest.approx(calmest, rel=1e-9)
    assert border.distance == pytest.approx(0.0584616256, abs=1e-9)


def test_deadlock_by_a_small_share_has_its_border_at_a_quarter() -> None:
    balance, grievance, ambition = CASES["calm without ambition, of small share"]
    border = diagnose(at(balance, grievance, ambition)).border
    assert border.border == 0.25
    assert border.value == pytest.approx(share_of_ambition(ends(balance, grievance, ambition)), rel=1e-9)
    assert border.value == pytest.approx(0.2199589287, abs=1e-9)


@pytest.mark.parametrize(("grievance", "verdict"), [((8.0, 0.5), "deadlock"), ((7.0, 0.5), "aggressor")])
def test_deadlock_gives_way_to_an_aggressor_where_ambition_makes_more_than_a_quarter(grievance: Pair, verdict: str) -> None:
    found = diagnose(at(-0.8, grievance, (1.2, 1.2)))
    share = share_of_ambition(ends(-0.8, grievance, (1.2, 1.2)))
    assert (found.verdict, share > 0.25) == (verdict, verdict == "aggressor")
    assert found.border.value == pytest.approx(share, rel=1e-9)


def at(balance: float, grievance: Pair, ambition: Pair) -> Model:
    """The pair with those numbers."""
    (g, h), (mu, nu) = grievance, ambition
    return security_dilemma(balance=balance, grievance_x=g, grievance_y=h, ambition_x=mu, ambition_y=nu)
