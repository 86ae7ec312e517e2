//! Vector autoregression, and the mean and covariance of a few series.

use crate::{DRAWS, assert_calibrated};
use plancast::calibrate::{Explosive, Minnesota, VarPosterior};
use plancast::correlation::Correlation;
use plancast::random::{Key, Stream};
use plancast::series::Series;
use plancast::time::Year;
use rand_distr::{Distribution, StandardNormal};

const RHO: f64 = 0.4;
const SCALE: [f64; 2] = [0.02, 0.05];
const DF: usize = 6;

fn prior() -> Minnesota {
    Minnesota {
        tightness: 0.4,
        own_first_lag: vec![0.2, 0.3],
        constant: vec![0.03, 0.02],
        constant_weight: 4.0,
        scale: Some(SCALE.to_vec()),
        correlation: Correlation::new(&[vec![1.0, RHO], vec![RHO, 1.0]]).expect("it is one"),
        df: DF as f64,
        ..Minnesota::growth(2)
    }
}

/// Lower factor of a symmetric matrix of two rows.
fn factor([[a, b], [_, d]]: [[f64; 2]; 2]) -> [[f64; 2]; 2] {
    [[a.sqrt(), 0.0], [b / a.sqrt(), (d - b * b / a).sqrt()]]
}

fn inverse([[a, b], [c, d]]: [[f64; 2]; 2]) -> [[f64; 2]; 2] {
    let determinant = a * d - b * c;
    [[d / determinant, -b / determinant], [-c / determinant, a / determinant]]
}

/// What the prior says, written down without the library: Sigma, and rows of coefficients (constant, lag 1 of the
/// first series, of the second), one column an equation.
fn from_prior(lags: usize, normal: &mut impl FnMut() -> f64) -> ([[f64; 2]; 2], Vec<[f64; 2]>) {
    let free = DF as f64 - 3.0;
    let covariance = RHO * SCALE[0] * SCALE[1];
    let s0 =
        [[SCALE[0].powi(2), covariance], [covariance, SCALE[1].powi(2)]].map(|row| row.map(|x| free * x));
    // The inverse of a sum of DF squares of normals with covariance S0^-1.
    let root = factor(inverse(s0));
    let mut wishart = [[0.0; 2]; 2];
    for _ in 0..DF {
        let (z0, z1) = (normal(), normal());
        let x = [root[0][0] * z0, root[1][0] * z0 + root[1][1] * z1];
        for i in 0..2 {
            for j in 0..2 {
                wishart[i][j] += x[i] * x[j];
            }
        }
    }
    let sigma = inverse(wishart);
    let root = factor(sigma);
    let mut rows = vec![([0.03, 0.02], 0.5)];
    if lags == 1 {
        rows.extend([([0.2, 0.0], 0.4 / SCALE[0]), ([0.0, 0.3], 0.4 / SCALE[1])]);
    }
    let coefficients = rows.iter().map(|(mean, sd)| {
        let (z0, z1) = (normal(), normal());
        [mean[0] + sd * root[0][0] * z0, mean[1] + sd * (root[1][0] * z0 + root[1][1] * z1)]
    });
    (sigma, coefficients.collect())
}

/// Twelve years after a first one, and the year that follows them.
fn history(
    sigma: [[f64; 2]; 2],
    coefficients: &[[f64; 2]],
    normal: &mut impl FnMut() -> f64,
) -> ([Series; 2], [f64; 2]) {
    let root = factor(sigma);
    let mut y = [0.05, -0.01];
    let mut years = vec![y];
    for _ in 0..13 {
        let (z0, z1) = (normal(), normal());
        let noise = [root[0][0] * z0, root[1][0] * z0 + root[1][1] * z1];
        let mean = |i: usize| match coefficients {
            [constant, first, second] => constant[i] + first[i] * y[0] + second[i] * y[1],
            _ => coefficients[0][i],
        };
        y = [mean(0) + noise[0], mean(1) + noise[1]];
        years.push(y);
    }
    let next = years.pop().unwrap_or(y);
    ([0, 1].map(|i| Series::new((2000..).map(Year).zip(years.iter().map(|y| y[i])))), next)
}

#[test]
fn vector_autoregression() {
    let names = ["constant", "own lag", "other lag", "variance", "covariance", "next year"];
    assert_calibrated(names, 2000, |simulation| {
        let mut stream = Stream::new(Key::new(2026, "sbc", "var"), simulation, 0);
        let mut normal = || StandardNormal.sample(&mut stream);
        let (sigma, b) = from_prior(1, &mut normal);
        let (series, next) = history(sigma, &b, &mut normal);
        let posterior = VarPosterior::new(&series, 1, Some(&prior())).expect("a proper prior");
        assert_eq!(posterior.rows(), 12);
        let key = Key::new(2026, "sbc var", &simulation.to_string());
        let paths = posterior.forecast(key, DRAWS, 1, Explosive::Keep).expect("one year");
        let draws = (0..DRAWS).map(|i| {
            // The address of the path: the parameters that it was drawn with.
            let mut stream = Stream::new(key, i as u64, posterior.last_year().0);
            let draw = posterior.draw(&mut stream, Explosive::Keep).expect("all are kept");
            let (c, sigma) = (draw.coefficients(), draw.covariance());
            [c.constant(0), c.lag(1, 1, 1), c.lag(1, 1, 0), sigma[1][1], sigma[1][0], paths.at(i, 0)[1]]
        });
        ([b[0][0], b[2][1], b[1][1], sigma[1][1], sigma[1][0], next[1]], draws.collect())
    });
}

#[test]
fn mean_and_covariance() {
    assert_calibrated(["mean", "variance", "covariance"], 2000, |simulation| {
        let mut stream = Stream::new(Key::new(2026, "sbc", "mean"), simulation, 0);
        let mut normal = || StandardNormal.sample(&mut stream);
        let (sigma, b) = from_prior(0, &mut normal);
        let (mut series, _) = history(sigma, &b, &mut normal);
        // The first year is not a draw.
        series = series.map(|one| Series::new(one.iter().filter(|(year, _)| *year > Year(2000))));
        let posterior = VarPosterior::new(&series, 0, Some(&prior())).expect("a proper prior");
        let key = Key::new(2026, "sbc mean", &simulation.to_string());
        let draws = (0..DRAWS as u64).map(|i| {
            let draw = posterior.draw(&mut Stream::new(key, i, 0), Explosive::Keep).expect("all are kept");
            [draw.coefficients().constant(1), draw.covariance()[1][1], draw.covariance()[0][1]]
        });
        ([b[0][1], sigma[1][1], sigma[0][1]], draws.collect())
    });
}
