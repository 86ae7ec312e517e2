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
