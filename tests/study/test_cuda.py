"""The engine "cuda": its refusals everywhere; its results where a card is found, or under numba's simulator (NUMBA_ENABLE_CUDASIM=1)."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import richardson as rn
from richardson.compiled.kernels.lookout import REACHED_END
from richardson.compiled.lanes import Members
from richardson.errors import ComputationError, InvalidInputError, MissingDeviceError, MissingExtraError
from richardson.models import linear, nations, security_dilemma
from richardson.outcome import Outcome
from richardson.study import card
from richardson.study.design import Design
from richardson.study.ensemble import Ensemble
from richardson.study.run import run_ensemble
from richardson.symbolic.model import Model


def has_card() -> bool:
    if find_spec("numba_cuda") is None:
        return False
    from numba import cuda

    return bool(cuda.is_available())


needs_card = pytest.mark.skipif(not has_card(), reason="no graphics card, or no numba-cuda")
METHODS = ("Tsit5", "DOP853", "Rodas5P")
TOLERANCES = {"relative": 1e-8, "absolute": 1e-10}
SAME = 1e-6  # a hundred tolerances: what rounding makes of a step's length may differ, and near a saddle errors grow
TIMES = np.linspace(0, 12, 5)
DESIGN = Design.latin_hypercube({"x": (0, 5), "y": (0, 5), "balance": (-1, 1)}, size=40, rng=1)
STARTS = Design.from_table({"x": np.linspace(0.5, 3, 20), "y": np.linspace(0, 4, 20)[::-1]})


def on_card(model: Model, design: Design, times: Any, **options: Any) -> Ensemble:
    return run_ensemble(model, design, None, times, engine="cuda", audit=0, **{**TOLERANCES, **options})


@pytest.mark.parametrize(
    ("model", "options", "why"),
    [
        (linear(), {"settle": True}, "is to settle"),
        (linear(), {"record": "x + y"}, "recorded on the way"),
        (linear().with_drive(defence_x="0.5 + 0.01*t"), {}, "is driven"),
        (nations(5), {}, "has 5 states"),
    ],
)
def test_what_the_card_cannot_do_is_refused_and_the_other_engine_named(model: Model, options: dict[str, Any], why: str) -> None:
    design = Design.from_table({name: np.ones(2) for name in model.state_names})
    with pytest.raises(InvalidInputError, match=f"{why}.*engine='local'"):
        run_ensemble(model, design, None, 1.0, engine="cuda", **options)


def test_without_numba_cuda_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba_cuda", None)
    with pytest.raises(MissingExtraError, match=r"numba_cuda.*pip install 'richardson\[cuda\]'"):
        on_card(linear(), STARTS, 1.0)


def test_without_a_card_that_is_said_and_nothing_runs_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba_cuda", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "numba.cuda", SimpleNamespace(is_available=lambda: False))
    with pytest.raises(MissingDeviceError, match='does not find all three here.*engine="local"'):
        on_card(linear(), STARTS, 1.0)


def test_a_numba_cuda_that_fails_when_it_is_imported_is_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(module: str, extra: str) -> None:
        if module == "numba.cuda":
            raise AttributeError("module 'numpy' has no attribute 'row_stack'")

    monkeypatch.setattr(card.card.extras, "require", fail)
    with pytest.raises(ComputationError, match='AttributeError.*row_stack.*engine="local"'):
        on_card(linear(), STARTS, 1.0)


def test_blocks_cover_all_members_once_and_fit_the_memory() -> None:
    samples = np.zeros((1000, 3))
    found = card.blocks(samples, (10, 2), 2 * 8 * 28 * 64)
    assert [member for rows in found for member in range(rows.start, rows.stop)] == list(range(1000))
    assert max(rows.stop - rows.start for rows in found) == 64


def test_a_member_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="Keep fewer times"):
        card.blocks(np.zeros((1000, 3)), (10, 2), 100)


class _Room:
    """An array on a card that is none; it counts how many blocks are there."""

    alive = 0

    def __init__(self, values: np.ndarray[Any, Any]) -> None:
        self.values = values
        _Room.alive += 1

    def __del__(self) -> None:
        _Room.alive -= 1


class _Column:
    """What comes out of members on it."""

    def __init__(self, value: float) -> None:
        self._value = value

    def copy_to_host(self, here: np.ndarray[Any, Any]) -> None:
        here[...] = self._value


class _Card:
    """A card that is none: it ends every run at once, or fails."""

    def __init__(self, *, fails: bool) -> None:
        self._fails, self.most = fails, 0

    def load(self, samples: Any, states: tuple[int, int]) -> tuple[_Room, Members]:
        room = _Room(samples)
        self.most = max(self.most, _Room.alive)
        columns = {
            name: _Column(value) for name, value in {"states": 7.0, "records": 0.0, "codes": 0.0, "stops": 1.0, "counts": 5.0}.items()
        }
        return room, Members(**columns)  # type: ignore[arg-type]  # no arrays

    def run(self, samples: Any, into: Members) -> None:
        if self._fails:
            raise OSError("out of memory")


def run_on_no_card(monkeypatch: pytest.MonkeyPatch, *, fails: bool = False) -> tuple[_Card, Members]:
    """Thirty members in blocks of ten on a `_Card`."""
    there = _Card(fails=fails)
    monkeypatch.setattr(card, "LARGEST_BLOCK", 10)
    monkeypatch.setattr(card.card, "Card", lambda task, module: there)
    monkeypatch.setattr(card.card, "free_memory", lambda: 2**30)
    task: Any = SimpleNamespace(scheme="Tsit5", kinds=np.zeros(0, dtype=np.int64), settings=np.zeros(9))
    field: Any = SimpleNamespace(lane_module=lambda lanes, with_slopes: None)
    return there, card.run_on_card(field, task, np.zeros((30, 2)), states=(1, 2))


def test_only_one_block_is_on_the_card_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    there, found = run_on_no_card(monkeypatch)
    assert there.most == 1
    assert (found.states == 7.0).all()
    assert (found.codes == REACHED_END).all()


def test_what_fails_on_a_card_is_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ComputationError, match='could not do its work: OSError: out of memory.*engine="local"'):
        run_on_no_card(monkeypatch, fails=True)


@needs_card
@pytest.mark.extra
@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fear", ["instant", "state"])
def test_a_card_agrees_with_the_threads_within_the_tolerances(method: str, fear: str) -> None:
    model = security_dilemma(fear=fear)
    design = DESIGN if fear == "instant" else Design.from_table({**DESIGN.to_table(), "fear_x": DESIGN["y"], "fear_y": DESIGN["x"]})
    local = run_ensemble(model, design, None, TIMES, method=method, audit=0, **TOLERANCES)
    found = on_card(model, design, TIMES, method=method)
    assert (found.codes == local.codes).all()
    np.testing.assert_allclose(found.states, local.states, rtol=SAME, atol=SAME)


@needs_card
@pytest.mark.extra
@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_a_card_gives_the_closed_form_of_a_linear_race(method: str) -> None:
    race = linear(defence_x=0.5, defence_y=0.5, fatigue_x=1.0, fatigue_y=1.0, grievance_x=0.0, grievance_y=0.0)
    found = on_card(race, STARTS, TIMES, method=method)
    total, difference = STARTS["x"] + STARTS["y"], STARTS["x"] - STARTS["y"]
    slow, fast = np.exp(-0.5 * TIMES), np.exp(-1.5 * TIMES)
    np.testing.assert_allclose(found["x"], 0.5 * (total[:, None] * slow + difference[:, None] * fast), rtol=0, atol=1e-7)


@needs_card
@pytest.mark.extra
@pytest.mark.slow
@pytest.mark.parametrize(
    ("equation", "options", "outcome"),
    [
        ("x", {"bound": 50.0}, Outcome.ESCAPED),
        ("-1", {}, Outcome.LEFT_DOMAIN),
        ("cos(40*t)*x", {"step_limit": 20}, Outcome.STEP_LIMIT),
        ("x**2", {"bound": np.inf}, Outcome.STEP_TOO_SMALL),
        ("log(2 - t)", {}, Outcome.NOT_FINITE),
    ],
)
def test_every_outcome_is_that_of_the_threads(equation: str, options: dict[str, Any], outcome: Outcome) -> None:
    model = rn.Model.from_equations({"x": equation, "y": "0"}, parameters={}, lower={"x": 0}, name="own")
    design = Design.from_table({"x": np.linspace(1, 3, 20), "y": np.zeros(20)})
    for times in (TIMES, 12.0):
        local = run_ensemble(model, design, None, times, audit=0, **TOLERANCES, **options)
        found = on_card(model, design, times, **options)
        assert set(local.outcomes) == {outcome}
        assert (found.codes == local.codes).all()
        np.testing.assert_allclose(found.stopped_at, local.stopped_at, rtol=SAME)
        np.testing.assert_allclose(found.states, local.states, rtol=1e-3 if outcome is Outcome.STEP_TOO_SMALL else SAME, atol=SAME)


@needs_card
@pytest.mark.extra
@pytest.mark.slow
def test_a_card_gives_the_same_bits_again_and_in_blocks_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = on_card(security_dilemma(), DESIGN, TIMES)
    again = on_card(security_dilemma(), DESIGN, TIMES)
    monkeypatch.setattr(card, "LARGEST_BLOCK", 7)
    parted = on_card(security_dilemma(), DESIGN, TIMES)
    assert whole.states.tobytes() == again.states.tobytes() == parted.states.tobytes()


@needs_card
@pytest.mark.extra
@pytest.mark.slow
def test_the_audit_runs_members_of_a_card_again_on_the_threads() -> None:
    found = run_ensemble(security_dilemma(), DESIGN, None, TIMES, engine="cuda", audit=4, rng=1, **TOLERANCES)
    assert found.audit is not None
    assert found.audit.disagreements == 0
    assert found.audit.error < SAME
    assert "numba-cuda" in str(dict(found.provenance.settings)["device"])
