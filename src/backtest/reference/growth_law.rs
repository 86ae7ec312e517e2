//! What the closed forms have in common: AR(1) growth whose variance and drift are uncertain, forecast and simulated.

use crate::backtest::forecaster::{Draws, Fitted, Forecast};
use crate::backtest::protocol::{History, Training};
use crate::calibrate::draw::{chi_square, normal};
use crate::error::Result;
use crate::quantity::{Normal, StudentT};
use crate::random::Stream;

/// The growth of one unit from its last year on.
///
/// ```text
/// variance ~ s^2 df / chi^2(df),   b | variance ~ N(drift, V variance / s^2)
/// x_(T+k) = b + phi (x_(T+k-1) - b) + e,   e ~ N(0, variance),   z_(T+k) = z_(T+k-1) + x_(T+k)
/// ```
///
/// The end of the path is then t with df degrees of freedom (normal for infinitely many), location z_T + H drift + (x_T - drift) sum_k phi^k and
/// scale^2 = s^2 sum_k ((1 - phi^k) / (1 - phi))^2 + V (H - sum_k phi^k)^2, k = 1 … H.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct GrowthLaw {
    pub(super) drift: f64,
    /// V, the variance of the drift; 0 where it is taken for known.
    pub(super) drift_variance: f64,
    pub(super) persistence: f64,
    /// s^2.
    pub(super) variance: f64,
    /// Degrees of freedom of the variance; infinite where it is taken for known.
    pub(super) df: f64,
    /// x_T.
    pub(super) last: f64,
}

impl GrowthLaw {
    /// Growth that does not persist, with its parameters taken for known.
    pub(super) fn known(drift: f64, variance: f64) -> Self {
        Self { drift, drift_variance: 0.0, persistence: 0.0, variance, df: f64::INFINITY, last: drift }
    }

    /// The law of z_(T+H).
    fn end(&self, state: f64, horizon: usize) -> Forecast {
        let years = horizon as f64;
        let (carry, spread) = carried(self.persistence, horizon);
        let reach = years - carry;
        let location = state + years * self.drift + (self.last - self.drift) * carry;
        let scale = (self.variance * spread + self.drift_variance * reach * reach).sqrt();
        match self.df {
            f64::INFINITY => Forecast::Normal(Normal { mean: location, sd: scale }),
            df => Forecast::StudentT(StudentT { df, location, scale }),
        }
    }

    /// One path of z_(T+1) … z_(T+H), added to `out`.
    fn simulate(&self, state: f64, horizon: usize, stream: &mut Stream, out: &mut Vec<f64>) {
        let shrunk = match self.df {
            f64::INFINITY => 1.0,
            df => df / chi_square(stream, df),
        };
        let drift = self.drift + (self.drift_variance * shrunk).sqrt() * normal(stream);
        let sd = (self.variance * shrunk).sqrt();
        let (mut off, mut z) = (self.last - drift, state);
        for _ in 0..horizon {
            off = self.persistence * off + sd * normal(stream);
            z += drift + off;
            out.push(z);
        }
    }
}

/// The laws of all units of a training set.
pub(super) struct GrowthLaws<'t> {
    training: &'t Training<'t>,
    draws: Draws<'t>,
    laws: Vec<GrowthLaw>,
}

impl<'t> GrowthLaws<'t> {
    pub(super) fn new(training: &'t Training<'t>, draws: Draws<'t>, laws: Vec<GrowthLaw>) -> Box<Self> {
        Box::new(Self { training, draws, laws })
    }

    fn of(&self, unit: usize) -> (&History<'t>, &GrowthLaw) {
        (&self.training.units[unit], &self.laws[unit])
    }
}

impl Fitted for GrowthLaws<'_> {
    fn forecast(&self, unit: usize) -> Result<Forecast> {
        let (history, law) = self.of(unit);
        Ok(law.end(history.state, self.training.horizon))
    }

    fn paths(&self, unit: usize, paths: usize) -> Result<Option<Vec<f64>>> {
        let (history, law) = self.of(unit);
        let key = self.draws.unit(history.name);
        let mut out = Vec::with_capacity(paths * self.training.horizon);
        for path in 0..paths {
            let mut stream = Stream::new(key, path as u64, self.training.origin.0);
            law.simulate(history.state, self.training.horizon, &mut stream, &mut out);
        }
        Ok(Some(out))
    }
}

/// `sum_(k=1)^H phi^k` and `sum_(k=1)^H ((1 - phi^k) / (1 - phi))^2`, for `|phi| < 1`: how far the last growth carries, and
/// how shocks of variance 1 add up over H years of AR(1) growth.
fn carried(phi: f64, horizon: usize) -> (f64, f64) {
    let (mut power, mut carry, mut spread) = (1.0, 0.0, 0.0);
    for _ in 0..horizon {
        power *= phi;
        carry += power;
        let reach = (1.0 - power) / (1.0 - phi);
        spread += reach * reach;
    }
    (carry, spread)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Key;
    use crate::stats::special::student_tails;

    #[test]
    fn the_end_of_the_paths_has_the_closed_form() {
        let laws = [
            GrowthLaw::known(0.03, 0.0004),
            GrowthLaw { drift_variance: 0.0001, df: 6.0, ..GrowthLaw::known(0.03, 0.0004) },
            GrowthLaw {
                drift: 0.02,
                drift_variance: 0.0002,
                persistence: 0.6,
                variance: 0.0003,
                df: 9.0,
                last: 0.08,
            },
        ];
        let n = 20_000;
        for (k, law) in laws.iter().enumerate() {
            let mut paths = Vec::new();
            for path in 0..n {
                let mut stream = Stream::new(Key::new(1, "test", "growth law"), path, k as i32);
                law.simulate(4.0, 5, &mut stream, &mut paths);
            }
            // Shares below five points of the closed form, within 4 standard errors of a share.
            let (df, location, scale) = match law.end(4.0, 5) {
                Forecast::Normal(law) => (1e9, law.mean, law.sd),
                Forecast::StudentT(law) => (law.df, law.location, law.scale),
                other => panic!("{other:?}"),
            };
            for t in [-2.0, -0.7, 0.0, 0.7, 2.0] {
                let expected = student_tails(df, t).lower;
                let below =
                    paths.chunks(5).filter(|path| path[4] < location + t * scale).count() as f64 / n as f64;
                let limit = 4.0 * (expected * (1.0 - expected) / n as f64).sqrt();
                assert!((below - expected).abs() < limit, "law {k} at {t}: {below}, not {expected}");
            }
        }
    }
}
