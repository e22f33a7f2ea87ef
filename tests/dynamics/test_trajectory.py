"""A run as a value: read by name, evaluated between times, cut, pickled, put in tables."""

import pickle
import sys

import numpy as np
import pytest

from richardson.dynamics.arguments import METHODS
from richardson.dynamics.dense import DenseOutput, Recorder, joined
from richardson.dynamics.integrate import integrate
from richardson.dynamics.march import SOLVERS
from richardson.dynamics.trajectory import Trajectory
from richardson.errors import InvalidInputError, MissingExtraError, UnknownNameError
from richardson.symbolic.model import Model

PREY = Model.from_equations(
    {"x": "a*x - b*x*y", "y": "b*x*y - c*y"}, {"a": 1.5, "b": 1, "c": 3}, units={"x": "animals"}, meanings={"x": "prey"}, name="prey"
)
RUN = integrate(PREY, [1, 1], [0, 1, 2, 5], events="x - y")


@pytest.mark.parametrize("method", SOLVERS)
def test_our_polynomials_are_scipys(method):
    """Up to the straight line that makes ours continuous where scipy's jump by the local error."""
    kind, form, takes_jacobian = SOLVERS[method]
    options = {"jac": lambda t, y: np.array([[1.5 - y[1], -y[0]], [y[1], y[0] - 3]])} if takes_jacobian else {}
    solver = kind(
        lambda t, y: np.array([1.5 * y[0] - y[0] * y[1], y[0] * y[1] - 3 * y[1]]), 0, [1.0, 1.0], 10, rtol=1e-6, atol=1e-9, **options
    )
    recorder, scipys = Recorder(form, 1000, 0.0, solver.y), []
    while solver.status == "running":
        solver.step()
        recorder.add(solver)
        scipys.append(solver.dense_output())
    dense, times, states = recorder.dense(), recorder.dense().breakpoints, recorder.states
    for index, scipys_own in enumerate(scipys):
        left, right = times[index : index + 2]
        points = np.linspace(left, right, 9)
        line = (states[index] - scipys_own(left)) * ((right - points) / (right - left))[:, None]
        assert dense.within(np.array([index]), points[None, :])[0] == pytest.approx(scipys_own(points).T + line, rel=1e-12, abs=1e-12)
        assert np.abs(line).max() < 1e-4  # the correction is of the order of the tolerance, not of the solution


@pytest.mark.parametrize("method", METHODS)
def test_a_run_is_continuous_and_passes_through_its_steps(method):
    dense = integrate(PREY, [1, 1], [0, 5], method=method).dense
    left = dense.coefficients[:, ::2].sum(axis=1) - dense.coefficients[:, 1::2].sum(axis=1)
    assert left[1:] == pytest.approx(dense.coefficients.sum(axis=1)[:-1], rel=1e-13)
    assert (np.diff(dense.breakpoints) > 0).all()


def test_states_are_read_by_name_and_between_the_times():
    assert (RUN["y"] == RUN.states[:, 1]).all()
    assert RUN.at(2.0).shape == (2,) and RUN.at([2.0]).shape == (1, 2) and RUN.at([]).shape == (0, 2)
    assert RUN.at(RUN.times) == pytest.approx(RUN.states, rel=1e-14)
    with pytest.raises(UnknownNameError, match="no state 'z'"):
        RUN["z"]


@pytest.mark.parametrize("times", [-0.1, 5.1, [1, 6], float("nan"), [[1, 2], [3, 4]], "soon"])
def test_times_outside_the_run_are_refused(times):
    with pytest.raises(InvalidInputError, match=r"from t = 0 to 5|must be numbers"):
        RUN.at(times)


def test_cutting_a_run_changes_nothing_before_the_cut():
    short = RUN.dense.until(1.2345)
    times = np.linspace(0, 1.2345, 77)
    assert short.breakpoints[-1] == 1.2345
    assert short(times) == pytest.approx(RUN.dense(times), rel=1e-13)


def test_a_run_built_from_its_arrays_is_the_same_run():
    dense = DenseOutput(RUN.dense.breakpoints.copy(), RUN.dense.coefficients.copy())
    again = Trajectory(RUN.times, RUN.states, RUN.crossings, RUN.outcome, RUN.stopped_at, dense, RUN.model, RUN.provenance)
    assert (again.at(np.linspace(0, 5, 50)) == RUN.at(np.linspace(0, 5, 50))).all()


def test_joining_drops_only_degrees_that_no_step_uses():
    wide = np.zeros((3, 13, 2))
    wide[1, 4, 1] = 1.0
    assert joined([DenseOutput(np.arange(4.0), wide)]).coefficients.shape == (3, 5, 2)


def test_a_run_survives_pickling():
    again = pickle.loads(pickle.dumps(RUN))
    assert (again.states == RUN.states).all() and (again.at([0.5, 3.3]) == RUN.at([0.5, 3.3])).all()
    assert again.crossings[0].time == RUN.crossings[0].time and again.outcome is RUN.outcome
    assert again.provenance == RUN.provenance and again.model == RUN.model


def test_a_run_says_what_it_is_in_one_line():
    assert repr(RUN) == f"Trajectory(prey, t = 0 … 5, 4 times, REACHED_END, {len(RUN.crossings)} crossings)"
    assert len(RUN) == 4


def test_a_table_has_a_column_for_time_and_each_state():
    table = RUN.to_table()
    assert list(table) == ["t", "x", "y"] and (table["x"] == RUN["x"]).all()


@pytest.mark.extra
def test_a_dataset_carries_meanings_and_units():
    pytest.importorskip("xarray")
    dataset = RUN.to_xarray()
    assert dataset["x"].attrs == {"long_name": "prey", "units": "animals"}
    assert dataset["x"].dims == ("t",) and (dataset["x"].values == RUN["x"]).all()
    assert dataset.attrs["outcome"] == "REACHED_END"


def test_a_dataset_without_xarray_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(MissingExtraError, match=r"richardson\[data\]"):
        RUN.to_xarray()


def test_the_settings_of_a_run_are_recorded():
    settings = dict(RUN.provenance.settings)
    assert settings["method"] == "LSODA" and settings["relative"] == 1e-8 and settings["events"] == ("x - y",)
