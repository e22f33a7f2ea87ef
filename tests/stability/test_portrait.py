import pickle

import numpy as np
import pytest

from richardson.errors import InvalidInputError, NotAutonomousError
from richardson.models.security_dilemma import security_dilemma
from richardson.stability.portrait import ARROWS, phase_portrait
from richardson.stability.window import Window
from richardson.symbolic.model import Model

WINDOW = Window(x=(0, 60), y=(0, 60))


def test_a_portrait_gathers_what_the_plane_holds() -> None:
    picture = phase_portrait(security_dilemma(), WINDOW)
    assert [one.kind for one in picture.equilibria] == ["stable node", "saddle", "stable node"]
    assert set(picture.nullclines) == {"x", "y"}
    assert [manifold.kind for manifold in picture.manifolds] == ["stable", "unstable"]
    assert picture.arrows.positions.shape == (ARROWS**2, 2)
    ends = [manifold.path[[0, -1]] for manifold in picture.manifolds][1]
    np.testing.assert_allclose(sorted(ends[:, 0]), [0.973883964480013, 19.252707940545456], atol=60e-6)
    assert len(pickle.loads(pickle.dumps(picture)).equilibria) == 3


def test_arrows_point_where_the_model_moves() -> None:
    turning = Model.from_equations({"x": "-y", "y": "x"})
    arrows = phase_portrait(turning, Window(x=(-1, 1), y=(-1, 1))).arrows
    np.testing.assert_allclose(np.linalg.norm(arrows.directions / 2, axis=1), arrows.speeds > 0, atol=1e-12)
    np.testing.assert_allclose((arrows.directions * arrows.positions).sum(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(arrows.speeds, np.linalg.norm(arrows.positions, axis=1) / 2, atol=1e-12)
    turns = arrows.positions[:, 0] * arrows.directions[:, 1] - arrows.positions[:, 1] * arrows.directions[:, 0]
    assert (turns[arrows.speeds > 0] > 0).all()  # counterclockwise


def test_a_slice_lists_only_what_rests_in_every_state() -> None:
    slow = security_dilemma(fear="state")
    state = 0.973883964480013
    at_rest = phase_portrait(slow, Window(x=(0, 60), y=(0, 60), fear_x=state, fear_y=round(state, 8)))
    np.testing.assert_allclose([one.state for one in at_rest.equilibria], [[state] * 4], rtol=1e-10)
    assert at_rest.manifolds == ()
    elsewhere = phase_portrait(slow, Window(x=(0, 60), y=(0, 60), fear_x=2, fear_y=2))
    assert len(elsewhere.equilibria) == 0
    assert elsewhere.nullclines["x"]


def test_bad_questions_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="Exactly 2 states"):
        phase_portrait(security_dilemma(fear="state"), Window(x=(0, 1), y=(0, 1), fear_x=(0, 1), fear_y=(0, 1)))
    with pytest.raises(NotAutonomousError):
        phase_portrait(Model.from_equations({"x": "t - x", "y": "-y"}), Window(x=(0, 1), y=(0, 1)))
