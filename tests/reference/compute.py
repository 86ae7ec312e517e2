"""Values that have no closed form, computed without plancast: `python compute.py > values.csv`.

Each is an integral over normal laws by Gaussian quadrature, at two orders that must agree to 1e-8.
Written with Python 3.11, NumPy 2.4.6, SciPy 1.17.1.
"""

import sys

import numpy as np
from scipy import integrate, stats
from scipy.stats import norm

YEARS = 5


def normal_grid(order, dimensions):
    """Nodes and weights of a product rule for independent standard normals."""
    x, w = np.polynomial.hermite_e.hermegauss(order)
    w = w / w.sum()
    nodes = [a.ravel() for a in np.meshgrid(*[x] * dimensions, indexing="ij")]
    weights = np.ones(1)
    for _ in range(dimensions):
        weights = np.multiply.outer(weights, w).ravel()
    return nodes, weights


def last_year(order, before, need):
    """E[P(z5 >= need(state after four years))]: the last of five normals is integrated in closed form."""
    nodes, weights = normal_grid(order, YEARS - 1)
    return float((weights * norm.sf(need(before(nodes)))).sum())


def ar1_simple(order, drift, persistence, volatility, bound):
    """P of a geometric average growth of at least `bound`, AR(1) in the simple rate, first growth from the drift."""

    def before(nodes):
        growth, level = np.full_like(nodes[0], drift), np.ones_like(nodes[0])
        for z in nodes:
            growth = drift + persistence * (growth - drift) + volatility * z
            level = level * (1 + growth)
        return growth, level

    def need(state):
        growth, level = state
        return ((1 + bound) ** YEARS / level - 1 - drift - persistence * (growth - drift)) / volatility

    return last_year(order, before, need)


def arithmetic_average(order, drift, volatility, bound):
    """P of an arithmetic average of simple growth of at least `bound`, log growth a random walk."""

    def before(nodes):
        return sum(np.exp(drift + volatility * z) - 1 for z in nodes)

    def need(so_far):
        rest = YEARS * bound - so_far + 1
        return (np.log(np.maximum(rest, 1e-300)) - drift) / volatility

    return last_year(order, before, need)


def cumulative(order, base, drift, volatility, bound):
    """P that the levels of five years sum to at least `bound`, log growth a random walk."""

    def before(nodes):
        level, total = np.full_like(nodes[0], base), np.zeros_like(nodes[0])
        for z in nodes:
            level = level * np.exp(drift + volatility * z)
            total = total + level
        return level, total

    def need(state):
        level, total = state
        return (np.log(np.maximum(bound - total, 1e-300) / level) - drift) / volatility

    return last_year(order, before, need)


def barrier(order, height, years):
    """P that a driftless walk with unit steps stands at `height` or above for the first time in each year."""
    low = -16.0
    x, w = np.polynomial.legendre.leggauss(order)
    x, w = (x + 1) / 2 * (height - low) + low, w * (height - low) / 2
    density, first = norm.pdf(x), [norm.sf(height)]
    for _ in range(years - 1):
        first.append(float((density * w * norm.sf(height - x)).sum()))
        density = norm.pdf(x[:, None] - x[None, :]) @ (density * w)
    return first


def bivariate_t(order, df, correlation, bound):
    """P(both <= bound) for two unit-variance Student t with one shared chi-square."""

    def given(u):
        w = stats.chi2.ppf(u, df)
        c = bound / np.sqrt((df - 2) / w)
        # P(both normals <= c): Plackett's integral over the correlation.
        x, weights = np.polynomial.legendre.leggauss(40)
        angle = (x + 1) / 2 * np.arcsin(correlation)
        inner = np.exp(-c * c / (1 + np.sin(angle)))
        return norm.cdf(c) ** 2 + (inner * weights).sum() * np.arcsin(correlation) / 2 / (2 * np.pi)

    return integrate.quad(given, 0, 1, epsabs=1e-10, limit=order)[0]


def t_two_years(order, df, volatility, bound):
    """P(s (e1 + e2) <= bound) for two independent unit-variance Student t."""
    scale = volatility * np.sqrt((df - 2) / df)
    law = stats.t(df)
    f = lambda x: law.pdf(x) * law.cdf(bound / scale - x)
    return integrate.quad(f, -np.inf, np.inf, epsabs=1e-11, limit=order)[0]


