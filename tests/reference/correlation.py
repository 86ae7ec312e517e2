"""Values for src/correlation/shrink.rs, computed without plancast: `python correlation.py`.

The intensity by the general formula of Schaefer and Strimmer (2005), equation 8, with the whole covariance matrix of all sample
correlations written out, where the library never forms one. Targets are linear in the correlations, t = A r.
The identity agrees with R's corpcor 1.6.10 (correlation.R). Written with Python 3.11, NumPy 2.4.6.
"""

import itertools

import numpy as np

# R's data set longley: growth of GNP, employed, armed forces and population, 1948-1962, log per cent (correlation.R prints them).
GROWTH = 100 * np.diff(
    np.log(
        [
            [234.289, 60.323, 159.0, 107.608],
            [259.426, 61.122, 145.6, 108.632],
            [258.054, 60.171, 161.6, 109.773],
            [284.599, 61.187, 165.0, 110.929],
            [328.975, 63.221, 309.9, 112.075],
            [346.999, 63.639, 359.4, 113.270],
            [365.385, 64.989, 354.7, 115.094],
            [363.112, 63.761, 335.0, 116.219],
            [397.469, 66.019, 304.8, 117.388],
            [419.180, 67.857, 285.7, 118.734],
            [442.769, 68.169, 279.8, 120.445],
            [444.546, 66.513, 263.7, 121.950],
            [482.704, 68.655, 255.2, 123.366],
            [502.601, 69.564, 251.4, 125.368],
            [518.173, 69.331, 257.2, 127.852],
            [554.894, 70.551, 282.7, 130.081],
        ]
    ),
    axis=0,
)
PAIRS = list(itertools.combinations(range(4), 2))


def sample(x):
    """Correlations over common years, and their covariance matrix."""
    r, parts = [], np.zeros((len(x), len(PAIRS)))
    for a, (i, j) in enumerate(PAIRS):
        both = np.isfinite(x[:, i]) & np.isfinite(x[:, j])
        z = x[both][:, [i, j]]
        z = (z - z.mean(0)) / z.std(0, ddof=1)
        w, n = z[:, 0] * z[:, 1], both.sum()
        r.append(w.sum() / (n - 1))
        assert np.isclose(r[-1], np.corrcoef(x[both, i], x[both, j])[0, 1], atol=1e-14)
        parts[both, a] = (w - w.mean()) * np.sqrt(n / (n - 1) ** 3)
    return np.array(r), parts.T @ parts


def shrink(name, x, target):
    r, covariance = sample(x)
    t = target @ r
    error = np.trace(covariance) - np.trace(target @ covariance)
    intensity = min(1.0, error / ((t - r) ** 2).sum())
    shrunk = intensity * t + (1 - intensity) * r

    def filled(values):
        matrix = np.eye(4)
        for (i, j), value in zip(PAIRS, values):
            matrix[i, j] = matrix[j, i] = value
        return matrix

    print(f"{name}: lambda {intensity:.12f} means {np.unique(t.round(12))}")
    print("  ", [f"{value:.12f}" for value in shrunk], f"smallest {np.linalg.eigvalsh(filled(shrunk))[0]:.12f}")
    print("   eigenvalues of the sample", np.linalg.eigvalsh(filled(r)))
    # The trace of the map from r to the estimate, the intensity given.
    print(f"   df {np.trace(intensity * target + (1 - intensity) * np.eye(6)):.12f}")


def classes(of):
    same = np.array([[of(*a) == of(*b) for b in PAIRS] for a in PAIRS], dtype=float)
    return same / same.sum(1, keepdims=True)


gaps = GROWTH.copy()
gaps[:6, 1] = np.nan  # employed from 1954
gaps[11:, 2] = np.nan  # armed forces to 1958
gaps[4, 0] = np.nan  # GNP without 1952
equal = classes(lambda i, j: True)
block = classes(lambda i, j: (i < 2) == (j < 2))
for name, x in [("all", GROWTH), ("gaps", gaps)]:
    shrink(f"{name}, identity", x, np.zeros((6, 6)))
    shrink(f"{name}, equicorrelated", x, equal)
    shrink(f"{name}, block (0 1)(2 3)", x, block)
