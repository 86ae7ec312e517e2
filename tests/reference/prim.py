"""The trajectory of PRIM on a deterministic data set, by another program: the values of tests/discovery.rs.

Columns are multiples of roots of primes modulo 1, which any language makes to the last bit. Needs ema_workbench (2.5.3).
Run: python prim.py
"""

import math

import numpy as np
import pandas as pd
from ema_workbench.analysis import prim

CASES = 4000
k = np.arange(1, CASES + 1, dtype=float)
columns = {f"x{p}": np.array([math.fmod(i * math.sqrt(p), 1.0) for i in k]) for p in (2, 3, 5, 7)}
x = pd.DataFrame(columns)
noise = columns["x7"]
# A box that holds most hits, and hits elsewhere: no search ends at density 1.
y = ((x["x2"] < 0.45) & (x["x3"] > 0.4) & (noise < 0.9)) | (noise > 0.95)
found = prim.Prim(x[["x2", "x3", "x5"]], y.to_numpy(), threshold=0.1, peel_alpha=0.05, mass_min=0.05)
box = found.find_box()
print(f"cases {CASES}, hits {int(y.sum())}")
for row in box.peeling_trajectory.itertuples():
    print(f"({round(row.mass * CASES)}, {row.coverage:.6f}, {row.density:.6f}),")
print(box.box_lims[-1])
