//! Growth with persistence, its parameters drawn from their posterior.

use super::regression::Regression;
use crate::backtest::forecaster::{Draws, Fitted, Forecast, Forecaster};
use crate::backtest::protocol::Training;
use crate::calibrate::draw::{chi_square, normal};
use crate::error::{Error, Fault, Result};
use crate::random::Stream;

/// `AR1-bayes`: the AR(1) in growth of [`super::Ar1Plugin`] with the flat prior p(c, phi, variance) = 1 / variance on stationary
/// slopes.
///
/// ```text
/// variance ~ RSS / chi^2 with n - 3 degrees of freedom,   (c, phi) | variance ~ N(least squares, variance (X'X)^-1);
/// draws with |phi| >= 1 are dropped, and the path is simulated from x_T with each of the others
/// ```
///
/// Reference: Zellner (1971), An Introduction to Bayesian Inference in Econometrics, section 7.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ar1Bayes {
    /// Paths of each forecast, at least 2.
    pub paths: usize,
}

/// 1999 paths: the PIT then falls into tenths without a step.
impl Default for Ar1Bayes {
    fn default() -> Self {
        Self { paths: 1999 }
    }
}

/// Draws of the parameters for one path, before it is given up.
const TRIES: u32 = 10_000;

impl Forecaster for Ar1Bayes {
    fn name(&self) -> &str {
        "AR1-bayes"
    }

    fn fit<'t>(&'t self, training: &'t Training<'_>, draws: Draws<'t>) -> Result<Box<dyn Fitted + 't>> {
        Ok(Box::new(Ar1Posterior { paths: self.paths, training, draws }))
    }
}

/// A posterior for each unit; paths are drawn when they are asked for.
struct Ar1Posterior<'t> {
    paths: usize,
    training: &'t Training<'t>,
    draws: Draws<'t>,
}

impl Fitted for Ar1Posterior<'_> {
    fn forecast(&self, unit: usize) -> Result<Forecast> {
        let history = &self.training.units[unit];
        let fit = Regression::new(history)?;
        let key = self.draws.unit(history.name);
        let mut paths = Vec::with_capacity(self.paths * self.training.horizon);
        for path in 0..self.paths {
            let mut stream = Stream::new(key, path as u64, self.training.origin.0);
            let Some((constant, slope, sd)) =
                (0..TRIES).map(|_| parameters(&fit, &mut stream)).find(stationary)
            else {
                let problem = "growth is explosive: no draw of its persistence lies between -1 and 1";
                return Err(Error::Run(Fault::new(history.name, problem)));
            };
            let (mut growth, mut state) = (fit.last, history.state);
            for _ in 0..self.training.horizon {
                growth = constant + slope * growth + sd * normal(&mut stream);
                state += growth;
                paths.push(state);
            }
        }
        Ok(Forecast::Paths(paths))
    }
}

/// One draw of (c, phi, standard deviation).
fn parameters(fit: &Regression, stream: &mut Stream) -> (f64, f64, f64) {
    let sd = (fit.residual / chi_square(stream, fit.pairs - 2.0)).sqrt();
    let slope = fit.slope + sd / fit.spread.sqrt() * normal(stream);
    // At the mean of the regressor the line is independent of its slope.
    let level = fit.constant + fit.slope * fit.mean_before + sd / fit.pairs.sqrt() * normal(stream);
    (level - slope * fit.mean_before, slope, sd)
}

fn stationary((_, slope, _): &(f64, f64, f64)) -> bool {
    slope.abs() < 1.0
}
