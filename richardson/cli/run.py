"""``richardson run``: the study that a scenario describes, kept in a folder, told in a table and a last line."""

import argparse
from pathlib import Path

from richardson.cli.calls import perform, script
from richardson.cli.recipe import run_line, study_lines
from richardson.cli.scenario import read_scenario

INTERRUPTED = 130  # as shells have it


def run(asked: argparse.Namespace) -> int:
    """Run a scenario, or only say what it would take or which Python does the same.

    Raises
    ------
    InvalidInputError
        If the scenario is not one, or asks for what there is not; the message holds the file and the path of the key.
    OutputError
        If the folder holds something else, or cannot be written.
    """
    document = read_scenario(Path(asked.scenario))
    lines = study_lines(document)
    running = run_line(document, asked.out, resume=asked.resume)
    if asked.show_script:
        perform(lines, document.refusal)
        print(script([*lines, running]))
        return 0
    ...
