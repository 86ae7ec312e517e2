"""Values that the tests of `src/calibrate/` hold conjugate estimators against, computed without plancast: `python conjugate.py`.

Least squares by statsmodels, marginal likelihoods and moments by numerical integration, the uniform shrinkage prior on a
grid by SciPy's laws. Written with Python 3.11, NumPy 2.4.6, SciPy 1.17.1, statsmodels 0.15.0.
"""

import numpy as np
import statsmodels.api as sm
from scipy import integrate, stats
from scipy.special import gammaln

X = {2008: 0.097, 2009: 0.094, 2010: 0.106, 2011: 0.096, 2012: 0.079, 2013: 0.078, 2014: 0.074,
     2016: 0.068, 2017: 0.069, 2018: 0.067, 2019: 0.060, 2020: 0.022, 2021: 0.084}
Y = {2009: 0.067, 2010: 0.132, 2011: 0.120, 2012: 0.056, 2013: 0.072, 2014: 0.040, 2015: 0.009,
     2016: 0.050, 2017: 0.066, 2018: 0.085, 2019: 0.045, 2020: 0.031, 2021: 0.103}
PRIOR = dict(mean=1.0, sd=0.5, residual=0.02, df=4.0)


def matched(lag, shared=None):
    """Years of y, lagged x and y; of the lags up to `shared` where that is given."""
    lags = [lag] if shared is None else range(shared + 1)
    years = [t for t in Y if all(t - k in X for k in lags)]
    return years, np.array([X[t - lag] for t in years]), np.array([Y[t] for t in years])


def least_squares(lag):
    years, x, y = matched(lag)
    fit = sm.OLS(y, sm.add_constant(x)).fit()
    low, high = fit.conf_int(0.1)[1]
    print(f"OLS lag {lag}: n {len(years)}, a {fit.params[0]:.12f}, beta {fit.params[1]:.12f}, se {fit.bse[1]:.12f}, "
          f"s {np.sqrt(fit.scale):.12f}, 90 % {low:.12f} {high:.12f}")


def ln_marginal(lag, shared, prior):
    """ln of the integral over (a, beta, sigma^2); a by hand (flat), beta and ln sigma by quadrature."""
    _, x, y = matched(lag, shared)
    n, dx, dy = len(y), x - x.mean(), y - y.mean()

    def ln_integrand(beta, ln_sigma):
        v = np.exp(2 * ln_sigma)
        rest = np.sum((dy - beta * dx) ** 2)
        ln = -0.5 * (n - 1) * np.log(2 * np.pi * v) - 0.5 * np.log(n) - rest / (2 * v)
        if prior:
            ln += stats.norm.logpdf(beta, PRIOR["mean"], PRIOR["sd"] / PRIOR["residual"] * np.sqrt(v))
            ln += stats.invgamma.logpdf(v, PRIOR["df"] / 2, scale=PRIOR["df"] * PRIOR["residual"] ** 2 / 2)
        else:
            ln += -np.log(v)
        return ln + np.log(2 * v)  # d sigma^2 = 2 sigma^2 d ln sigma

    slope = (dx @ dy) / (dx @ dx)
    centre = ln_integrand(slope, np.log(0.02))
    width = lambda s: abs(slope - PRIOR["mean"]) + 12 * np.exp(s) / np.sqrt(dx @ dx)
    total, _ = integrate.dblquad(lambda b, s: np.exp(ln_integrand(b, s) - centre), np.log(0.002), np.log(20.0),
                                 lambda s: slope - width(s), lambda s: slope + width(s), epsabs=1e-13, epsrel=1e-12)
    return np.log(total) + centre


def lags():
    for prior in (True, False):
        values = np.array([ln_marginal(lag, 2, prior) for lag in range(3)])
        shares = np.exp(values - values.max())
        print("ln marginal likelihood", "prior" if prior else "flat", [f"{v:.9f}" for v in values],
              "probabilities", [f"{p:.9f}" for p in shares / shares.sum()])


GROWTH = [0.061, 0.040, 0.078, 0.052, 0.066, -0.012, 0.004, 0.058, 0.049, 0.021, 0.071]
STATE = [0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 0]


def regimes():
    """Means of two regimes under the uniform shrinkage prior on 64 midpoints, by brute force over the full covariance:
    y ~ N(m 1, sigma^2 (I + ratio Z Z')), flat m, 1 / sigma^2."""
    y, z = np.array(GROWTH), np.eye(2)[STATE]
    n, ones = len(y), np.ones(len(GROWTH))
    rows = []
    for j in range(64):
        rho = (j + 0.5) / 64
        ratio = rho / (1 - rho)
        cov = np.eye(n) + ratio * z @ z.T
        inv = np.linalg.inv(cov)
        weight = ones @ inv @ ones
        m = ones @ inv @ y / weight
        squares = (y - m) @ inv @ (y - m)
        ln = -0.5 * np.linalg.slogdet(cov)[1] - 0.5 * np.log(weight) - 0.5 * (n - 1) * np.log(squares)
        # Best linear unbiased prediction of each mean.
        means = m + ratio * z.T @ inv @ (y - m)
        mean_sigma = np.sqrt(squares / 2) * np.exp(gammaln((n - 2) / 2) - gammaln((n - 1) / 2))
        rows.append((ln, m, *means, mean_sigma, rho))
    rows = np.array(rows)
    w = np.exp(rows[:, 0] - rows[:, 0].max())
    print("regimes: common, means, sigma, share between", [f"{v:.12f}" for v in w @ rows[:, 1:] / w.sum()])
    # One ratio, known: 2.
    inv = np.linalg.inv(np.eye(n) + 2 * z @ z.T)
    m = ones @ inv @ y / (ones @ inv @ ones)
    print("regimes, ratio 2:", f"{m:.12f}", [f"{v:.12f}" for v in m + 2 * z.T @ inv @ (y - m)])


def frequency():
    """Two events in 17 years, Jeffreys prior; and with a prior of 1 event in 10 years."""
    for shape, years in [(2.5, 17.0), (3.0, 27.0)]:
        rate = stats.gamma(shape, scale=1 / years)
        p = lambda r: -np.expm1(-r)
        mean = integrate.quad(lambda r: p(r) * rate.pdf(r), 0, 5, epsabs=1e-14)[0]
        second = integrate.quad(lambda r: p(r) ** 2 * rate.pdf(r), 0, 5, epsabs=1e-14)[0]
        print(f"frequency {shape} {years}: mean {mean:.12f}, sd {np.sqrt(second - mean ** 2):.12f}, "
              f"quantiles {[f'{p(q):.12f}' for q in rate.ppf([0.05, 0.5, 0.95])]}, "
              f"five years {[f'{v:.12f}' for v in stats.nbinom(shape, years / (years + 5)).pmf([0, 1, 4])]}")


for lag in range(3):
    least_squares(lag)
lags()
regimes()
frequency()
