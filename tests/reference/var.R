# Values of the R package vars for the vector autoregressions: after var.py, `Rscript var.R FOLDER`, where FOLDER holds
# the R files of the package's source, adds them to var.csv. The files are read one by one, because the fit and the
# forecasts need nothing of the packages that vars depends on for its tests.
#
# Written with R 4.2.2 and vars 1.6-1.

folder <- commandArgs(trailingOnly = TRUE)[1]
for (file in list.files(folder, full.names = TRUE)) source(file)

growth <- as.matrix(read.csv("us-macro.csv")[, -1])
add <- function(lags, quantity, matrix) {
  matrix <- as.matrix(matrix)
  for (i in seq_len(nrow(matrix))) for (j in seq_len(ncol(matrix))) {
    cat(sprintf("vars,%d,%s,%d,%d,%.17g\n", lags, quantity, i - 1, j - 1, matrix[i, j]), file = "var.csv", append = TRUE)
  }
}
for (lags in c(1, 2, 4)) {
  fit <- VAR(growth, p = lags, type = "const")
  terms <- sapply(fit$varresult, coef)
  # The constant first, as plancast and statsmodels have it.
  terms <- rbind(terms[nrow(terms), ], terms[-nrow(terms), ])
  add(lags, "coefficients", terms)
  residuals <- sapply(fit$varresult, residuals)
  add(lags, "covariance", crossprod(residuals) / (fit$obs - nrow(terms)))
  add(lags, "log likelihood", as.numeric(logLik.varest(fit)))
  forecast <- predict.varest(fit, n.ahead = 5, ci = 0.95)
  add(lags, "forecast", sapply(forecast$fcst, function(series) series[, "fcst"]))
  # Half the width of the interval over the normal quantile.
  add(lags, "forecast sd", sapply(forecast$fcst, function(series) series[, "CI"]) / qnorm(0.975))
}
