"""What can be typed: the verbs, their options, and texts such as ``balance=0.05`` as values."""

import argparse
from collections.abc import Sequence
from math import isfinite

from richardson import __version__
from richardson.errors import InvalidInputError

DEMO_FOLDER = "richardson-demo"
FIGURES_FOLDER = "richardson-figures"
METHODS = ("transition", "differences", "midpoint")
STEPS = 60  # of each axis of a map
HOURS = 1.0  # that a study may take before its package is asked for twice
CELLS = 200  # of each axis of a picture of basins


def parser() -> argparse.ArgumentParser:
    """The command line's parser; its results carry ``module`` and ``function`` of the command."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--traceback", action="store_true", help="show where an error came from")
    whole = argparse.ArgumentParser(
        prog="richardson",
        description="Arms races, security dilemmas and deterrence as dynamical systems.",
        epilog="Exit status: 0 done, 1 computation failed, 2 bad input.",
    )
    whole.add_argument("--version", action="version", version=f"richardson {__version__}")
    verbs = whole.add_subparsers(title="verbs", metavar="VERB", required=True)
    pictures = (_add_portrait, _add_diagram, _add_map, _add_basins)
    for add in (_add_demo, _add_run, _add_study, _add_package, _add_fit, *pictures, _add_figures, _add_doctor, _add_cache):
        add(verbs, shared)
    return whole


def assignments(texts: Sequence[str]) -> dict[str, float]:
    """Values from texts such as ``balance=0.05``.

    Raises
    ------
    InvalidInputError
        If one is not NAME=NUMBER, or a name occurs twice.
    """
    found: dict[str, float] = {}
    for text in texts:
        name, value = _halves(text, "NAME=NUMBER, for example balance=0.05", found)
        found[name] = _number(value, text)
    return found


def spans(texts: Sequence[str]) -> dict[str, tuple[float, float] | float]:
    """Intervals and fixed numbers from texts such as ``x=0:25`` and ``fear_x=2``.

    Raises
    ------
    InvalidInputError
        If one is neither NAME=LOW:HIGH nor NAME=NUMBER, or a name occurs twice.
    """
    found: dict[str, tuple[float, float] | float] = {}
    for text in texts:
        name, value = _halves(text, "NAME=LOW:HIGH, for example x=0:25", found)
        numbers = [_number(part, text) for part in value.split(":")]
        if len(numbers) > 2:
            raise InvalidInputError(f"'{text}' has {len(numbers)} numbers. Write NAME=LOW:HIGH, for example x=0:25.")
        found[name] = (numbers[0], numbers[1]) if len(numbers) == 2 else numbers[0]
    return found


def intervals(texts: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Intervals from texts such as ``balance=-1:1``, low below high.

    Raises
    ------
    InvalidInputError
        If one is not NAME=LOW:HIGH, or a name occurs twice.
    """
    found = {}
    for name, span in spans(texts).items():
        if not isinstance(span, tuple) or not span[0] < span[1]:
            raise InvalidInputError(
                f"'{name}' needs an interval with its lower end first. Write {name}=LOW:HIGH, for example balance=-1:1."
            )
        found[name] = span
    return found


def _halves(text: str, form: str, known: dict[str, object] | dict[str, float] | dict[str, tuple[float, float] | float]) -> tuple[str, str]:
    name, sign, value = (part.strip() for part in text.partition("="))
    if not (name and sign and value):
        raise InvalidInputError(f"'{text}' is not understood. Write {form}.")
    if name in known:
        raise InvalidInputError(f"'{name}' is given twice. Give it once.")
    return name, value


def _number(value: str, text: str) -> float:
    try:
        number = float(value)
    except ValueError:
        raise InvalidInputError(f"'{value}' in '{text}' is not a number. Write it with a decimal point, for example 0.05.") from None
    if not isfinite(number):
        raise InvalidInputError(f"'{value}' in '{text}' is not finite. Give a number.")
    return number


