# Values for src/correlation, computed without plancast: `Rscript correlation.R`.
# Written with R 4.2.2, corpcor 1.6.10, psych 2.2.9, Matrix 1.5-3 (Debian 12: r-cran-corpcor, r-cran-psych, r-cran-matrix).

options(digits = 15, width = 200)

# Growth of four series of R's own data set `longley` (United States, 1947-1962; Longley 1967), in log per cent.
grown <- apply(as.matrix(longley[, c("GNP", "Employed", "Armed.Forces", "Population")]), 2, function(x) 100 * diff(log(x)))
rownames(grown) <- longley$Year[-1]
cat("longley, growth\n"); print(grown)

# Towards the identity: Schaefer and Strimmer's own program.
library(corpcor)
shrunk <- cor.shrink(grown, verbose = FALSE)
cat("identity: lambda", estimate.lambda(grown, verbose = FALSE), "\n"); print(unclass(shrunk)[, ])
cat("identity, first eight years: lambda", estimate.lambda(grown[1:8, ], verbose = FALSE), "\n")

# Factors: Harman (1976), eight physical variables of 305 girls, R's data set Harman23.cor.
library(psych)
two <- fa(Harman23.cor$cov, nfactors = 2, n.obs = 305, fm = "pa", rotate = "none", SMC = FALSE, max.iter = 100000, min.err = 1e-14)
cat("Harman23, two principal axes\n"); print(unclass(two$loadings)[, ]); print(two$uniquenesses)
least <- fa(Harman23.cor$cov, nfactors = 2, n.obs = 305, fm = "minres", rotate = "none")
cat("Harman23, minres\n"); print(unclass(least$loadings)[, ])

# The nearest correlation matrix of a 4 by 4 one: Matrix::nearPD, and Higham's (2002) example of 3.
library(Matrix)
near <- function(x) as.matrix(nearPD(x, corr = TRUE, eig.tol = 1e-14, conv.tol = 1e-14, posd.tol = 1e-16, maxit = 100000, doDykstra = TRUE)$mat)
print(near(matrix(c(1, 1, 0, 1, 1, 1, 0, 1, 1), 3)))
print(near(matrix(c(1, 0.9, 0.6, -0.4, 0.9, 1, -0.7, 0.5, 0.6, -0.7, 1, 0.8, -0.4, 0.5, 0.8, 1), 4)))
