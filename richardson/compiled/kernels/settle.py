"""Where a path comes to rest: many parameter values, one start.

The path is followed by RODAS3, a stiffly accurate L-stable Rosenbrock method of order 3 with an embedded one of order 2 [1]_,
error-controlled relative to the largest size that each state has had, so that units do not matter. It has arrived once Newton's
iteration converges from the path's own point to a root right beside it, far closer than to any other.

References
----------
.. [1] A. Sandu, J. G. Verwer, J. G. Blom, E. J. Spee, G. R. Carmichael, F. A. Potra (1997), Benchmarking stiff ODE solvers for
   atmospheric chemistry problems II: Rosenbrock solvers, Atmospheric Environment 31, 3459–3472 (coefficients from memory, their
   order checked by tests).
"""

from numpy import empty, inf, isfinite

SETTLED, ESCAPED, LEFT_DOMAIN, STEP_LIMIT, NOT_FINITE = 0, 1, 2, 3, 4
BOUND, TOLERANCE, CLOSE, LONGEST, STEPS = 0, 1, 2, 3, 4  # positions in settings

FIRST_STEP = 1e-3  # times the shortest time scale: the error relative to the first displacement is its cube
SAFETY = 0.9
SHRINK, GROW = 0.2, 6.0
NEWTON_LIMIT = 20
CONTRACTION = 0.05  # second Newton step over the first: about the distance to the root over that to the next one
ARRIVED = 1e-13  # relative size of Newton's last correction
FAILED = 1e-8  # relative size above which a stagnating iteration has not converged


def settle(rule, parameters, start, lower, upper, settings, states, jacobians, codes):
    """Follow the flow from ``start`` for each row of ``parameters``; rest points, Jacobians and codes come out."""
    dimension = start.size
    work = empty((8, dimension))
    matrix = empty((dimension, dimension))
    for row in range(parameters.shape[0]):
        codes[row] = follow(rule, parameters[row], start, lower, upper, settings, states[row], jacobians[row], work, matrix)


def follow(rule, p, start, lower, upper, settings, x, jacobian, work, matrix):
    """Code of one path; ``x`` and ``jacobian`` hold its end, polished when it settled."""
    rate, size, trial = work[0], work[1], work[2]
    x[:] = start
    size[:] = abs(start)
    rule(0.0, x, p, rate, jacobian)
    step = FIRST_STEP / max(norm(jacobian), 1e-300)
    if step > 1e200:
        step = 1.0
    for _ in range(int(settings[STEPS])):
        if not (isfinite(rate).all() and isfinite(jacobian).all()):
            return NOT_FINITE
        if has_arrived(rule, p, x, rate, jacobian, size, settings[CLOSE], work, matrix):
            inside = within(x, lower, upper, size, 1e-12)
            return SETTLED if inside else LEFT_DOMAIN
        step = min(step, settings[LONGEST] / max(norm(jacobian), 1e-300))
        error = attempt(rule, p, x, rate, jacobian, step, work, matrix)
        if error >= 0.0:
            error = relative_error(trial, size, work[6], settings[TOLERANCE])
        if not (0.0 <= error < inf):
            step *= SHRINK
            continue
        if error <= 1.0:
            x[:] = trial
            for i in range(x.size):
                size[i] = max(size[i], abs(x[i]))
            if size.max() > settings[BOUND] and abs(x).max() > settings[BOUND]:
                return ESCAPED
            if not within(x, lower, upper, size, 10.0 * settings[TOLERANCE]):
                return LEFT_DOMAIN
            rule(0.0, x, p, rate, jacobian)
        step *= GROW if error == 0.0 else min(GROW, max(SHRINK, SAFETY * error ** (-1.0 / 3.0)))
    return STEP_LIMIT


def attempt(rule, p, x, rate, jacobian, step, work, matrix):
    """One step of RODAS3 into ``work[2]``, its error estimate into ``work[6]``; negative if the matrix is singular."""
    trial, first, second, third, fourth, value = work[2], work[3], work[4], work[5], work[6], work[7]
    dimension = x.size
    shift = 2.0 / step  # 1/(γ h) with γ = 1/2
    load(matrix, jacobian, shift)
    first[:] = rate
    if not factored_solve(matrix, first):
        return -1.0
    second[:] = rate + (4.0 / step) * first
    load(matrix, jacobian, shift)
    factored_solve(matrix, second)
    trial[:] = x + 2.0 * first
    scratch = empty((dimension, dimension))
    rule(0.0, trial, p, value, scratch)
    third[:] = value + (first - second) / step
    load(matrix, jacobian, shift)
    factored_solve(matrix, third)
    trial[:] = trial + third
    rule(0.0, trial, p, value, scratch)
    fourth[:] = value + (first - second - (8.0 / 3.0) * third) / step
    load(matrix, jacobian, shift)
    factored_solve(matrix, fourth)
    trial[:] = trial + fourth
    return 0.0


def relative_error(trial, size, error, tolerance):
    """Largest error over what is allowed."""
    worst = 0.0
    for i in range(trial.size):
        if error[i] != 0.0:
            worst = max(worst, abs(error[i]) / (tolerance * max(size[i], abs(trial[i]))))
        if not isfinite(trial[i]):
            return inf
    return worst


def has_arrived(rule, p, x, rate, jacobian, size, close, work, matrix):
    """Whether a rest point lies right beside ``x``; if so ``x`` and ``jacobian`` become those of it."""
    correction, point, value = work[3], work[4], work[7]
    correction[:] = -rate
    load(matrix, jacobian, 0.0)
    for i in range(x.size):
        for j in range(x.size):
            matrix[i, j] = jacobian[i, j]
    if not factored_solve(matrix, correction):
        return abs(rate).max() == 0.0
    first = measured(correction, size)
    if not first <= close:
        return False
    if first == 0.0:
        return True
    point[:] = x + correction
    before = first
    slope = empty((x.size, x.size))
    for iteration in range(NEWTON_LIMIT):
        rule(0.0, point, p, value, slope)
        correction[:] = -value
        matrix[:, :] = slope
        if not factored_solve(matrix, correction):
            return False
        now = measured(correction, size)
        if not now < inf or (iteration == 0 and now > CONTRACTION * first and now > ARRIVED):
            return False
        if now >= 0.5 * before:
            if now > FAILED * 1.0:
                return False
            break
        point[:] = point + correction
        before = now
        if now <= ARRIVED:
            break
    correction[:] = point - x
    if measured(correction, size) > 2.0 * close:
        return False
    x[:] = point
    rule(0.0, x, p, value, jacobian)
    return True
