"""A study that is killed at random moments ends as one that is not, to the bit, and no block is computed twice."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from richardson.study.store.journal import JOURNAL
from richardson.study.store.opened import open_study
from tests.study import killed

pytestmark = [pytest.mark.slow, pytest.mark.extra]
KILLS = 20


@pytest.mark.skipif(sys.platform == "win32", reason="no fork there")
@pytest.mark.parametrize("storage", killed.WRITERS)
def test_a_study_killed_twenty_times_is_bit_identical_to_an_undisturbed_one(storage: str, tmp_path: Path) -> None:
    folder = killed_again_and_again("runs", storage, tmp_path / "study", least=100)
    ended, undisturbed = open_study(folder).to_ensemble(), killed.run()
    for part in ("states", "records", "codes", "stopped_at"):
        assert np.array_equal(getattr(ended, part).view(np.uint8), getattr(undisturbed, part).view(np.uint8)), part
    assert np.array_equal(ended.design.samples, undisturbed.design.samples)


@pytest.mark.skipif(sys.platform == "win32", reason="no fork there")
def test_dynamics_killed_twenty_times_are_bit_identical_to_undisturbed_ones(tmp_path: Path) -> None:
    folder = killed_again_and_again("dynamics", "netcdf", tmp_path / "study", least=50)
    ended, undisturbed = open_study(folder).to_dynamics(), killed.analyse()
    assert set(undisturbed["kinds"].tolist()) == {"stable node", "stable node; unstable node; stable node"}
    for name, column in undisturbed.columns.items():
        assert ended[name].tolist() == column.tolist() if column.dtype.kind == "U" else ended[name].tobytes() == column.tobytes(), name
    assert ended.codes.tobytes() == undisturbed.codes.tobytes()
    assert ended.design.samples.tobytes() == undisturbed.design.samples.tobytes()


def killed_again_and_again(which: str, storage: str, folder: Path, *, least: int) -> Path:
    """The folder of a study that was killed twenty times and then ended, of that many blocks at least; none was lost or repeated."""
    pytest.importorskip(killed.WRITERS[storage], reason="it comes with an extra; .ci/run has it")
    script = subprocess.run(
        [sys.executable, "-m", "tests.study.killed", which, storage, str(folder), "7", str(KILLS)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert script.returncode == 0, script.stderr
    told = json.loads(script.stdout)
    assert told["finished"] == sorted(told["finished"])  # nothing finished is lost
    assert told["finished"][-1] == told["blocks"] > least
    assert len(set(told["finished"][:KILLS])) > KILLS // 4  # it was killed in the midst of its work, not before or after
    lines = [json.loads(line) for line in (folder / JOURNAL).read_text().splitlines()]
    assert set(Counter(line["block"] for line in lines if "block" in line).values()) == {1}  # and nothing is repeated
    return folder
