"""Tango's score interval for paired proportions, in 40 digits: the values of src/stats/paired.rs.

The likelihood is maximised by halving its derivative, and the score solved by halving, so no formula of the library is used.
Needs mpmath. Run: python paired.py
"""

from mpmath import erfinv, mp, mpf, nstr, sqrt

mp.dps = 40


def likeliest(gained, lost, n, difference):
    """P(lost) that maximises gained log(q + d) + lost log q + rest log(1 - 2 q - d)."""
    low, high = max(mpf(0), -difference), (1 - difference) / 2
    rest = n - gained - lost
    for _ in range(140):
        q = (low + high) / 2
        slope = -2 * rest / (1 - 2 * q - difference)
        slope += gained / (q + difference) if gained else 0
        slope += lost / q if lost else 0
        low, high = (q, high) if slope > 0 else (low, q)
    return (low + high) / 2


def upper(gained, lost, n, level):
    z = sqrt(2) * erfinv(mpf(level))
    low, high = mpf(gained - lost) / n, mpf(1)
    for _ in range(110):
        d = (low + high) / 2
        score = gained - lost - n * d + z * sqrt(n * (2 * likeliest(gained, lost, n, d) + d * (1 - d)))
        low, high = (d, high) if score > 0 else (low, d)
    return (low + high) / 2


for gained, lost, n, level in [
    (1, 7, 21, "0.95"),
    (0, 0, 1000, "0.95"),
    (12, 3, 100, "0.9"),
    (1203, 57, 200_000, "0.95"),
    (150_000, 140_000, 1_000_000_000, "0.99"),
    (30, 0, 30, "0.95"),
]:
    print(gained, lost, n, level, nstr(-upper(lost, gained, n, level), 18), nstr(upper(gained, lost, n, level), 18))
