"""Starts within a proved front: labelled at once, as their paths would be."""

import numpy as np
import pytest

from richardson.landscape import labelling
from richardson.landscape.labelling import label
from richardson.stability.window import Window
from richardson.symbolic.model import Model


@pytest.mark.slow
def test_labels_are_the_same_whether_starts_within_fronts_are_followed_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model.from_equations({"x": "x*(3 - x - 2*y)", "y": "y*(2 - x - y)"}, lower={"x": 0, "y": 0}, name="competition")
    window = Window(x=(0, 4), y=(0, 4))
    starts = np.random.default_rng(11).uniform(0, 4, (20_000, 2))
    followed = label(model, starts, window)
    monkeypatch.setattr(labelling, "MANY", 1_000)
    taken = []
    whole = labelling.Labeller._fenced
    monkeypatch.setattr(labelling.Labeller, "_fenced", lambda self, some: taken.append(whole(self, some)) or taken[-1])
    assert (label(model, starts, window).labels == followed.labels).all()
    assert (taken[0] >= 0).mean() > 0.9
