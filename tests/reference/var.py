"""Data and values for the vector autoregressions, computed without plancast:
`python var.py` writes us-macro.csv and the part of var.csv that is from statsmodels; then `Rscript var.R` adds the other.

Data: quarterly growth (differences of logarithms) of real GDP, real consumption and real investment of the United
States, 1959 Q2 to 1974 Q1, the first 60 of `statsmodels.datasets.macrodata`. Source: FRED, Federal Reserve Bank of St.
Louis, accessed 15 December 2009 by S. Seabold; in the public domain. Quarters are numbered as if they were years.

Written with Python 3.11, NumPy 2.4.6, statsmodels 0.15.0.
"""

import csv
import pathlib

import numpy as np
import statsmodels.api as sm
from statsmodels.tsa.api import VAR

HERE = pathlib.Path(__file__).parent
NAMES = ["realgdp", "realcons", "realinv"]


def main():
    data = sm.datasets.macrodata.load_pandas().data
    growth = np.diff(np.log(data[NAMES].to_numpy()), axis=0)[:60].round(8)
    with open(HERE / "us-macro.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["year"] + NAMES)
        for number, row in enumerate(growth, start=1):
            out.writerow([number] + [f"{value:.8f}" for value in row])

    rows = []

    def add(lags, quantity, matrix):
        for (i, j), value in np.ndenumerate(np.atleast_2d(matrix)):
            rows.append(["statsmodels", lags, quantity, i, j, repr(float(value))])

    for lags in (1, 2, 4):
        fit = VAR(growth).fit(lags, trend="c")
        add(lags, "coefficients", fit.params)
        add(lags, "covariance", fit.sigma_u)
        add(lags, "ml covariance", fit.sigma_u_mle)
        add(lags, "log likelihood", fit.llf)
        add(lags, "forecast", fit.forecast(growth[-lags:], 5))
        for step, covariance in enumerate(fit.mse(5)):
            add(lags, f"forecast error {step}", covariance)
        add(lags, "largest root", 1 / np.abs(fit.roots).min())
    with open(HERE / "var.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["program", "lags", "quantity", "row", "column", "value"])
        out.writerows(rows)


main()
