"""What many nations cost: compiling, one run, the equilibrium with its proof, the spectrum, the ranking of dyads.

Run ``python tests/speed/nations.py [COUNT…]``; without counts, what the security dilemma, beliefs and alignments cost follows. Nothing
here is a test. Times are of the processor, in milliseconds; those of warm calls are medians. The peers are scipy's LSODA on a matrix
product by numpy with the exact Jacobian, at the same tolerances, and numpy's eigenvalues of the same matrix; for six nations also the
equations written out.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

import richardson as rn
from richardson.compiled.field import Field
from richardson.symbolic.indexed_model import IndexedModel

COUNTS = (6, 7, 30, 100, 200)
DILEMMAS = (6, 7, 30, 100, 200)
BELIEVING = (7, 30, 100)
TIMES = np.linspace(0.0, 100.0, 101)
REPEATS = 7


def race(count: int) -> Any:
    """A stable race of nations that all differ."""
    rng = np.random.default_rng(count)
    defence = rng.uniform(0, 1, (count, count)) * ~np.eye(count, dtype=bool)
    defence *= 0.8 / defence.sum(axis=1, keepdims=True)
    return rn.models.nations(count, defence=defence, fatigue=rng.uniform(0.9, 1.1, count), grievance=rng.uniform(0, 1, count))


def once(work: Callable[[], Any]) -> float:
    """Processor time of one call, in milliseconds."""
    begin = time.process_time()
    work()
    return 1e3 * (time.process_time() - begin)


def warm(work: Callable[[], Any]) -> float:
    """Median of some calls after a first."""
    work()
    return median(once(work) for _ in range(REPEATS))


def peer(model: Any) -> Callable[[], Any]:
    """The same run by scipy and numpy."""
    field = Field.of(model)
    matrix = field.jacobian(0.0, np.zeros(field.dimension))
    constant = field.rates(0.0, np.zeros(field.dimension))
    return lambda: solve_ivp(
        lambda _, x: matrix @ x + constant,
        (0.0, 100.0),
        np.zeros(field.dimension),
        method="LSODA",
        t_eval=TIMES,
        jac=lambda *_: matrix,
        rtol=1e-8,
        atol=1e-10,
        dense_output=True,
    )


def main(counts: tuple[int, ...]) -> None:
    """Print one line for each number of nations."""
    heads = ("nations", "as", "make", "compile", "run", "scipy's run", "equilibrium", "spectrum", "numpy's eig", "dyads", "triples")
    print(" | ".join(heads))
    for count in counts:
        model = race(count)
        window = rn.Window(**dict.fromkeys(model.state_names, (0.0, 100.0)))
        compiled = once(lambda model=model: _compiled(model))
        found = rn.equilibria(model, window)
        start = np.zeros(count)
        numbers = [
            warm(lambda count=count: race(count)),
            compiled,
            warm(lambda model=model, start=start: rn.integrate(model, start, TIMES)),
            warm(peer(model)),
            warm(lambda model=model, window=window: rn.equilibria(model, window)),
            warm(lambda model=model, found=found: rn.spectrum(model, found[0])),
            warm(lambda found=found, model=model: np.linalg.eig(Field.of(model).jacobian(0.0, found[0].state))),
            warm(lambda model=model: rn.destabilising_dyads(model)),
            once(lambda model=model: rn.unstable_groups(model, largest=3)),
        ]
        how = "loops" if isinstance(model, IndexedModel) else "written out"
        print(f"{count} | {how} | " + " | ".join(f"{number:.3g}" for number in numbers), flush=True)


def fearful(count: int, fear: str) -> Any:
    """A security dilemma of nations that all differ in whom they see."""
    exposure = np.random.default_rng(count).uniform(0, 1, (count, count)) * ~np.eye(count, dtype=bool)
    return rn.models.security_dilemma(count, fear, exposure=exposure)


def dilemmas() -> None:
    """Print what `security_dilemma` costs; ``sizes`` is what an equilibrium compiles beyond rates, hill functions are compiled before."""
    _compiled(rn.models.security_dilemma())
    print("\nsecurity dilemma: nations | fear | make | compile | run | equilibrium from zero, first | again | spectrum")
    for fear in ("instant", "state"):
        for count in DILEMMAS:
            model = fearful(count, fear)
            start = np.zeros(len(model.states))
            numbers = [warm(lambda count=count, fear=fear: fearful(count, fear)), once(lambda model=model: _compiled(model))]
            numbers.append(warm(lambda model=model, start=start: rn.integrate(model, start, TIMES)))
            numbers += [once(lambda model=model, start=start: rn.equilibrium_near(model, start)) for _ in range(2)]
            place = rn.equilibrium_near(model, start)
            numbers.append(warm(lambda model=model, place=place: rn.spectrum(model, place)))
            print(f"{count} | {fear} | " + " | ".join(f"{number:.3g}" for number in numbers), flush=True)


def believing() -> None:
    """Print what `security_dilemma` with beliefs costs, of identical nations that are each seen as one of a pair is."""
    print("\nbeliefs: nations | fear | states | make | compile the rates | run of a hundred years by scipy's DOP853")
    for fear in ("instant", "state"):
        for count in BELIEVING:
            shares = {"exposure_low": 0.2 / (count - 1), "exposure_high": 1 / (count - 1)}
            make = partial(rn.models.security_dilemma, count, fear, beliefs=True, balance=-0.1, defence=0.45, **shares)
            model, pairs = make(), count * (count - 1)
            start = np.array([0.5] * (len(model.states) - pairs) + [-1.0] * pairs)
            numbers = [warm(make), once(lambda model=model, start=start: Field.of(model).rates(0.0, start))]
            numbers.append(warm(lambda model=model, start=start: rn.integrate(model, start, TIMES, method="scipy-DOP853")))
            print(f"{count} | {fear} | {len(model.states)} | " + " | ".join(f"{number:.3g}" for number in numbers), flush=True)


def aligned() -> None:
    """Print what `balance_of_power` takes to make and compile."""
    print("\nbalance of power: nations | make and compile")
    for count in range(3, 7):
        print(f"{count} | {once(lambda count=count: _compiled(rn.models.balance_of_power(count))):.3g}", flush=True)


def _compiled(model: Any) -> None:
    field = Field.of(model)
    field.rates_and_jacobian(0.0, np.zeros(field.dimension))
    field.rates(0.0, np.zeros(field.dimension))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RICHARDSON_CACHE_DIR"] = folder
        _compiled(rn.models.linear())  # numba itself
        main(tuple(map(int, sys.argv[1:])) or COUNTS)
        if not sys.argv[1:]:
            dilemmas()
            believing()
            aligned()
