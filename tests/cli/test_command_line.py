"""The verbs: what they print, what they write, what they refuse and with which exit status."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

import richardson
from richardson.cli import arguments
from richardson.cli.__main__ import main

ROOT = Path(__file__).resolve().parent.parent.parent
HELP_SECONDS = 0.5
HEAVY = {"sympy", "numba", "matplotlib", "scipy", "numpy"}


def run(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def fresh(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "richardson.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, **environment},
    )


def test_the_version_is_that_of_the_library(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"], capsys) == (0, f"richardson {richardson.__version__}\n", "")


def test_help_is_quick_and_loads_nothing_heavy() -> None:
    program = f"import sys; from richardson.cli.__main__ import main; main(['--help']); print(sorted({HEAVY!r} & {{*sys.modules}}))"
    begin = time.perf_counter()
    shown = [subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT).stdout for _ in range(3)]
    assert {text.splitlines()[-1] for text in shown} == {"[]"}
    assert (time.perf_counter() - begin) / len(shown) <= HELP_SECONDS * 3  # a loaded machine; alone it takes a tenth of this


def test_the_package_runs_as_a_module() -> None:
    done = fresh("--version")
    assert (done.returncode, done.stdout) == (0, f"richardson {richardson.__version__}\n")


def test_help_lists_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(["--help"], capsys)
    assert all(f"\n    {verb} " in out for verb in ("demo", "fit", "portrait", "diagram", "map", "basins", "figures", "doctor", "cache"))


REFUSED = {
    "no verb": ([], "required"),
    "unknown verb": (["paint"], "invalid choice"),
    "unknown option": (["doctor", "--loud"], "unrecognized"),
    "unknown state": (["demo", "--rivalry", "Greece", "Turkye"], "Turkey"),
    "rivalry that is not shipped": (["demo", "--rivalry", "Greece", "India"], "not shipped"),
    "one rival": (["demo", "--rivalry", "Greece"], "expected 2"),
    "state against itself": (["fit", "India", "India"], "not shipped"),
    "unknown model to fit": (["fit", "India", "Pakistan", "--model", "liner"], "linear"),
    "model that is not linear": (["fit", "India", "Pakistan", "--model", "security_dilemma"], "not affine"),
    "unknown method": (["fit", "India", "Pakistan", "--method", "guess"], "transition"),
    "negative seed": (["fit", "India", "Pakistan", "--seed", "-1"], "seed"),
    "unknown model": (["portrait", "security_dilema", "--window", "x=0:1", "y=0:1"], "security_dilemma"),
    "no window": (["portrait", "linear"], "--window"),
    "window upside down": (["portrait", "linear", "--window", "x=1:0", "y=0:1"], "x"),
    "window without a state": (["portrait", "linear", "--window", "x=0:1"], "y"),
    "window with an unknown state": (["portrait", "linear", "--window", "x=0:1", "z=0:1"], "z"),
    "unknown parameter": (["portrait", "linear", "--set", "fatige_x=1", "--window", "x=0:1", "y=0:1"], "fatigue_x"),
    "value out of bounds": (["portrait", "security_dilemma", "--set", "fatigue=-1", "--window", "x=0:1", "y=0:1"], "fatigue"),
    "value that is no number": (["portrait", "linear", "--set", "fatigue_x=nan", "--window", "x=0:1", "y=0:1"], "not finite"),
    "picture of an unknown kind": (["portrait", "linear", "--window", "x=0:1", "y=0:1", "--out", "p.doc"], ".pdf"),
    "picture in no folder": (["portrait", "linear", "--window", "x=0:1", "y=0:1", "--out", "absent/p.pdf"], "absent"),
    "diagram over an unknown parameter": (["diagram", "linear", "balanc=0:1", "--window", "x=0:1", "y=0:1"], "balanc"),
    "diagram without an interval": (["diagram", "linear", "defence=1", "--window", "x=0:1", "y=0:1"], "LOW:HIGH"),
    "map over one parameter twice": (["map", "linear", "defence=0:1", "defence=0:1"], "twice"),
    "map of one step": (["map", "linear", "defence=0:1", "fatigue=0:1", "--steps", "1"], "between 2"),
    "basins without a cell": (["basins", "linear", "--window", "x=0:1", "y=0:1", "--cells", "0"], "resolution"),
    "basins over one state": (["basins", "linear", "--window", "x=0:1", "y=0"], "2 states"),
    "no figure scripts": (["figures", "--scripts", "absent"], "no figure scripts"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_refused_in_a_sentence_and_nothing_is_written(
    case: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked, match = REFUSED[case]
    status, out, err = run(asked, capsys)
    assert (status, out) == (2, "")
    assert match in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_a_refusal_is_one_line_that_names_the_program(capsys: pytest.CaptureFixture[str]) -> None:
    _, _, err = run(["fit", "Greece", "Turkye"], capsys)
    assert err.startswith("richardson: ")
    assert len(err.splitlines()) == 1


def test_a_traceback_comes_only_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(richardson.errors.UnknownNameError):
        run(["fit", "Greece", "Turkye", "--traceback"], capsys)


def test_an_unexpected_error_is_a_sentence_with_a_way_to_see_more(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from richardson.cli import doctor

    def break_down(_: object) -> None:
        raise ZeroDivisionError("division\nby zero")

    monkeypatch.setattr(doctor, "doctor", break_down)
    status, out, err = run(["doctor"], capsys)
    assert (status, out) == (1, "")
    assert "ZeroDivisionError" in err
    assert "division by zero" in err
    assert "--traceback" in err


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (richardson.errors.ComputationError("It failed."), 1),
        (richardson.errors.NotIdentifiableError("It cannot be told."), 2),
        (richardson.errors.MissingExtraError("It is missing."), 2),
        (KeyboardInterrupt(), 130),
    ],
    ids=repr,
)
def test_every_kind_of_end_has_its_exit_status(
    error: BaseException, status: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from richardson.cli import doctor

    def end(_: object) -> None:
        raise error

    monkeypatch.setattr(doctor, "doctor", end)
    assert run(["doctor"], capsys)[0] == status


def test_a_reader_that_stops_reading_is_no_error() -> None:
    command = f"{sys.executable} -m richardson.cli doctor | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stderr == ""


def test_threads_are_limited_before_anything_heavy_is_loaded() -> None:
    report = "import numba; print(numba.get_num_threads(), os.environ['OMP_NUM_THREADS'])"
    program = f"import os; from richardson.cli.__main__ import main; main(['doctor']); {report}"
    environment = {**os.environ, "RICHARDSON_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT, env=environment)
    assert done.stdout.splitlines()[-1] == "1 1"


@pytest.mark.parametrize("threads", ["0", "many", "-1", "1.5", ""])
def test_a_number_of_threads_that_is_none_is_refused(
    threads: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RICHARDSON_THREADS", threads)
    status, _, err = run(["doctor"], capsys)
    assert (status, "RICHARDSON_THREADS" in err) == (2, True)


def test_a_portrait_prints_the_equilibria_and_draws_the_picture(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "portrait.pdf"
    asked = ["portrait", "security_dilemma", "--set", "balance=0.05", "--window", "x=0:25", "y=0:25", "--out", out]
    status, text, _ = run(asked, capsys)
    assert status == 0
    assert text.count("stable node") == 2
    assert text.count("saddle") == 1
    assert out.read_bytes().startswith(b"%PDF")
    assert [file.name for file in tmp_path.iterdir()] == ["portrait.pdf"]


def test_a_diagram_prints_the_folds(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "diagram.svg"
    status, text, _ = run(["diagram", "security_dilemma", "balance=-0.3:0.3", "--window", "x=0:60", "y=0:60", "--out", out], capsys)
    assert status == 0
    assert "0.1098" in text  # fold of the détente, closed form in the model's own tests
    assert "−0.1505" in text
    assert "<svg" in out.read_text()


@pytest.mark.slow
def test_a_map_prints_its_shares(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "map.png"
    asked = ["map", "security_dilemma", "balance=-1:1", "distinguishability=0:1", "--steps", "5", "--out", out]
    status, text, _ = run(asked, capsys)
    assert (status, "share" in text) == (0, True)
    assert out.read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_basins_print_their_shares(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "basins.png"
    asked = ["basins", "linear", "--window", "x=0:2", "y=0:2", "--cells", "5", "--out", out]
    status, text, _ = run(asked, capsys)
    assert (status, text.splitlines()[1].split()[:2], text.splitlines()[1].split()[-1]) == (0, ["stable", "node"], "1")
    assert out.read_bytes().startswith(b"\x89PNG")


def test_a_fit_prints_every_estimate_and_ends_with_the_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    status, text, _ = run(["fit", "India", "Pakistan"], capsys)
    assert status == 0
    assert text.startswith("x is India, y is Pakistan; arms in bn current USD\n")
    assert all(name in text for name in ("defence_x", "fatigue_y", "grievance_x", "max_real_eigenvalue", "spiral_number"))
    assert text.splitlines()[-1].startswith("India and Pakistan 1948–2022: the fitted race is unstable")


def test_a_fit_is_the_same_every_time(capsys: pytest.CaptureFixture[str]) -> None:
    once, again = (run(["fit", "Greece", "Turkey", "--seed", "7"], capsys)[1] for _ in range(2))
    assert once == again


def test_the_methods_that_are_offered_exist() -> None:
    from richardson.estimation.rules import RULES

    assert set(arguments.METHODS) == set(RULES)


def test_the_cache_is_shown_and_cleared(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RICHARDSON_CACHE_DIR", str(tmp_path / "cache"))
    status, text, _ = run(["cache"], capsys)
    assert (status, "0 compiled modules" in text) == (0, True)
    (tmp_path / "cache" / "m_0.py").write_text("")
    (tmp_path / "cache" / "mine.txt").write_text("mine")
    assert run(["cache", "clear"], capsys)[0] == 0
    assert [file.name for file in (tmp_path / "cache").iterdir()] == ["mine.txt"]


def test_the_doctor_tells_versions_cache_and_how_to_install_extras(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from richardson.cli import doctor

    asked = ["numpy>=2.0", "scipy>=999.0", "nosuch>=1; python_version > '3'", 'nosuchextra>=1; extra == "data"', 'numpy; extra == "units"']
    monkeypatch.setattr(doctor, "requires", lambda _: asked)
    status, text, _ = run(["doctor"], capsys)
    lines = [line.strip() for line in text.splitlines()]
    assert status == 0
    assert lines[0] == f"richardson {richardson.__version__}"
    assert any(line.startswith("Python 3.") for line in lines)
    assert any(line.startswith("scipy") and "older than 999.0" in line for line in lines)
    assert any(line.startswith("nosuch is missing") for line in lines)
    assert "data: missing nosuchextra. Run: pip install 'richardson[data]'" in lines
    assert any(line.startswith("units: numpy ") for line in lines)
    assert any(line.startswith("Cache: ") for line in lines)


def test_the_doctor_works_in_a_cache_that_cannot_be_used(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = fresh("doctor", RICHARDSON_CACHE_DIR=str(tmp_path / "file" / "cache"))
    assert done.returncode == 0
    assert "Cache: not used" in done.stdout


SCRIPT = """
def main(out, quick=False):
    (out / "{name}.txt").write_text("quick" if quick else "slow")
