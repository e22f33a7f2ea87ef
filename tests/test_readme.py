"""What the README shows is true: its examples run, its commands are there to be pasted."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).resolve().parent.parent / "README.md").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_of_the_readme_runs_as_it_stands(example: str, repository: Path, tmp_path: Path) -> None:
    strict = [sys.executable, "-W", "error", "-c", example]
    run = subprocess.run(
        strict, capture_output=True, text=True, check=False, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(repository)}
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout


@pytest.mark.parametrize("name", ["demo", "test", "docs"])
def test_each_command_of_the_readme_is_one_line_that_makes_its_own_environment(name: str) -> None:
    block = re.search(rf"^<!-- {name} command -->\n```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert block is not None
    (line,) = block.group(1).splitlines()
    assert line.startswith("python3 -m venv ")


def test_the_readme_says_whose_the_models_of_fear_are() -> None:
    assert "this project's own proposals" in README


def test_every_file_that_the_readme_points_to_exists(repository: Path) -> None:
    assert [link for link in re.findall(r"\]\((?!http)([^)#]+)", README) if not (repository / link).exists()] == []
