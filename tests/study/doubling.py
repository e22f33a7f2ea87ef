"""Work for engines that needs no kernel: numbers doubled, by whatever block function."""

from typing import Any

import numpy as np

from richardson.arrays import FloatArray
from richardson.study import engine
from richardson.study.bar import bar_over
from richardson.study.collect import Collector
from richardson.study.jobs import Job
from richardson.study.shares import Pace, Shares


def doubled(start: Any, maker: Any, spec: Any) -> FloatArray:
    """A hundred numbers doubled by an engine, in blocks of ten or fewer, by a block function with the array ``twice``."""
    samples = np.arange(100.0)[:, None]
    job = Job(maker(spec), maker, spec, 16)
    pool = start(job, samples)
    rows = {"twice": np.zeros(100)}
    with bar_over(100, False) as bar:
        engine.compute(pool, Shares([slice(0, 100)], Pace(10, 0.0, 1.0, 2**20, 10), 2, row_bytes=16), Collector(rows, 100), bar)
    return rows["twice"]
