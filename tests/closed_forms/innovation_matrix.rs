//! The innovations that a run of a reference workload really had, read back from its levels: are they standard normal, do they
//! have the correlation that was asked for, and are the years apart from each other?

use crate::check::phi;
use crate::workload::{Kind, Workload, YEARS};
use plancast::math;
use plancast::prelude::*;
use plancast::simulate::{Block, LANES, Observer};

/// Turns levels back into innovations.
pub struct Innovations {
    kinds: Vec<Kind>,
    /// Position in the scenario of the indicator that has the i-th innovation.
    owners: Vec<usize>,
}

impl Innovations {
    pub fn new(workload: &Workload, scenario: &Scenario) -> Self {
        let owner = |i| scenario.indicators().get_index_of(&workload.owner(i)).unwrap();
        let size = workload.indicators;
        Self { kinds: (0..size).map(|i| workload.kind(i)).collect(), owners: (0..size).map(owner).collect() }
    }

    /// The innovations of the i-th indicator, a row a year.
    fn read(&self, block: &Block<'_>, i: usize, rows: &mut [Vec<f64>]) {
        let level = |step| block.level(self.owners[i], step).unwrap();
        let n = block.len();
        let ([before, x, growth], mut rest) =
            ([&mut [0.0; LANES], &mut [0.0; LANES], &mut [0.0; LANES]], rows);
        let latent = |step: usize, x: &mut [f64; LANES]| {
            let level = level(step);
            for (x, level) in x.iter_mut().zip(level) {
                *x = if matches!(self.kinds[i], Kind::Share { .. }) { level / (1.0 - level) } else { *level };
            }
            math::ln_in_place(&mut x[..n]);
        };
        latent(0, before);
        if let Kind::Growth { mu, .. } = self.kinds[i] {
            growth.fill(mu);
        }
        for step in 1..=YEARS {
            latent(step, x);
            let (row, later) = rest.split_first_mut().unwrap();
            row.clear();
            row.extend((0..n).map(|lane| {
                let moved = x[lane] - before[lane];
                match self.kinds[i] {
                    Kind::Growth { mu, phi, sigma, .. } => (moved - mu - phi * (growth[lane] - mu)) / sigma,
                    Kind::Share { theta, kappa, sigma, .. } => {
                        (moved - kappa * (libm::log(theta / (1.0 - theta)) - before[lane])) / sigma
                    }
                    Kind::Ratio { drift, sigma, .. } | Kind::Product { drift, sigma, .. } => {
                        (moved - drift) / sigma
                    }
                }
            }));
            for lane in 0..n {
                growth[lane] = x[lane] - before[lane];
            }
            *before = *x;
            rest = later;
        }
    }
}

/// Sums over the paths of the innovations and their products.
pub struct Products {
    paths: f64,
    /// `sums[year][i]`.
    sums: Vec<Vec<f64>>,
    /// `within[year][i][j]` in one row, the same year; `across[year]`: i of a year and j of the year after.
    within: Vec<Vec<f64>>,
    across: Vec<Vec<f64>>,
    /// `rows[i][year]`: the innovations of the block at hand.
    rows: Vec<Vec<Vec<f64>>>,
}

impl Observer for Innovations {
    type Part = Products;

    fn start(&self) -> Products {
        let size = self.kinds.len();
        Products {
            paths: 0.0,
            sums: vec![vec![0.0; size]; YEARS],
            within: vec![vec![0.0; size * size]; YEARS],
            across: vec![vec![0.0; size * size]; YEARS - 1],
            rows: vec![vec![Vec::new(); YEARS]; size],
        }
    }

    fn observe(&self, block: &Block<'_>, part: &mut Products) {
        let size = self.kinds.len();
        for (i, rows) in part.rows.iter_mut().enumerate() {
            self.read(block, i, rows);
        }
        for year in 0..YEARS {
            for i in 0..size {
                let own = &part.rows[i][year];
                part.sums[year][i] += own.iter().sum::<f64>();
                for j in 0..size {
                    if j <= i {
                        part.within[year][i * size + j] += dot(own, &part.rows[j][year]);
                    }
                    if year + 1 < YEARS {
                        part.across[year][i * size + j] += dot(own, &part.rows[j][year + 1]);
                    }
                }
            }
        }
        part.paths += block.len() as f64;
    }

    fn merge(&self, total: &mut Products, later: Products) {
        let add = |total: &mut [Vec<f64>], later: Vec<Vec<f64>>| {
            for (total, later) in total.iter_mut().flatten().zip(later.into_iter().flatten()) {
                *total += later;
            }
        };
        total.paths += later.paths;
        add(&mut total.sums, later.sums);
        add(&mut total.within, later.within);
        add(&mut total.across, later.across);
    }
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    math::simd(
        #[inline(always)]
        || {
            let mut sums = [0.0; 32];
            let ((x, x_rest), (y, y_rest)) = (x.as_chunks::<32>(), y.as_chunks::<32>());
            for (x, y) in x.iter().zip(y) {
                for lane in 0..32 {
                    sums[lane] += x[lane] * y[lane];
                }
            }
            sums.iter().sum::<f64>() + x_rest.iter().zip(y_rest).map(|(x, y)| x * y).sum::<f64>()
        },
    )
}

