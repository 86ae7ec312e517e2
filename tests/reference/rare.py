"""P(all Z_i >= h_i) of five correlated normals by Genz's method, for tests/rare.rs.

Correlation 0.8^|i-j|; scipy.stats.multivariate_normal.cdf (Genz 1992) of the mirrored variables, 20 randomised runs each.
"""
import numpy as np
import scipy
from scipy.stats import multivariate_normal

rho = np.array([[0.8 ** abs(i - j) for j in range(5)] for i in range(5)])
for h in ([1.0, 1.5, 2.0, 2.5, 1.0], [2.0, 4.0, 3.0, 3.5, 2.5]):
    runs = [
        multivariate_normal.cdf(-np.array(h), np.zeros(5), rho, maxpts=2_000_000, abseps=1e-16, releps=1e-6,
                                rng=np.random.default_rng(s))
        for s in range(20)
    ]
    print(scipy.__version__, h, f"{np.mean(runs):.9e} +- {np.std(runs) / 20 ** 0.5:.1e}")

# In 25 dimensions, none like the other. First a chain, corr(Z_i, Z_j) = 0.7^|i-j|: since it is Markov, the same number is 24
# integrals over one variable, by Gauss-Legendre on 12 standard deviations above each bound. Then a matrix that is no chain:
# neighbours, blocks of five, and a part of its own each.
n = 25
index = np.arange(n)
apart = abs(index[:, None] - index[None, :])


def genz(h, rho, runs=8):
    values = [
        multivariate_normal.cdf(-np.array(h), np.zeros(n), rho, maxpts=500_000, abseps=1e-16, releps=1e-6,
                                rng=np.random.default_rng(s))
        for s in range(runs)
    ]
    return f"{np.mean(values):.9e} +- {np.std(values) / runs ** 0.5:.1e}"


def chain(h, rho):
    at, weights = np.polynomial.legendre.leggauss(400)
    at, weights = 6.0 * (at + 1.0), 6.0 * weights
    density = lambda x: np.exp(-0.5 * x * x) / np.sqrt(2.0 * np.pi)
    sd = np.sqrt(1.0 - rho * rho)
    after = np.ones_like(at)
    for k in range(n - 1, 0, -1):
        here, there = h[k - 1] + at, h[k] + at
        after = density((there[None, :] - rho * here[:, None]) / sd) / sd @ (weights * after)
    return np.sum(weights * density(h[0] + at) * after)


h = [0.1 * ((7 * i) % 11) + 0.1 for i in range(n)]
print("chain", f"{chain(h, 0.7):.9e}", genz(h, 0.7 ** apart))
h = [0.1 * ((7 * i) % 11) + 0.1 for i in range(n)]
print("blocks", genz(h, 0.5 * 0.8 ** apart + 0.3 * (index[:, None] // 5 == index[None, :] // 5) + 0.2 * np.eye(n)))
