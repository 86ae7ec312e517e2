"""The second part of scores.csv, what scores.R does not have: `Rscript scores.R > scores.csv; python scores.py >> scores.csv`.

Written with Python 3.11, NumPy 2.4.6, SciPy 1.17.1, statsmodels 0.15.0, scoringrules 0.10.0 (PyPI).
A row: the function called, its arguments (groups of numbers apart by `;`), what it returned.
"""

import numpy as np
import scoringrules
import statsmodels.api as sm
from scipy import integrate, stats


def row(name, arguments, *values):
    line = lambda numbers: " ".join(repr(float(x)) for x in np.atleast_1d(numbers))
    print(f"{name},{';'.join(line(a) for a in arguments)},{line(values)}")


def fair():
    """Fair forms of the CRPS and of the energy score."""
    rng = np.random.default_rng(20)
    for m in (2, 7, 40):
        x = np.round(rng.normal(1, 2, m), 1)
        for y in (-3.0, x[0], 1.05):
            row("crps_ensemble_fair", [y, x], scoringrules.crps_ensemble(y, x, estimator="fair"))
    for d in (2, 4):
        paths, y = rng.standard_t(4, (12, d)).round(3), rng.normal(size=d).round(3)
        row("es_ensemble_fair", [y, paths.ravel()], scoringrules.es_ensemble(y, paths, estimator="fair"))


def integrals():
    """The definition of the CRPS of a t law by quadrature, where the closed form loses most digits."""
    for df in (1.25, 3.0, 1000.0):
        law = stats.t(df, 0.3, 0.7)
        for y in (0.3, 5.0):
            below, e1 = integrate.quad(lambda x: law.cdf(x) ** 2, -np.inf, y, epsabs=1e-11, epsrel=1e-11, limit=1000)
            above, e2 = integrate.quad(lambda x: law.sf(x) ** 2, y, np.inf, epsabs=1e-11, epsrel=1e-11, limit=1000)
            assert e1 + e2 < 1e-9, (df, y, e1, e2)
            row("crps_t_integral", [y, [df, 0.3, 0.7]], below + above)


def clusters():
    """Variance of a mean by two labels: least squares on a constant (divisors G/(G - 1); the factor (n - 1)/(n - 1) is 1)."""
    rng = np.random.default_rng(21)
    units, periods = np.meshgrid(np.arange(9), np.arange(6), indexing="ij")
    keep = rng.uniform(size=units.size) < 0.8
    units, periods = units.ravel()[keep], periods.ravel()[keep]
    # Some cases share both labels.
    units, periods = np.append(units, [0, 3, 3]), np.append(periods, [2, 1, 1])
    scores = rng.normal(size=9)[units] + 0.5 * rng.normal(size=6)[periods] + rng.normal(size=units.size)
    scores = scores.round(3)
    fit = sm.OLS(scores, np.ones_like(scores)).fit()
    both, first, second = sm.stats.sandwich_covariance.cov_cluster_2groups(fit, units, periods)
    row("cov_cluster_2groups", [scores, units, periods], both.item(), first.item(), second.item())


def uniformity():
    """Pearson's test of equal classes."""
    for counts in ([20, 30, 25, 25], [480, 455, 500, 510, 490, 530, 505, 470, 520, 540], [9, 40]):
        test = stats.chisquare(counts)
        row("chisquare", [counts], test.statistic, test.pvalue)


def brier():
    """Mean Brier score."""
    rng = np.random.default_rng(22)
    p = rng.uniform(size=40).round(3)
    met = (rng.uniform(size=40) < p).astype(float)
    row("brier_score", [p, met], np.mean(scoringrules.brier_score(met, p)))


fair()
integrals()
clusters()
uniformity()
brier()
