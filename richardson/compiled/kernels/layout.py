"""Where the numbers of a block of lanes lie: one flat buffer of rows, each row one number a lane.

A block is ``LANES`` runs side by side. Its buffer holds, row after row: ``ROWS`` rows for each state (`POINT`, `RATE`, then the
scheme's own), the common rows, and the model's region, which the model's functions read and write: time, states, their rates,
Jacobian, derivatives in time, constants. All rows stand in one buffer at constant offsets, so that the compiler sees without checks
at run time that loops over lanes do not overlap, and turns them into vector instructions.

The first two numbers are replaced when a kernel is made (`richardson.compiled.lanes`).
"""

LANES = 32  # 8 vectors of four numbers: enough to hide latencies, few enough for the first cache
DIMENSION = 0  # number of states where it is known when compiling, else 0

POINT, RATE = 0, 1  # rows of each state: its value at the start of a step, and its rate there
TIME, STEP, ERROR, LIVE, NEXT_STEP, COUNT, HISTORY, CALLING, MASK, LOST, AIM, AGAIN = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11  # common rows
COMMON = 12  # how many; AIM and AGAIN are those of `kernels.landing`
ACCEPTED = ERROR  # 1 or 0, once the error has been judged; LOST is 1 where that of the last rejected step was no finite number

BEGIN, END, RELATIVE, STEP_LIMIT, LONGEST, RESOLUTION, REST, DETAIL, TIMELESS, LANDS = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9  # settings of a run
SETTINGS = 10  # how many
LOW, HIGH = 0, 1  # rows of limits: where a state ends a run


def size_of(dimension: int) -> int:
    """Number of states, a constant where it is known."""
    return DIMENSION if DIMENSION > 0 else dimension


def jacobian_rows(dimension: int) -> int:
    """First row of the Jacobian in the model's region, after time, states and rates."""
    return 1 + 2 * size_of(dimension)


def inverse_rows(dimension: int) -> int:
    """First row of the inverse of the iteration matrix, after the Jacobian and the derivatives in time."""
    d = size_of(dimension)
    return 1 + 3 * d + d * d


def flag_row(dimension: int) -> int:
    """Row whose first number is 1 where the rates may take all exponents for small whole numbers, and less otherwise."""
    d = size_of(dimension)
    return 1 + 3 * d + 2 * d * d


def constant_rows(dimension: int) -> int:
    """First row of the constants that a model derives from its parameters; the first of them is each lane's own flag."""
    return flag_row(dimension) + 1