def _add_demo(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    demo = verbs.add_parser("demo", parents=[shared], help="fit a rivalry and write a report", description="Fit a rivalry, write a report.")
    demo.add_argument("--out", metavar="DIR", default=DEMO_FOLDER, help="absent, empty or an earlier report (default: %(default)s)")
    demo.add_argument("--rivalry", nargs=2, metavar=("A", "B"), default=("Greece", "Turkey"), help="two states (default: Greece Turkey)")
    demo.set_defaults(module="demo", function="demo")


def _add_run(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    run = verbs.add_parser("run", parents=[shared], help="run a scenario", description="Run the study that a scenario describes.")
    run.add_argument("scenario", metavar="SCENARIO.toml", help="a study in TOML; nothing in it is executed")
    run.add_argument("--out", metavar="DIR", help="where the study is kept (default: [store] folder, or beside the scenario)")
    run.add_argument("--resume", action="store_true", help="go on with a study that was begun there")
    instead = run.add_mutually_exclusive_group()
    instead.add_argument("--dry-run", action="store_true", help="check it, estimate time, memory and disk, and write nothing")
    instead.add_argument("--show-script", action="store_true", help="print the Python that does the same, and run nothing")
    run.set_defaults(module="run", function="run")


def _add_study(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    study = verbs.add_parser("study", help="look at a kept study, or export it", description="Look at a study that is kept in a folder.")
    actions = study.add_subparsers(title="actions", metavar="ACTION", required=True)
    status = actions.add_parser("status", parents=[shared], help="how far it is", description="How far a study is, and what is amiss.")
    status.add_argument("folder", metavar="FOLDER", help="where the study is kept")
    status.add_argument("--check", action="store_true", help="read every bit of the blocks, not their sizes only")
    status.set_defaults(module="study", function="status")
    export = actions.add_parser("export", parents=[shared], help="write it to one file", description="Write a study to one file.")
    export.add_argument("folder", metavar="FOLDER", help="where the study is kept")
    export.add_argument("file", metavar="FILE", help="what to write: .nc, .csv, .parquet or .dta")
    export.set_defaults(module="study", function="export")


def _add_package(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    package = verbs.add_parser(
        "replicate-package",
        parents=[shared],
        help="run a scenario and write what a journal asks for",
        description="Run the study of a scenario and write it with data, code, lock file, codebook and checksums, as journals ask for it.",
    )
    package.add_argument("scenario", metavar="SCENARIO.toml", help="a study in TOML; nothing in it is executed")
    package.add_argument("--out", metavar="PLACE", help="a folder, or a file that ends in .zip (default: a folder beside the scenario)")
    package.add_argument("--without-results", action="store_true", help="do not run the study; its replication makes the results")
    package.add_argument("--hours", type=float, default=HOURS, help="how long the study may take (default: %(default)g)")
    package.set_defaults(module="replication.command", function="replicate_package")


def _add_fit(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    fit = verbs.add_parser(
        "fit", parents=[shared], help="fit a model to a rivalry", description="Fit a model to the spending of two rivals."
    )
    fit.add_argument("rivals", nargs=2, metavar=("A", "B"), help="two states, for example India Pakistan")
    fit.add_argument("--model", default="linear", help="model of the catalogue (default: %(default)s)")
    fit.add_argument("--method", default="transition", help=f"one of {', '.join(METHODS)} (default: %(default)s)")
    fit.add_argument("--seed", type=int, default=1, help="of the draws behind the intervals (default: %(default)s)")
    fit.set_defaults(module="commands", function="fit")


def _add_portrait(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    portrait = verbs.add_parser(
        "portrait", parents=[shared], help="equilibria and phase portrait", description="Equilibria in a window, and their phase portrait."
    )
    _add_model(portrait)
    _add_window(portrait)
    _add_picture(portrait)
    portrait.set_defaults(module="commands", function="portrait")


def _add_diagram(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    diagram = verbs.add_parser(
        "diagram", parents=[shared], help="equilibria along a parameter", description="Equilibria along a parameter."
    )
    _add_model(diagram)
    diagram.add_argument("parameter", metavar="NAME=LOW:HIGH", help="for example balance=-0.5:0.5")
    _add_window(diagram)
    _add_picture(diagram)
    diagram.set_defaults(module="commands", function="diagram")


def _add_map(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    chart = verbs.add_parser("map", parents=[shared], help="stability over two parameters", description="Stability over two parameters.")
    _add_model(chart)
    chart.add_argument("parameters", nargs=2, metavar="NAME=LOW:HIGH", help="for example balance=-1:1 distinguishability=0:1")
    chart.add_argument("--steps", type=int, default=STEPS, help="values of each parameter (default: %(default)s)")
    _add_picture(chart)
    chart.set_defaults(module="commands", function="stability_map")


def _add_basins(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    part = verbs.add_parser("basins", parents=[shared], help="where starts end", description="Where every start in a window ends.")
    _add_model(part)
    _add_window(part)
    part.add_argument("--cells", type=int, default=CELLS, help="of each axis that the window spans (default: %(default)s)")
    _add_picture(part)
    part.set_defaults(module="commands", function="basins")


def _add_figures(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    figures = verbs.add_parser(
        "figures",
        parents=[shared],
        help="run figure scripts",
        description="Run scripts that each draw one figure, where the script or the library changed since it was drawn.",
    )
    figures.add_argument("names", nargs="*", metavar="NAME", help="scripts without .py (default: all)")
    figures.add_argument(
        "--scripts", metavar="DIR", default="figures", help="folder of the scripts, which are executed (default: %(default)s)"
    )
    figures.add_argument("--out", metavar="DIR", default=FIGURES_FOLDER, help="where figures go (default: %(default)s)")
    figures.add_argument("--quick", action="store_true", help="coarser and faster")
    figures.add_argument("--all", action="store_true", help="draw also what has not changed")
    figures.set_defaults(module="figures", function="figures")


def _add_doctor(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    doctor = verbs.add_parser("doctor", parents=[shared], help="versions, cache and extras", description="Versions, cache and extras.")
    doctor.set_defaults(module="doctor", function="doctor")


def _add_cache(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    cache = verbs.add_parser("cache", parents=[shared], help="show or clear compiled models", description="Show or clear compiled models.")
    cache.add_argument("action", nargs="?", choices=("show", "clear"), default="show")
    cache.set_defaults(module="doctor", function="cache")


def _add_model(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("model", help="model of the catalogue, for example security_dilemma")
    verb.add_argument("--set", nargs="+", action="extend", default=[], metavar="NAME=NUMBER", dest="values", help="parameter values")


def _add_window(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--window", nargs="+", action="extend", required=True, metavar="NAME=LOW:HIGH", help="every state, for example x=0:25 y=0:25"
    )


def _add_picture(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--out", metavar="FILE", help="picture to write: .pdf, .svg or .png")
