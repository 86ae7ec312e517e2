"""The record of the closed-form reference models on CO2 per GDP, without plancast: `python backtest.py ../../scenarios/panel`.

On GDP and the R&D share the same program gives the published record to the digit. Written with Python 3.11, NumPy
2.4.6, SciPy 1.17.1.
"""

import csv
import sys
from collections import defaultdict

import numpy as np
from scipy import stats
from scipy.special import betaln, digamma, polygamma

H = 5


def load(name):
    series = defaultdict(dict)
    for row in csv.DictReader(open(f"{sys.argv[1]}/{name}.csv")):
        series[row["region"]][int(row["year"])] = float(row["value"])
    return series


def levels(panel):
    gdp = load("real-gdp")
    if panel == "gdp":
        return {u: {y: np.log(v) for y, v in s.items()} for u, s in gdp.items()}
    if panel == "rd":
        return {u: {y: np.log(v / (100 - v)) for y, v in s.items()} for u, s in load("rd-share").items()}
    return {
        u: {y: np.log(v / gdp[u][y]) for y, v in s.items() if y in gdp[u] and v > 0}
        for u, s in load("co2").items()
    }


def training(z, origin, window, fewest, unbroken):
    """(unit, increments) at an origin."""
    for unit in sorted(z):
        s = z[unit]
        if origin not in s:
            continue
        if unbroken:
            years = []
            year = origin
            while year - 1 in s:
                years.insert(0, year)
                year -= 1
        else:
            years = [y for y in sorted(s) if y <= origin and y - 1 in s]
        if len(years) < fewest:
            continue
        x = np.array([s[y] - s[y - 1] for y in years[-window:]])
        if np.var(x) > 1e-20:
            yield unit, x


def smyth(s2, d):
    e = np.log(s2) - digamma(d / 2) + np.log(d / 2)
    excess = e.var(ddof=1) - polygamma(1, d / 2).mean()
    if excess <= 0:
        return 1e6, np.full(len(s2), np.exp(e.mean()))
    x = 0.5 + 1 / excess
    for _ in range(100):
        t = polygamma(1, x)
        x += t * (1 - t / excess) / polygamma(2, x)
    s0 = np.exp(e.mean() + digamma(x) - np.log(x))
    return 2 * x, (2 * x * s0 + d * s2) / (2 * x + d)


def drifts(m, v):
    w = 1 / v
    mean = (w * m).sum() / w.sum()
    q = (w * (m - mean) ** 2).sum()
    tau2 = max(0, (q - (len(m) - 1)) / (w.sum() - (w**2).sum() / w.sum()))
    u = 1 / (v + tau2)
    own = tau2 / (tau2 + v)
    return own * m + (1 - own) * (u * m).sum() / u.sum(), own * v


def geometric(phi):
    k = np.arange(1, H + 1)
    return (phi**k).sum(), (((1 - phi**k) / (1 - phi)) ** 2).sum()


def moments(xs):
    n = np.array([float(len(x)) for x in xs])
    return n, np.array([x.mean() for x in xs]), np.array([x.var(ddof=1) for x in xs])


def rwd_plugin(xs):
    n, m, s2 = moments(xs)
    return np.inf + n, H * m, np.sqrt(H * s2)


def rwd_t(xs):
    n, m, s2 = moments(xs)
    return n - 1, H * m, np.sqrt(s2 * (H + H * H / n))


def ar1_plugin(xs):
    location, scale = [], []
    for x in xs:
        a, b = x[:-1], x[1:]
        slope, constant = np.polyfit(a, b, 1)
        variance = ((b - constant - slope * a) ** 2).sum() / (len(x) - 3)
        phi = np.clip(slope, -0.98, 0.98)
        mean = constant / (1 - phi)
        carry, spread = geometric(phi)
        location.append(H * mean + (x[-1] - mean) * carry)
        scale.append(np.sqrt(variance * spread))
    return np.full(len(xs), np.inf), np.array(location), np.array(scale)


def eb_drift(xs):
    n, m, s2 = moments(xs)
    d0, shrunk = smyth(s2, n - 1)
    b, v = drifts(m, shrunk / n)
    return d0 + n - 1, H * b, np.sqrt(H * shrunk + H * H * v)


def eb_ar(xs):
    n, _, s2 = moments(xs)
    cross = sum(((x[:-1] - x[:-1].mean()) * (x[1:] - x[1:].mean())).sum() / v for x, v in zip(xs, s2))
    square = sum(((x[:-1] - x[:-1].mean()) ** 2).sum() / v for x, v in zip(xs, s2))
    phi = cross / square
    phi = np.clip(phi + (1 + phi) / (n.mean() - 1), -0.6, 0.95)
    es = [x[1:] - phi * x[:-1] for x in xs]
    d0, shrunk = smyth(np.array([e.var(ddof=1) for e in es]), n - 2)
    means = np.array([e.mean() for e in es]) / (1 - phi)
    b, v = drifts(means, shrunk / (n - 1) / (1 - phi) ** 2)
    carry, spread = geometric(phi)
    last = np.array([x[-1] for x in xs])
    return d0 + n - 2, H * b + (last - b) * carry, np.sqrt(shrunk * spread + v * (H - carry) ** 2)


def crps(y, df, location, scale):
    z = (y - location) / scale
    if np.isinf(df).all():
        return scale * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi))
    half = 2 * np.sqrt(df) / (df - 1) * np.exp(betaln(0.5, df - 0.5) - 2 * betaln(0.5, df / 2))
    f, density = stats.t.cdf(z, df), stats.t.pdf(z, df)
    return scale * (z * (2 * f - 1) + 2 * density * (df + z * z) / (df - 1) - half)


def record(panel, origins, window, fewest, unbroken):
    z = levels(panel)
    for model in (rwd_plugin, rwd_t, ar1_plugin, eb_drift, eb_ar):
        pit, scores = [], []
        for origin in origins:
            units, xs = zip(*training(z, origin, window, fewest, unbroken))
            df, location, scale = model(xs)
            known = [k for k, u in enumerate(units) if origin + H in z[u]]
            y = np.array([z[units[k]][origin + H] - z[units[k]][origin] for k in known])
            df, location, scale = df[known], location[known], scale[known]
            law = stats.norm if np.isinf(df).all() else stats.t(df)
            pit.extend(law.cdf((y - location) / scale))
            scores.extend(crps(y, df, location, scale))
        far = abs(np.array(pit) - 0.5)
        cover = " / ".join(f"{100 * (far <= q).mean():.2f}" for q in (0.25, 0.4, 0.45))
        print(f"{panel} {model.__name__}: {len(pit)} cases, {cover}, {100 * np.mean(scores):.3f}")


for name in ("gdp", "co2"):
    record(name, range(1980, 2013), 20, 20, True)
record("rd", range(2008, 2020), 1000, 8, False)
