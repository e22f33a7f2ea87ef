"""Whether a question can be put to a study, told before a member of it is run."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from richardson import extras
from richardson.errors import InvalidInputError
from richardson.outcome import Outcome
from richardson.provenance import record
from richardson.randomness import generator_of
from richardson.study.answers import of_dynamics, of_ensemble
from richardson.study.dataset import OUTCOMES
from richardson.study.design import Design
from richardson.study.discovery import chosen_columns, discover, read_options
from richardson.study.discovery_columns import condition, numbers, several
from richardson.study.dynamics_layout import in_words, room_for
from richardson.study.dynamics_plan import DynamicsPlan
from richardson.study.dynamics_result import DynamicsStudy
from richardson.study.ensemble import Ensemble
from richardson.study.plan import Study
from richardson.study.planned import Planned
from richardson.study.robustness import check_options, product_of, robustness
from richardson.study.sensitivity import check_asked, in_blocks, resamples_of, sensitivity

LIBRARIES = {  # that methods need, and the extras that install them
    "prim": ("ema_workbench.analysis.prim", "discovery"),
    "cart": ("sklearn.tree", "discovery"),
    "delta": ("SALib.analyze.delta", "sensitivity"),
}


def check_sensitivity(study: Planned[Any], **asked: Any) -> None:
    """Refuse what `sensitivity` would refuse of the study's runs whatever came of them.

    Parameters
    ----------
    study : Study or DynamicsPlan
    **asked
        As `sensitivity` takes it.

    Raises
    ------
    InvalidInputError, UnknownNameError, MissingExtraError
        As `sensitivity`.
    """
    options, runs = _with_defaults(sensitivity, **asked), _before(study)
    _, blocks = in_blocks(study.model, study.members)
    check_asked(runs, options["failed"], options["confidence"], (None, None, "local"))
    resamples_of(options["resamples"], blocks)
    generator_of(options["rng"])
    if isinstance(runs, DynamicsStudy):
        of_dynamics(runs, options["outcome"])
    else:
        of_ensemble(runs, options["outcome"])
    _require(blocks.method)


def check_discovery(study: Planned[Any], **asked: Any) -> None:
    """Refuse what `discover` would refuse of the study's runs whatever came of them.

    Parameters
    ----------
    study : Study or DynamicsPlan
    **asked
        As `discover` takes it.

    Raises
    ------
    ParseError, InvalidInputError, UnknownNameError, MissingExtraError
        As `discover`.
    """
    options = _with_defaults(discover, **asked)
    where, names, rng = options.pop("where"), options.pop("names"), options.pop("rng")
    search, _ = read_options(**options)
    generator_of(rng)
    condition(_before(study), where)
    chosen_columns(study.members, names, np.ones(len(study.members), dtype=np.bool_))
    _require(search.method)


def check_robustness(study: Planned[Any], **asked: Any) -> None:
    """Refuse what `robustness` would refuse of the study's runs whatever came of them.

    Parameters
    ----------
    study : Study or DynamicsPlan
    **asked
        As `robustness` takes it.

    Raises
    ------
    ParseError, InvalidInputError, UnknownNameError
        As `robustness`.
    """
    options, runs = _with_defaults(robustness, **asked), _before(study)
    levers, measure = options.pop("levers"), options.pop("measure")
    check_options(**options)
    product_of(study.members, several(levers, "levers"))
    numbers(runs, measure)
    if options["satisfies"] is not None:
        condition(runs, options["satisfies"])


def _with_defaults(function: Callable[..., Any], **asked: Any) -> dict[str, Any]:
    """All arguments of a function but its first, which are those asked for, or its defaults."""
    bound = inspect.signature(function).bind(None, **asked)
    bound.apply_defaults()
    return dict(list(bound.arguments.items())[1:])


def _before(study: Planned[Any]) -> Ensemble | DynamicsStudy:
    """The first member of a study as it stands before it has run: all names are there, and no number."""
    names, first = study.members.names, study.members.samples[0].tolist()
    design = Design.from_table({name: [value] for name, value in zip(names, first, strict=True)})
    codes, provenance = np.array([OUTCOMES.index(Outcome.INTERRUPTED)], dtype=np.int8), record(study.model)
    if isinstance(study, DynamicsPlan):
        columns = {name: in_words(name, column) for name, column in room_for(study.columns, 1).items()}
        return DynamicsStudy(design, study.window, tuple(study.measure), columns, codes, study.model, provenance)
    if not isinstance(study, Study):
        raise InvalidInputError(f"A study was expected; got {study!r}. Write Study(model, design, start, times), or a DynamicsPlan.")
    times, states = study.shape
    return Ensemble(
        design=design,
        times=study.kept,
        states=np.full((1, times, states), np.nan),
        records=np.full((1, len(study.recording.labels)), np.nan),
        labels=study.recording.labels,
        codes=codes,
        stopped_at=np.full(1, np.nan),
        audit=None,
        model=study.model,
        provenance=provenance,
    )


def _require(method: str) -> None:
    if method in LIBRARIES:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what these libraries import
            extras.require(*LIBRARIES[method])