def orthant(order, correlation, heights):
    """P(every Z_i >= h_i): Z = L Y, each Y_i from its lower end to 9, the last one in closed form."""
    chol = np.linalg.cholesky(np.array(correlation))
    n = len(heights)
    x, w = np.polynomial.legendre.leggauss(order)
    nodes = [a.ravel() for a in np.meshgrid(*[(x + 1) / 2] * (n - 1), indexing="ij")]
    weights = np.ones(1)
    for _ in range(n - 1):
        weights = np.multiply.outer(weights, w / 2).ravel()
    y = []
    for i in range(n):
        mean = sum(chol[i, j] * y[j] for j in range(i)) if i else 0.0
        low = (heights[i] - mean) / chol[i, i]
        if i == n - 1:
            return float((weights * norm.sf(low)).sum())
        low = np.clip(low, -9.0, 9.0)
        y.append(low + nodes[i] * (9.0 - low))
        weights = weights * (9.0 - low) * norm.pdf(y[i])


def workload(order, rho):
    """P of the first four targets of the reference workloads, all normal in log or logit space."""
    mu, phi, sigma, kappa, start = 0.05, 0.3, 0.02, 0.2, 0.039
    # Weights of the innovations of year 1 .. 5 in the state of year 5.
    growth = [sigma * sum(phi**j for j in range(YEARS - k)) for k in range(YEARS)]
    share = [0.02 * (1 - kappa) ** (YEARS - 1 - k) for k in range(YEARS)]
    rows = {  # coefficients on (growth, share, employment, intensity) shocks, year by year
        0: [[g, 0, 0, 0] for g in growth],
        1: [[0, s, 0, 0] for s in share],
        2: [[g, 0, -0.01, 0] for g in growth],
        3: [[0, 0, 0, -0.015] for _ in growth],
    }
    corr = np.array([[rho(abs(i - j)) for j in range(4)] for i in range(4)])
    cov = np.array(
        [[sum(np.array(rows[i][t]) @ corr @ np.array(rows[j][t]) for t in range(YEARS)) for j in range(4)] for i in range(4)]
    )
    logit = lambda s: np.log(s / (1 - s))
    theta = logit(start + 0.002)
    means = [5 * mu, theta + (1 - kappa) ** 5 * (logit(start) - theta), np.log(5615.3 / 138) + 5 * (mu - 0.003), 5 * 0.035]
    bounds = [5 * np.log1p(mu), logit(start + 0.001), np.log(50), -np.log(1 - 0.18)]
    sd = np.sqrt(np.diag(cov))
    heights = [(b - m) / s for b, m, s in zip(bounds, means, sd)]
    return orthant(order, cov / np.outer(sd, sd), heights)


def agreed(function, orders, *arguments):
    first, second = (np.atleast_1d(function(order, *arguments)) for order in orders)
    assert np.all(np.abs(first - second) < 1e-8), (function.__name__, first, second)
    return second


def main():
    out = sys.stdout
    write = lambda name, value: print(f"{name},{value:.12f}", file=out)
    print("name,value", file=out)
    write("ar1_simple", agreed(ar1_simple, (24, 32), 0.047, 0.4, 0.02, 0.05)[0])
    write("arithmetic_average", agreed(arithmetic_average, (24, 32), 0.044, 0.06, 0.05)[0])
    write("cumulative", agreed(cumulative, (24, 32), 100.0, 0.02, 0.05, 530.0)[0])
    for year, p in enumerate(agreed(barrier, (300, 400), 1.25, YEARS), 1):
        write(f"barrier_{year}", p)
    for rho, name in [(0.0, "t_joint_0"), (0.5, "t_joint_5")]:
        write(name, agreed(bivariate_t, (400, 800), 4.0, rho, -2.0)[0])
    write("t_two_years", agreed(t_two_years, (200, 400), 5.0, 0.02, -0.06)[0])
    write("workload_1", agreed(workload, (40, 56), lambda d: 1.0 if d == 0 else 0.3)[0])
    write("workload_2", agreed(workload, (40, 56), lambda d: 0.25 + 0.75 * np.exp(-d / 5))[0])


main()
