"""The equilibrium that Newton's method reaches from a given state."""

import numpy as np
import pytest

from richardson import errors
from richardson.models import linear, security_dilemma
from richardson.stability.equilibria import equilibria
from richardson.stability.near import equilibrium_near
from richardson.stability.window import Window
from richardson.symbolic.model import Model


@pytest.mark.parametrize(("start", "arms", "kind"), [(0.0, 0.973883964480013, "stable node"), (20.0, 19.252707940545456, "stable node")])
def test_from_zero_arms_newton_reaches_detente_and_from_many_the_cold_war(start: float, arms: float, kind: str) -> None:
    """The numbers of MODELS, section 2."""
    one = equilibrium_near(security_dilemma(), {"x": start, "y": start})
    np.testing.assert_allclose(one.state, arms, rtol=1e-13)
    assert (one.kind, one.certificate) == (kind, None)
    assert one.residual < 1e-13


def test_it_is_the_one_that_a_proof_finds() -> None:
    race = linear(defence=0.3, fatigue=0.8)
    one, proved = equilibrium_near(race, [3.0, 7.0]), equilibria(race, Window(x=(0, 9), y=(0, 9)))[0]
    np.testing.assert_allclose(one.state, proved.state, rtol=1e-14)
    assert (one.kind, one.spiral_number) == (proved.kind, proved.spiral_number)


def test_a_fixed_point_of_a_map_is_found_at_the_closed_form() -> None:
    """x = r x (1 − x) rests at 1 − 1/r."""
    logistic = Model.from_equations({"x": "r*x*(1 - x)"}, {"r": 2.5}, kind="map")
    one = equilibrium_near(logistic, [0.5])
    assert one["x"] == pytest.approx(0.6, rel=1e-15)
    assert one.is_stable


@pytest.mark.parametrize(
    ("equations", "start", "refusal", "words"),
    [
        ({"x": "1 + x**2"}, [1.0], errors.ComputationError, "comes to no equilibrium"),
        ({"x": "1"}, [1.0], errors.ComputationError, "comes to no equilibrium"),
        ({"x": "-2 - x"}, [1.0], errors.ComputationError, "outside of the bounds"),
        ({"x": "t - x"}, [1.0], errors.NotAutonomousError, "time"),
        ({"x": "1 - x"}, [1.0, 2.0], errors.InvalidInputError, "one number for each"),
        ({"x": "1 - x"}, {"z": 1.0}, errors.UnknownNameError, "z"),
        ({"x": "1 - x"}, [-1.0], errors.OutOfBoundsError, "x"),
    ],
)
def test_what_leads_nowhere_is_refused(equations: dict[str, str], start: object, refusal: type[Exception], words: str) -> None:
    model = Model.from_equations(equations, lower={"x": 0})
    with pytest.raises(refusal, match=words):
        equilibrium_near(model, start)  # type: ignore[arg-type]
