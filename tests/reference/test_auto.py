"""The same special points as AUTO-07p, on its own demonstration problem and on the oxidation of carbon monoxide.

AUTO is an independent program: its equations are written here as Fortran, and it finds points by bisection of its own test
functions. Skipped where Debian's packages auto-07p and gfortran are not installed.
"""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from richardson.continuation.follow import continue_equilibrium
from richardson.symbolic.model import Model

LIBRARY = Path("/usr/lib/auto-07p/lib")
KINDS = {2: "fold", 3: "hopf"}
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not LIBRARY.is_dir() or shutil.which("gfortran") is None, reason="needs Debian's auto-07p and gfortran"),
]

AB = {"u": "-u + p*(1 - u)*exp(v)", "v": "-v + 14*p*(1 - u)*exp(v) - 2*v"}
OXIDATION = {
    "x": "2*2.5*(1 - x - y - s)**2 - 2*x**2 - 10*x*y",
    "y": "q*(1 - x - y - s) - 0.1*y - 10*x*y",
    "s": "0.0675*(1 - x - y - s - 0.4*s)",
}
FORTRAN = """
SUBROUTINE FUNC(NDIM,W,ICP,PAR,IJAC,F,DFDU,DFDP)
  IMPLICIT NONE
  INTEGER, INTENT(IN) :: NDIM, ICP(*), IJAC
  DOUBLE PRECISION, INTENT(IN) :: W(NDIM), PAR(*)
  DOUBLE PRECISION, INTENT(OUT) :: F(NDIM)
  DOUBLE PRECISION, INTENT(INOUT) :: DFDU(NDIM,NDIM), DFDP(NDIM,*)
  DOUBLE PRECISION {names}
{assigned}
{rates}
END SUBROUTINE FUNC
SUBROUTINE STPNT(NDIM,W,PAR,T)
  IMPLICIT NONE
  INTEGER, INTENT(IN) :: NDIM
  DOUBLE PRECISION, INTENT(INOUT) :: W(NDIM), PAR(*)
  DOUBLE PRECISION, INTENT(IN) :: T
{start}
END SUBROUTINE STPNT
SUBROUTINE BCND
END SUBROUTINE BCND
SUBROUTINE ICND
END SUBROUTINE ICND
SUBROUTINE FOPT
END SUBROUTINE FOPT
SUBROUTINE PVLS
END SUBROUTINE PVLS
"""
CONSTANTS = """NDIM={size}, IPS=1, IRS=0, ILP=1
ICP=[1]
NTST=20, NCOL=4, IAD=3, ISP=2, ISW=1, IPLT=0, NBC=0, NINT=0
NMX=2000, NPR=2000, MXBF=0, IID=2, ITMX=8, ITNW=7, NWTN=3, JAC=0
EPSL=1e-10, EPSU=1e-10, EPSS=1e-9
DS=0.0005, DSMIN=1e-7, DSMAX={longest}, IADS=1
RL0={low}, RL1={high}, A0=0, A1=1000
"""


def as_fortran(text: str) -> str:
    """The expression with every number in double precision."""
    return re.sub(r"(?<![\w.*])(\d+(?:\.\d+)?)(?!\w)", r"\1d0", text)


def points_of_auto(folder: Path, equations: dict[str, str], parameter: str, start: list[float], span: tuple[float, float]) -> np.ndarray:
    """Rows of kind (2 fold, 3 Hopf), parameter value and state, in order of the branch from ``start`` at the lower end of the span."""
    names = list(equations)
    assigned = [f"  {name}=W({place})" for place, name in enumerate(names, 1)] + [f"  {parameter}=PAR(1)"]
    rates = [f"  F({place})={as_fortran(text)}" for place, text in enumerate(equations.values(), 1)]
    begin = [f"  W({place})={value!r}d0" for place, value in enumerate(start, 1)] + [f"  PAR(1)={span[0]!r}d0"]
    parts = {"names": ", ".join([*names, parameter]), "assigned": "\n".join(assigned), "rates": "\n".join(rates), "start": "\n".join(begin)}
    (folder / "problem.f90").write_text(FORTRAN.format(**parts))
    (folder / "fort.2").write_text(CONSTANTS.format(size=len(names), low=0.5 * span[0], high=span[1], longest=0.005))
    objects = sorted(map(str, LIBRARY.glob("*.o")))
    subprocess.run(["gfortran", "-O", "-w", "-fopenmp", "problem.f90", *objects, "-o", "problem"], cwd=folder, check=True)
    subprocess.run(["./problem"], cwd=folder, check=True, capture_output=True)
    rows = [line.split() for line in (folder / "fort.7").read_text().splitlines() if not line.startswith("   0")]
    return np.array([[float(row[2]), float(row[4]), *map(float, row[6:])] for row in rows if int(row[2]) in KINDS])


@pytest.mark.parametrize(
    ("equations", "parameter", "guess", "span"),
    [(AB, "p", [0.06, 0.3], (0.05, 0.15)), (OXIDATION, "q", [0.146, 0.12, 0.524], (0.9, 1.4))],
    ids=["ab", "oxidation"],
)
def test_folds_and_hopf_points_are_those_of_auto(
    tmp_path: Path, equations: dict[str, str], parameter: str, guess: list[float], span: tuple[float, float]
) -> None:
    model = Model.from_equations(equations, {parameter: span[0]})
    branch = continue_equilibrium(model, guess, parameter, span)
    ours = [point for point in branch.points if point.kind in KINDS.values()]
    theirs = points_of_auto(tmp_path, equations, parameter, branch.states[0].tolist(), span)
    assert [point.kind for point in ours] == [KINDS[int(row[0])] for row in theirs]
    np.testing.assert_allclose([[point.value, *point.state] for point in ours], theirs[:, 1:], rtol=1e-6)
