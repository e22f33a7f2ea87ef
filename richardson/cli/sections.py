"""The tables of a scenario and the keys that each may hold; what a scenario leaves out keeps the default of the library."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Entropy = int | list[int]


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table whose keys are checked: none unknown, each of its kind."""


class Axis(Section, frozen=True):
    """Numbers from low to high, both among them: evenly spaced, or each the same multiple of the one before."""

    low: float
    high: float
    count: int
    spacing: Literal["even", "ratio"] = "even"


class SeriesPath(Section, frozen=True):
    """Numbers that a parameter has at some times; see `richardson.Series`."""

    times: list[float]
    values: list[float]
    interpolation: str | None = None
    beyond: str | None = None


class ModelSection(Section, frozen=True):
    """Where the equations come from (one of the first four keys), and the values at which they are used."""

    catalogue: str | None = None
    theory: str | None = None
    file: str | None = None
    equations: dict[str, str] | None = None
    name: str | None = None
    parameters: dict[str, float] | None = None
    lower: dict[str, float] | None = None
    upper: dict[str, float] | None = None
    units: dict[str, str] | None = None
    meanings: dict[str, str] | None = None
    symbols: dict[str, str] | None = None
    at_most: dict[str, str] | None = None
    options: dict[str, bool | int | str | list[str]] | None = None
    values: dict[str, float | list[Any] | dict[str, Any]] | None = None
    drives: dict[str, str | SeriesPath] | None = None


class DesignSection(Section, frozen=True, tag_field="kind"):
    """Which members there are; the kinds follow."""


class GridDesign(DesignSection, frozen=True, tag="grid"):
    """Every combination of the values on its axes."""

    axes: dict[str, list[float] | Axis]
    part: tuple[int, int] | None = None


class DrawnDesign(DesignSection, frozen=True):
    """Members that fill ranges."""

    ranges: dict[str, tuple[float, float]]
    size: int
    rng: Entropy  # or every run of the scenario would be another study


class LatinHypercubeDesign(DrawnDesign, frozen=True, tag="latin_hypercube"):
    """One member in each of ``size`` equal parts of every range."""


class SobolDesign(DrawnDesign, frozen=True, tag="sobol"):
    """A scrambled Sobol' sequence."""

    part: tuple[int, int] | None = None


class HaltonDesign(DrawnDesign, frozen=True, tag="halton"):
    """A scrambled Halton sequence."""

    part: tuple[int, int] | None = None


class SensitivityDesign(DrawnDesign, frozen=True, tag="sensitivity"):
    """The blocks of members that a method of sensitivity analysis compares; ``size`` is their number."""

    method: str | None = None
    second_order: bool | None = None


class TableDesign(DesignSection, frozen=True, tag="table"):
    """Members row by row: the columns of a csv file, or columns that stand here."""

    file: str | None = None
    columns: dict[str, list[float]] | None = None


class RunSection(Section, frozen=True):
    """How members run."""

    start: dict[str, float] | None = None
    method: str | None = None
    relative: float | None = None
    absolute: float | None = None
    bound: float | None = None
    step_limit: int | None = None
    repeats: int | None = None
    audit: int | None = None
    rng: Entropy | None = None


class Crossing(Section, frozen=True):
    """An expression that crosses zero, 1: rising, −1: falling, 0: either."""

    expression: str
    direction: int = 0


class RecordSection(Section, frozen=True):
    """How long members run, and what is kept of them."""

    times: list[float] | Axis | None = None
    end: float | None = None
    settle: bool | None = None
    keep: str | None = None
    expressions: list[str] = []
    minimum: list[str] = []
    maximum: list[str] = []
    crossing: list[str | Crossing] = []
    integral: list[str] = []


class DynamicsSection(Section, frozen=True):
    """What is analysed of the dynamics of members, in the place of what is recorded of their runs."""

    measure: str | list[str] | None = None
    window: dict[str, float | tuple[float, float]] | None = None
    parameters: str | list[str] | None = None
    parameter_scales: dict[str, float] | None = None
    farthest: float | None = None
    half_width: float | None = None
    settled_within: float | None = None
    horizon: float | None = None
    rng: Entropy | None = None


class EngineSection(Section, frozen=True):
    """Where members run."""

    name: str = "local"
    workers: int | None = None
    address: str | None = None
    patience: float | None = None


class StoreSection(Section, frozen=True):
    """Where the blocks of the result are kept, and as what."""

    folder: str | None = None
    storage: str | None = None


class SensitivitySection(Section, frozen=True):
    """How much of an outcome each input explains; the design says by which method."""

    outcome: str | list[str]
    failed: str | float | None = None
    confidence: float | None = None
    resamples: int | None = None
    rng: Entropy | None = None


class DiscoverySection(Section, frozen=True):
    """In which boxes of the design a condition holds."""

    where: str
    method: str | None = None
    names: list[str] | None = None
    density: float | None = None
    failed: str | bool | None = None
    least_mass: float | None = None
    boxes: int | None = None
    level: float | None = None
    peel: float | None = None
    paste: float | None = None
    leaves: int | None = None
    resamples: int | None = None
    rng: Entropy | None = None


class RobustnessSection(Section, frozen=True):
    """Which choice of levers withstands most of what is uncertain."""

    levers: list[str]
    measure: str
    better: str | None = None
    satisfies: str | None = None
    rule: str | None = None
    quantile: float | None = None
    failed: str | float | None = None
    confidence: float | None = None


class Scenario(Section, frozen=True):
    """A whole study: of runs, of which something is recorded, or of dynamics, which are analysed."""

    model: ModelSection
    design: list[GridDesign | LatinHypercubeDesign | SobolDesign | HaltonDesign | SensitivityDesign | TableDesign]
    record: RecordSection | None = None
    dynamics: DynamicsSection | None = None
    title: str | None = None
    run: RunSection = RunSection()
    engine: EngineSection = EngineSection()
    store: StoreSection = StoreSection()
    sensitivity: SensitivitySection | None = None
    discovery: DiscoverySection | None = None
    robustness: RobustnessSection | None = None
