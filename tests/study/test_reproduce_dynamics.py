"""One row of an analysis: read and analysed again without the others, its shares by the random stream of its number."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import richardson as rn
from richardson.errors import ComputationError, DataError, InvalidInputError
from richardson.study.dataset import OUTCOMES
from richardson.study.dynamics_layout import TRUTHS
from richardson.study.dynamics_measures import AT_REST, DISTANCE, EQUILIBRIA, SETTLING, SHARES
from tests.study.made_dynamics import made_dynamics, made_folder, made_plan
from tests.study.recorded import dynamics_by_hand
from tests.study.stores import block_file

BEAD = rn.Model.from_equations({"x": "m + x - x**3"}, {"m": 0}, name="bead")
TILTS = rn.Design.from_table({"m": [0.31, 0.31, -0.3, 0.1, 0.31, 0.6, 0.3], "x": [1.0, 1.0, -1.0, 0.5, 1.0, -1.0, -1.0]})
MEASURE = (*AT_REST, *SETTLING, *DISTANCE, *EQUILIBRIA, *SHARES)
ASKED: dict[str, Any] = {"measure": MEASURE, "parameters": "m", "parameter_scales": {"m": 0.5}, "half_width": 0.1}
NO_MEMBER = [-1, 8, 1.5, None, True, "3", np.nan, [1]]


def plan(**options: Any) -> rn.DynamicsPlan:
    """A bead in two wells, in some of which it is the same."""
    return rn.DynamicsPlan(BEAD, TILTS, rn.Window(x=(-2, 2)), **{**ASKED, "rng": 3, **options})


@pytest.fixture(scope="module")
def found() -> rn.DynamicsStudy:
    return rn.run_study(plan())


def row(study: rn.DynamicsStudy, member: int) -> dict[str, Any]:
    """All that a member gave, and what it was, so that equal ones have the same bits."""
    columns = {name: study[name][member] for name in (*study.columns, *study.design.names)}
    bits = {name: str(value) if isinstance(value, str) else value.tobytes() for name, value in columns.items()}
    return {**bits, "code": int(study.codes[member])}


def needs(storage: str) -> None:
    pytest.importorskip("h5netcdf")
    pytest.importorskip("zarr" if storage == "zarr" else "h5netcdf")


@pytest.mark.slow
def test_every_row_comes_out_again_to_the_bit_from_whatever_holds_it(found: rn.DynamicsStudy, tmp_path: Path) -> None:
    rn.save(found, tmp_path / "found.rn")
    assert len({found["share_reached"][member] for member in (0, 1, 4)}) == 3  # alike but in their streams
    for source in (found, rn.load(tmp_path / "found.rn"), plan()):
        for member in range(len(TILTS)):
            again = rn.reproduce(source, member)
            assert (len(again), again.measures, again.window) == (1, found.measures, found.window)
            assert row(again, 0) == row(found, member)


@pytest.mark.slow
def test_a_row_that_was_analysed_again_keeps_its_stream(found: rn.DynamicsStudy) -> None:
    assert row(rn.reproduce(rn.reproduce(found, 4), 0), 0) == row(found, 4)


@pytest.mark.slow
def test_streams_of_a_generator_in_use_come_out_again_and_it_draws_no_more() -> None:
    used = np.random.default_rng(1)
    used.integers(10)
    asked = plan(rng=used)
    whole, state = rn.run_study(asked), used.bit_generator.state
    assert row(rn.reproduce(whole, 4), 0) == row(rn.reproduce(asked, 4), 0) == row(whole, 4)
    assert used.bit_generator.state == state


@pytest.mark.extra
@pytest.mark.slow
@pytest.mark.parametrize("storage", ["netcdf", "zarr"])
def test_rows_of_an_analysis_under_way_come_out_again_to_the_bit(storage: str, found: rn.DynamicsStudy, tmp_path: Path) -> None:
    needs(storage)
    part = rn.open_study(made_folder(plan(), tmp_path / "study", blocks=[2, 0], storage=storage, study=found))
    for member in (0, 1, 2, 6):
        assert row(part.row(member), 0) == row(rn.reproduce(part, member), 0) == row(found, member)
    assert row(rn.reproduce(part.row(1), 0), 0) == row(found, 1)
    with pytest.raises(InvalidInputError, match="Member 4 is not there yet: finish block 1 of .* with resume=True"):
        rn.reproduce(part, 4)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*MEASURE, "equilibrium x", "outcome"])
def test_what_is_false_in_a_row_is_named(name: str, found: rn.DynamicsStudy) -> None:
    false = falsified(found, name, 4)
    with pytest.raises(ComputationError, match=rf"Member 4 does not come out as it stands: its {name} \([^()]* here\) differ\. .*numba"):
        rn.reproduce(false, 4)
    assert row(rn.reproduce(false, 3), 0) == row(found, 3)


@pytest.mark.extra
@pytest.mark.slow
@pytest.mark.parametrize("storage", ["netcdf", "zarr"])
def test_all_that_is_false_in_a_stored_row_is_named(storage: str, found: rn.DynamicsStudy, tmp_path: Path) -> None:
    needs(storage)
    false = falsified(falsified(found, "attractors", 4), "share_reached", 4)
    opened = rn.open_study(made_folder(plan(), tmp_path / "study", storage=storage, study=false))
    with pytest.raises(
        ComputationError, match=r"Member 4 .*: its attractors \('saddle' there, .* here\), share_reached \(.* here\) differ\."
    ):
        rn.reproduce(opened, 4)
    assert row(rn.reproduce(opened, 3), 0) == row(found, 3)


def falsified(found: rn.DynamicsStudy, name: str, member: int) -> rn.DynamicsStudy:
    """An analysis of which one measure of a member is another, a number by its last bit."""
    if name == "outcome":
        codes = found.codes.copy()
        codes[member] = OUTCOMES.index(rn.Outcome.ESCAPED)
        return replace(found, codes=codes)
    column = found[name]
    if column.dtype.kind == "U":
        column = column.astype("<U60")
        column[member] = "saddle"
    else:
        column[member] = not column[member] if name in TRUTHS else np.nextafter(column[member], 9.0)
    return replace(found, columns={**found.columns, name: column})


@pytest.mark.slow
def test_a_member_that_never_ran_is_analysed_and_compared_with_nothing(found: rn.DynamicsStudy) -> None:
    false = falsified(found, "share_reached", 3)
    never = replace(false, codes=np.full_like(found.codes, OUTCOMES.index(rn.Outcome.INTERRUPTED)))
    assert row(rn.reproduce(never, 3), 0) == row(found, 3)


@pytest.mark.slow
def test_members_that_come_to_no_rest_or_are_not_analysed_come_out_again() -> None:
    ridge = rn.Model.from_equations({"x": "a*(y - x)", "y": "b*(x - y)"}, {"a": 1.0, "b": 1.0}, name="ridge")
    design = rn.Design.from_table({"a": [1.0, 1.0], "b": [1.0, -2.0]})
    window, start = rn.Window(x=(0, 1), y=(0, 1)), {"x": 1.0, "y": 0.5}
    whole = rn.run_dynamics(ridge, design, window, start, measure=("kind", "count"), horizon=10.0, bound=np.inf)
    assert whole.outcomes[0] is rn.Outcome.NOT_ANALYSED
    assert np.isnan(whole["equilibrium x"][1])
    assert [row(rn.reproduce(whole, member), 0) for member in (0, 1)] == [row(whole, member) for member in (0, 1)]


@pytest.mark.extra
@pytest.mark.parametrize("storage", ["netcdf", "zarr"])
def test_a_row_is_that_of_the_whole_analysis(storage: str, tmp_path: Path) -> None:
    needs(storage)
    asked = made_plan()
    opened, whole = rn.open_study(made_folder(asked, tmp_path / "study", storage=storage)), made_dynamics(asked)
    settings = dict(opened.to_dynamics().provenance.settings)
    for member in range(len(asked)):
        one = opened.row(member)
        assert isinstance(one, rn.DynamicsStudy)
        assert (one.measures, one.window, one.model) == (whole.measures, whole.window, whole.model)
        assert row(one, 0) == row(whole, member)
        assert dict(one.provenance.settings) == {**settings, "first_member": member}


@pytest.mark.extra
def test_no_other_block_of_an_analysis_is_read(tmp_path: Path) -> None:
    needs("netcdf")
    folder = made_folder(made_plan(), tmp_path / "study")
    opened = rn.open_study(folder)
    for index in (0, 2):
        block_file(folder, index).unlink()
    assert opened.row(4).design.samples.tolist() == [made_plan().design.samples[4].tolist()]
    with pytest.raises(DataError, match="is missing. Run the study again with resume=True"):
        opened.row(7)


@pytest.mark.extra
@pytest.mark.parametrize("member", NO_MEMBER)
def test_a_stored_analysis_has_no_other_row(member: Any, tmp_path: Path) -> None:
    needs("netcdf")
    with pytest.raises(InvalidInputError, match="There is no member .* from 0 to 7"):
        rn.reproduce(rn.open_study(made_folder(made_plan(), tmp_path / "study")), member)


@pytest.mark.parametrize("member", NO_MEMBER)
def test_a_plan_has_no_other_member(member: Any) -> None:
    with pytest.raises(InvalidInputError, match="There is no member .* from 0 to 6"):
        rn.reproduce(plan(), member)


@pytest.mark.parametrize("found", [dynamics_by_hand, lambda: made_dynamics(made_plan())], ids=["nothing", "verb"])
def test_an_analysis_that_does_not_say_how_it_was_made_is_refused(found: Any) -> None:
    with pytest.raises(InvalidInputError, match="does not say how it was made. Give what run_ensemble or run_dynamics returned"):
        rn.reproduce(found(), 0)
