"""Entry point of ``richardson``: exit 0 done, 1 computation failed, 2 bad input; no traceback unless asked for."""

import os
import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from richardson.cli.arguments import parser
from richardson.errors import ComputationError, InvalidInputError, RichardsonError

DONE, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
THREADS = "RICHARDSON_THREADS"
POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")  # of the libraries below us


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status of a command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; those of this process by default.

    Returns
    -------
    int
        0 done, 1 computation failed, 2 bad input, 130 interrupted.
    """
    try:
        asked = parser().parse_args(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        try:
            return _run(asked)
        except Exception as error:
            if asked.traceback:
                raise
            return _refusal(error)
        except KeyboardInterrupt:
            _say("Interrupted; nothing was left half-written.")
            return INTERRUPTED


def _run(asked: Any) -> int:
    """Limit the threads before anything heavy is imported, then run the command from its module."""
    _limit_threads(os.environ.get(THREADS))
    status = getattr(import_module(f"richardson.cli.{asked.module}"), asked.function)(asked)
    sys.stdout.flush()
    return int(status or DONE)


def _limit_threads(wanted: str | None) -> None:
    if wanted is None:
        return
    if not wanted.isdecimal() or int(wanted) < 1:
        raise InvalidInputError(f"{THREADS} must be a number of threads, 1 or more; got {wanted!r}. Set it to the number of cores to use.")
    for pool in POOLS:
        os.environ[pool] = wanted


def _refusal(error: Exception) -> int:
    """One sentence on stderr, and the exit status that goes with it."""
    if isinstance(error, BrokenPipeError):  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    if isinstance(error, RichardsonError):
        _say(str(error))
        return FAILED if isinstance(error, ComputationError) else BAD_INPUT
    reason = " ".join(str(error).split()) or "no reason given"
    _say(f"An unexpected {type(error).__name__} ended this: {reason}. Run it again with --traceback to see where, and please report it.")
    return FAILED


def _show_warning(message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: Any, **__: Any) -> None:
    _say(f"Warning: {message}")


def _say(sentence: str) -> None:
    print(f"richardson: {sentence}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