impl Products {
    /// Means, variances, correlations within a year and across two years.
    ///
    /// One entry is held within four standard errors, `(1 - rho^2) / sqrt(n)`, where all years are taken together; where there
    /// is an entry for each year, within the limit that the largest of so many keeps to but for one correct program in a
    /// thousand (by the formula of Šidák). All entries together, made independent of each other by the inverse of the
    /// triangular factor, have a sum of squares of the chi-square law: it sees an error that is small but everywhere.
    pub fn check(&self, workload: &Workload) {
        let size = workload.indicators;
        let pairs: Vec<(usize, usize)> = (0..size).flat_map(|i| (0..i).map(move |j| (i, j))).collect();
        let truth = |i: usize, j: usize| workload.correlation[i][j];
        self.each("mean", YEARS * size, self.paths, 1.0, &self.sums, |year, sums| {
            (0..size).map(|i| (format!("{i} in year {year}"), sums[i] / self.paths)).collect()
        });
        self.each("variance", YEARS * size, self.paths, 2.0_f64.sqrt(), &self.within, |year, sums| {
            let off = |i: usize| sums[i * size + i] / self.paths - 1.0;
            (0..size).map(|i| (format!("{i} in year {year}"), off(i))).collect()
        });
        self.each("year to year", (YEARS - 1) * size * size, self.paths, 1.0, &self.across, |year, sums| {
            let name = |k: usize| format!("{} in year {year} and {} after it", k / size, k % size);
            (0..size * size).map(|k| (name(k), sums[k] / self.paths)).collect()
        });
        let all: Vec<f64> =
            (0..size * size).map(|k| self.within.iter().map(|year| year[k]).sum::<f64>()).collect();
        let off = |sums: &[f64], truth: &dyn Fn(usize, usize) -> f64| -> Vec<(String, f64)> {
            let found =
                |i: usize, j: usize| sums[i * size + j] / (sums[i * size + i] * sums[j * size + j]).sqrt();
            let score = |i: usize, j: usize| (found(i, j) - truth(i, j)) / (1.0 - truth(i, j) * truth(i, j));
            pairs.iter().map(|(i, j)| (format!("{i} and {j}"), score(*i, *j))).collect()
        };
        self.each("correlation", YEARS * pairs.len(), self.paths, 1.0, &self.within, |_, sums| {
            off(sums, &truth)
        });
        let pooled = off(&all, &truth).into_iter().map(|(_, off)| off.abs()).fold(0.0, f64::max)
            * (YEARS as f64 * self.paths).sqrt();
        assert!(pooled < 4.0, "a correlation of all years is {pooled:.2} standard errors off");
        println!("{}: largest of {} correlations: {pooled:.2} standard errors", workload.name, pairs.len());
        // A fifth of a percentage point in one entry would be seen.
        let wrong = |i: usize, j: usize| truth(i, j) + if (i, j) == (3, 2) { 0.002 } else { 0.0 };
        let worst = off(&all, &wrong).into_iter().map(|(_, off)| off.abs()).fold(0.0, f64::max);
        assert!(worst * (YEARS as f64 * self.paths).sqrt() > 4.0);

        for (year, sums) in self.within.iter().enumerate() {
            let white = whitened(&workload.correlation, sums, self.paths);
            let squares: f64 = pairs.iter().map(|(i, j)| white[i * size + j] * white[i * size + j]).sum();
            let score = (squares * self.paths - pairs.len() as f64) / (2.0 * pairs.len() as f64).sqrt();
            println!("{}, year {}: sum of squares has the score {score:.2}", workload.name, year + 1);
            assert!(score.abs() < 4.0, "all correlations of year {year} together: {score}");
        }
    }

    /// Holds every entry of every year against 0 by its standard error `spread / sqrt(n)`.
    fn each(
        &self,
        what: &str,
        entries: usize,
        n: f64,
        spread: f64,
        sums: &[Vec<f64>],
        off: impl Fn(usize, &[f64]) -> Vec<(String, f64)>,
    ) {
        let limit = largest_of(entries);
        let mut worst: f64 = 0.0;
        for (year, sums) in (1..).zip(sums) {
            for (name, off) in off(year, sums) {
                let score = off * n.sqrt() / spread;
                assert!(score.abs() < limit, "{what} of {name}: {score:.2} standard errors off, year {year}");
                worst = worst.max(score.abs());
            }
        }
        println!("{what}: the largest of {entries} is {worst:.2} standard errors off, allowed {limit:.2}");
    }
}

/// What the largest of so many independent normal scores exceeds in size with probability 0.001.
fn largest_of(entries: usize) -> f64 {
    let each = -libm::expm1(libm::log1p(-0.001) / entries as f64);
    plancast::stats::normal::upper_quantile(0.5 * each)
}

/// inv(L) S inv(L)' / n: the second moments of what is left of the innovations when their correlation L L' is taken out.
fn whitened(correlation: &[Vec<f64>], sums: &[f64], n: f64) -> Vec<f64> {
    let size = correlation.len();
    let factor = nalgebra::DMatrix::from_fn(size, size, |i, j| correlation[i][j]).cholesky().unwrap().l();
    let lower = |i: usize, j: usize| sums[i.max(j) * size + i.min(j)] / n;
    let half = factor.solve_lower_triangular(&nalgebra::DMatrix::from_fn(size, size, lower)).unwrap();
    let white = factor.solve_lower_triangular(&half.transpose()).unwrap();
    (0..size * size).map(|k| white[(k / size, k % size)]).collect()
}

#[test]
fn the_limit_for_the_largest_of_many() {
    // 1 - (1 - 2 Phi(-x))^n.
    for n in [1, 300, 1500] {
        let x = largest_of(n);
        let exceeded = 1.0 - libm::pow(1.0 - 2.0 * phi(-x), n as f64);
        assert!((exceeded - 0.001).abs() < 1e-9, "{n}: {x}");
    }
    assert!((largest_of(1500) - 4.97).abs() < 0.01);
}
