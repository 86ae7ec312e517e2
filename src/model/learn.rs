//! Drift, volatility and law of an indicator, learned from its history.

use super::coefficient::{Coefficient, ParameterRule};
use super::compile::{Compiler, internal};
use crate::calibrate::DriftPosterior;
use crate::error::Result;
use crate::evidence::Evidence;
use crate::innovation::Law;
use crate::process::{Dynamics, GrowthScale};
use crate::quantity::Quantity;
use crate::random::Transform;
use crate::scenario::Indicator;
use crate::time::Year;

/// Drift, volatility and law that a history gives.
pub(super) struct Learned {
    pub(super) drift: Coefficient,
    pub(super) volatility: Coefficient,
    pub(super) law: Option<Law>,
}

impl Compiler<'_> {
    /// Drift and volatility learned from the history; for resampling the law as well.
    pub(super) fn learn(
        &mut self,
        id: &str,
        indicator: &Indicator,
        dynamics: &Dynamics,
    ) -> Result<Option<Learned>> {
        let Some(estimate) = &dynamics.estimate else { return Ok(None) };
        let persistence = dynamics.persistence.as_ref().and_then(Quantity::as_number).unwrap_or(0.0);
        let sample = growth_sample(indicator, dynamics, persistence);
        let nothing = || internal(&format!("indicator.{id}"), "the history leaves nothing to learn from");
        if dynamics.resample {
            let n = sample.len() as f64;
            let mean = sample.iter().sum::<f64>() / n;
            let squares = sample.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>();
            if !(n >= 2.0) {
                return Err(nothing());
            }
            let sd = (squares / (n - 1.0)).sqrt();
            let law = (sd > 0.0).then(|| Law::Shaped(Transform::resample(&sample)));
            // The mean of a short history is not known either: it is drawn about that of the sample.
            let rule = ParameterRule::Transform(Transform::affine(mean, sd / n.sqrt()));
            let path = format!("indicator.{id}.drift");
            let drift = Coefficient::Drawn(self.parameters.add(path, rule, None, Evidence::Derived));
            return Ok(Some(Learned { drift, volatility: Coefficient::Number(sd), law }));
        }
        let posterior = DriftPosterior::new(&sample, estimate.prior).map_err(|_| nothing())?;
        // A learned number is derived from the history, unless what was believed before outweighs it.
        let outweighed = estimate.prior.is_some_and(|prior| prior.weight >= sample.len() as f64);
        let grade = if outweighed { Evidence::Assumption } else { Evidence::Derived };
        let path = |key: &str| format!("indicator.{id}.{key}");
        let law = Transform::inverse_chi_square_sd(posterior.df, posterior.scale);
        let sd = self.parameters.add(path("volatility"), ParameterRule::Transform(law), None, grade);
        let rule = ParameterRule::Given { mean: posterior.mean, scale: posterior.weight.sqrt().recip(), sd };
        let drift = Coefficient::Drawn(self.parameters.add(path("drift"), rule, None, grade));
        // Quasi-differences are larger than the innovations by 1 / (1 - phi).
        let volatility = if persistence == 0.0 {
            sd
        } else {
            let rule = ParameterRule::Times { of: sd, by: 1.0 - persistence };
            self.parameters.add(path("volatility"), rule, None, grade)
        };
        Ok(Some(Learned { drift, volatility: Coefficient::Drawn(volatility), law: None }))
    }
}

/// Degrees of freedom of what is learned from the history; none where nothing is.
pub(super) fn learned_df(indicator: &Indicator, dynamics: &Dynamics) -> Option<f64> {
    let estimate = dynamics.estimate.filter(|_| !dynamics.resample)?;
    let persistence = dynamics.persistence.as_ref().and_then(Quantity::as_number).unwrap_or(0.0);
    let sample = growth_sample(indicator, dynamics, persistence);
    DriftPosterior::new(&sample, estimate.prior).ok().map(|posterior| posterior.df)
}

/// The growth figures that an estimate uses: quasi-differences where growth is autoregressive, so years
/// after a gap are lost.
fn growth_sample(indicator: &Indicator, dynamics: &Dynamics, persistence: f64) -> Vec<f64> {
    let Some(estimate) = &dynamics.estimate else { return Vec::new() };
    let as_growth = |y: f64| match dynamics.growth {
        GrowthScale::Latent => y,
        GrowthScale::Simple => libm::expm1(y),
    };
    let inside =
        |year: &Year| estimate.from.is_none_or(|f| *year >= f) && estimate.to.is_none_or(|t| *year <= t);
    let growth = indicator.growth.iter().filter(|(year, _)| inside(year));
    if persistence == 0.0 {
        return growth.map(|(_, y)| as_growth(y)).collect();
    }
    growth
        .filter_map(|(year, y)| {
            let before = indicator.growth.get(Year(year.0 - 1))?;
            Some((as_growth(y) - persistence * as_growth(before)) / (1.0 - persistence))
        })
        .collect()
}
