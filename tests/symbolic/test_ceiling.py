"""States bounded from above by a parameter: the bound moves with it, and only as a whole model."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from richardson.continuation.follow import continue_equilibrium
from richardson.errors import InvalidInputError
from richardson.estimation.affine import shorten
from richardson.files import load, save
from richardson.landscape.stability_map import stability_map
from richardson.models import carrying_capacity
from richardson.study.binding import bind
from richardson.study.design import Design

RACE = carrying_capacity(ceiling_x=4, ceiling_y=6)


def test_the_bound_is_what_the_parameter_is() -> None:
    assert [state.upper for state in RACE.states] == [4, 6]
    assert [state.upper for state in RACE.with_values(ceiling=3).states] == [3, 3]
    assert [state.upper for state in RACE.with_term("x", "-tax*x", {"tax": 0.1}).with_values(ceiling_y=2).states] == [4, 2]


def test_the_bound_survives_pickling_and_saving(tmp_path: Path) -> None:
    save(RACE, tmp_path / "race.rn")
    for back in (load(tmp_path / "race.rn"), pickle.loads(pickle.dumps(RACE))):
        assert back == RACE
        assert [state.upper for state in back.with_values(ceiling_x=5).states] == [5, 6]


@pytest.mark.parametrize(
    "moving",
    [
        lambda: continue_equilibrium(RACE, np.array([1.0, 1.0]), "ceiling_x", (1, 5)),
        lambda: bind(RACE, Design.grid({"ceiling": [1, 2]}), {"x": 0, "y": 0}),
        lambda: stability_map(RACE, {"ceiling_y": [1.0, 2.0], "defence": [0.1, 0.2]}),
        lambda: RACE.with_drive(ceiling_x="4 + t"),
        lambda: RACE.resolve("ceiling"),
    ],
)
def test_what_moves_parameters_within_fixed_bounds_refuses_to_move_a_bound(moving: Any) -> None:
    with pytest.raises(InvalidInputError, match=r"upper bound of the state .*with_values\(ceiling_"):
        moving()


def test_other_parameters_of_such_a_model_move_as_ever() -> None:
    assert RACE.resolve("defence") == ("defence_x", "defence_y")
    assert len(bind(RACE, Design.grid({"defence": [0.1, 0.2]}), {"x": 0, "y": 0})) == 2
    assert shorten(RACE, RACE.parameter_names) == ["defence", "fatigue", "grievance", "ceiling"]
