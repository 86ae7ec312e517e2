# Scores by another program, and the first part of scores.csv: `Rscript scores.R > scores.csv; python scores.py >> scores.csv`.
# Written with R 4.2.2 and scoringRules 1.1.3 (github.com/FK83/scoringRules, commit 6a24675).
#
# A row: the function called, its arguments (groups of numbers apart by `;`, first what came), the score.

library(scoringRules)

# Arguments have at most 15 digits, and so are written exactly.
line <- function(numbers, digits = 15) paste(formatC(numbers, digits = digits, format = "g", width = 1), collapse = " ")
row <- function(name, arguments, score) {
  cat(name, ",", paste(sapply(arguments, line), collapse = ";"), ",", line(score, 17), "\n", sep = "")
}

cat("function,arguments,score\n")

for (y in c(-7.5, 0.25, 0.3, 1.9, 40)) {
  row("crps_norm", list(y, c(0.3, 0.7)), crps_norm(y, mean = 0.3, sd = 0.7))
  row("logs_norm", list(y, c(0.3, 0.7)), logs_norm(y, mean = 0.3, sd = 0.7))
  row("dss_norm", list(y, c(0.3, 0.7)), dss_norm(y, mean = 0.3, sd = 0.7))
  for (df in c(1.25, 2, 4.5, 19, 150)) {
    row("crps_t", list(y, c(df, 0.3, 0.7)), crps_t(y, df = df, location = 0.3, scale = 0.7))
    row("logs_t", list(y, c(df, 0.3, 0.7)), logs_t(y, df = df, location = 0.3, scale = 0.7))
  }
  w <- c(0.5, 0.3, 0.2)
  m <- c(-1, 0.4, 3)
  s <- c(0.5, 2, 0.1)
  row("crps_mixnorm", list(y, w, m, s), crps_mixnorm(y, m = t(m), s = t(s), w = t(w)))
  row("logs_mixnorm", list(y, w, m, s), logs_mixnorm(y, m = t(m), s = t(s), w = t(w)))
  row("ints_quantiles", list(y, c(-0.6, 1.4, 0.8)), ints_quantiles(y, -0.6, 1.4, 0.8))
  row("qs_quantiles", list(y, c(0.9, 0.75)), qs_quantiles(y, 0.9, 0.75))
}

set.seed(20)
for (m in c(1, 2, 7, 40)) {
  # One decimal: with ties.
  x <- round(rnorm(m, 1, 2), 1)
  for (y in c(-3, x[1], 1.05)) row("crps_sample", list(y, x), crps_sample(y, x, method = "edf"))
}

for (d in 2:4) {
  paths <- matrix(round(rt(d * 12, df = 4), 3), nrow = d)
  y <- round(rnorm(d), 3)
  row("es_sample", list(y, as.vector(paths)), es_sample(y, paths))
  for (p in c(0.5, 0.8, 1, 2)) {
    w <- matrix(round(runif(d * d), 2), nrow = d)
    w <- w + t(w)
    row("vs_sample", list(y, as.vector(paths), p), vs_sample(y, paths, p = p))
    row("vs_sample", list(y, as.vector(paths), p, as.vector(w)), vs_sample(y, paths, w_vs = w, p = p))
  }
}
