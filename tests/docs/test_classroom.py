"""The classroom's cells run from top to bottom, and give what its solutions say."""

import ast
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "tutorials" / "classroom.md").read_text(encoding="utf-8")
CELLS = re.findall(r"^```\{code-cell\} python\n(?:---\n.*?^---\n)?(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SOLUTIONS = re.findall(r"<details>\n<summary>Solution</summary>\n\n(.*?)\n\n</details>", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def classroom() -> dict[str, Any]:
    """What is known after the last cell."""
    names: dict[str, Any] = {}
    for cell in CELLS:
        exec(compile(cell, "classroom.md", "exec"), names)
    return names


def test_every_exercise_has_a_folded_solution() -> None:
    exercises = re.findall(r"^## (\d+)\. ", PAGE, re.MULTILINE)
    assert exercises == [str(place) for place in range(1, 9)]
    assert len(SOLUTIONS) == PAGE.count("**Question.**") == len(exercises)


def test_every_cell_is_python() -> None:
    assert len(CELLS) > 15
    assert all(ast.parse(cell).body for cell in CELLS)


@pytest.mark.slow  # compiles what a whole seminar uses
def test_the_solutions_hold(classroom: dict[str, Any]) -> None:
    known = classroom
    assert known["numbers"] == {k: pytest.approx(k) for k in (0.5, 0.9, 0.99, 1.01, 1.5)}
    np.testing.assert_allclose(known["rest"].state, known["by_hand"], rtol=1e-9)
    assert known["crowd"] == {2: True, 3: True, 4: True, 5: False, 6: False}
    assert known["border"] == pytest.approx(known["saddle"]["x"], abs=1e-4)
    assert known["folds"] == pytest.approx([-0.150475309989545, 0.109752115988938], rel=1e-8)
    assert known["verdicts"] == {"fearful": "dilemma", "greedy": "aggressor"}
    assert known["made_by"] == {"fear": 0.33, "grievance": 0.35, "ambition": 0.32}
    assert known["kept_by"]["fear"] == 0.87
    assert 0.8925 < known["onset"] < 0.9  # the doublings of the logistic map end at r = 3.5699 = 4 · 0.89249
    assert known["rate"].value == pytest.approx(0.056, abs=5e-4)
    assert known["fit"].headline.name == "max_real_eigenvalue"
