"""How the rows of anything that is planned lie in a store: the one place that tells runs from dynamics for it."""

from __future__ import annotations

from richardson.study.dynamics_plan import DynamicsPlan
from richardson.study.dynamics_run import dynamics_shelf
from richardson.study.keeping import Shelf, study_shelf
from richardson.study.plan import Study


def shelf_of(study: Study | DynamicsPlan) -> Shelf:
    """Layout and packing of its rows.

    Parameters
    ----------
    study : Study or DynamicsPlan
    """
    return study_shelf(study) if isinstance(study, Study) else dynamics_shelf(study)
