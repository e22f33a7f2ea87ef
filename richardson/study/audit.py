"""A few members run again more tightly, so that every ensemble tells its own error."""

from __future__ import annotations

import numpy as np

from richardson.outcome import Outcome
from richardson.study.collect import CODES
from richardson.study.dataset import OUTCOMES
from richardson.study.ensemble import IS_ANSWER, Audit
from richardson.study.jobs import Arrays
from richardson.study.plan import Study
from richardson.study.work import INTERRUPTED, tighter

SPENT = OUTCOMES.index(Outcome.STEP_LIMIT)


def audited(study: Study, rows: Arrays, generator: np.random.Generator) -> Audit | None:
    """The errors of some members of a study, chosen by ``generator``; None where none was reached or asked for."""
    count = len(study)
    chosen = np.sort(generator.choice(count, min(study.audit, count), replace=False))
    chosen = chosen[rows[CODES][chosen] != INTERRUPTED]
    if not chosen.size:
        return None
    again = tighter(study, study.members.samples[chosen])
    before = rows["states"][chosen]
    after = again["states"][:, -before.shape[1] :]  # where only the last times are kept
    codes, found = rows[CODES][chosen], again[CODES]
    errors = np.abs(before - after) / (np.abs(after) + study.accuracy.absolute / study.accuracy.relative)
    worst = np.max(np.where(np.isnan(errors), 0.0, errors), axis=(1, 2), initial=0.0)
    is_known = (codes == found) & IS_ANSWER[found]
    is_spent = (codes == SPENT) | (found == SPENT)
    disagreements, unfinished = np.count_nonzero((codes != found) & ~is_spent), np.count_nonzero(is_spent)
    return Audit(chosen.astype(np.int64), np.where(is_known, worst, np.nan), int(disagreements), int(unfinished))