"""


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    folder = tmp_path / "scripts"
    folder.mkdir()
    for name in ("one", "two"):
        (folder / f"{name}.py").write_text(SCRIPT.format(name=name))
    (folder / "_shared.py").write_text("")
    return folder


def test_figure_scripts_are_run_by_name_or_all(scripts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert run(["figures", "two", "--scripts", scripts, "--out", out, "--quick"], capsys)[0] == 0
    assert {file.name: file.read_text() for file in out.glob("*.txt")} == {"two.txt": "quick"}
    status, text, _ = run(["figures", "--scripts", scripts, "--out", out], capsys)
    assert {file.name: file.read_text() for file in out.glob("*.txt")} == {"one.txt": "slow", "two.txt": "slow"}
    assert (status, text.splitlines()[:2]) == (0, ["one: one.txt", "two: two.txt"])


@pytest.mark.extra
def test_a_figure_is_drawn_again_only_if_what_it_is_made_from_changed(
    scripts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("doit")
    out, current = tmp_path / "out", "one: up to date"

    def first_line(*options: str) -> str:
        return run(["figures", "one", "--scripts", scripts, "--out", out, *options], capsys)[1].splitlines()[0]

    assert first_line() == "one: one.txt"
    assert first_line() == current
    assert first_line("--all") == "one: one.txt"
    assert first_line("--quick") == "one: one.txt"
    assert first_line("--quick") == current
    (out / "one.txt").unlink()
    assert first_line("--quick") == "one: one.txt"
    (scripts / "one_times.csv").write_text("a\n1\n")
    assert first_line("--quick") == "one: one.txt"
    assert first_line("--quick") == current
    (scripts / "one.py").write_text(SCRIPT.format(name="one") + "# changed\n")
    assert first_line("--quick") == "one: one.txt"


def test_without_doit_all_figures_are_drawn_and_a_line_says_how_to_spare_it(
    scripts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("richardson.cli.figures.find_spec", lambda name: None)
    for _ in range(2):
        _, text, err = run(["figures", "one", "--scripts", scripts, "--out", tmp_path / "out"], capsys)
        assert text.splitlines()[0] == "one: one.txt"
        assert "richardson[figures]" in err


def test_a_misspelt_figure_is_refused_before_any_is_drawn(scripts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(["figures", "one", "tow", "--scripts", scripts, "--out", tmp_path / "out"], capsys)
    assert (status, "'two'" in err, (tmp_path / "out").exists()) == (2, True, False)


def test_figures_below_a_file_are_refused(scripts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(["figures", "--scripts", scripts, "--out", scripts / "one.py" / "out"], capsys)
    assert (status, "cannot be written" in err) == (2, True)


def test_a_script_without_main_is_refused(scripts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (scripts / "three.py").write_text("x = 1\n")
    status, _, err = run(["figures", "three", "--scripts", scripts, "--out", tmp_path / "out"], capsys)
    assert (status, "main(out, quick)" in err) == (2, True)
