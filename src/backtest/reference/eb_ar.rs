//! Growth with one persistence for all units, variance and drift learned from all.

use super::eb_drift::too_few;
use super::growth_law::{GrowthLaw, GrowthLaws};
use super::pooled::{Drifts, Variances};
use crate::backtest::forecaster::{Draws, Fitted, Forecaster};
use crate::backtest::protocol::{History, Training};
use crate::error::Result;

/// `EB-AR`: as [`super::EbDrift`], with AR(1) growth whose coefficient is the same for all units.
///
/// ```text
/// phi = sum_i w_i sum (x_(k-1) - mean)(x_k - mean) / sum_i w_i sum (x_(k-1) - mean)^2,   w_i = 1 / s_i^2,
///       each mean over the n - 1 pairs of its unit;   phi += (1 + phi) / (mean n - 1);   held within -0.6 and 0.95
/// e_k = x_k - phi x_(k-1),   r^2 = variance of e with divisor n - 2,   m = mean(e) / (1 - phi)
/// s~^2 shrunk from r^2 with n - 2 degrees of freedom;   b, V shrunk from (m, s~^2 / (n - 1) / (1 - phi)^2)
/// z_(T+H) ~ t with d0 + n - 2 degrees of freedom, location z_T + H b + (x_T - b) sum_k phi^k,
///           scale^2 = s~^2 sum_k ((1 - phi^k) / (1 - phi))^2 + V (H - sum_k phi^k)^2,   k = 1 … H
/// ```
///
/// Pairs are neighbours in the list of increments, across gaps as well. The second step for phi takes out, to first order, that a
/// short history makes it too small (Nickell 1981, Econometrica 49(6), 1417-1426).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EbAr;

/// Sums over the pairs of a unit: of the earlier squared and of both, about their means.
fn products(unit: &History<'_>) -> (f64, f64) {
    let x = unit.changes();
    let pairs = x.len() as f64 - 1.0;
    let (before, after) = (&x[..x.len() - 1], &x[1..]);
    let mean = |values: &[f64]| values.iter().sum::<f64>() / pairs;
    let (mean_before, mean_after) = (mean(before), mean(after));
    let square = before.iter().map(|b| (b - mean_before) * (b - mean_before)).sum();
    let cross = before.iter().zip(after).map(|(b, a)| (b - mean_before) * (a - mean_after)).sum();
    (square, cross)
}

/// The one persistence of all units.
fn persistence(units: &[History<'_>]) -> f64 {
    let (mut squares, mut crosses, mut increments) = (0.0, 0.0, 0.0);
    for unit in units {
        let weight = 1.0 / unit.variance();
        let (square, cross) = products(unit);
        squares += weight * square;
        crosses += weight * cross;
        increments += unit.increments.len() as f64;
    }
    let phi = crosses / squares;
    (phi + (1.0 + phi) / (increments / units.len() as f64 - 1.0)).clamp(-0.6, 0.95)
}

/// Mean, and variance with the divisor n - 2, of the n - 1 innovations of a unit.
fn innovations(unit: &History<'_>, phi: f64) -> (f64, f64) {
    let x = unit.changes();
    let e: Vec<f64> = x.windows(2).map(|pair| pair[1] - phi * pair[0]).collect();
    let n = e.len() as f64;
    let mean = e.iter().sum::<f64>() / n;
    (mean, e.iter().map(|e| (e - mean) * (e - mean)).sum::<f64>() / (n - 1.0))
}

impl Forecaster for EbAr {
    fn name(&self) -> &str {
        "EB-AR"
    }

    fn fit<'t>(&'t self, training: &'t Training<'_>, draws: Draws<'t>) -> Result<Box<dyn Fitted + 't>> {
        let units = &training.units;
        if units.len() < 2 || units.iter().any(|unit| unit.increments.len() < 3) {
            return Err(too_few());
        }
        let phi = persistence(units);
        let sizes: Vec<f64> = units.iter().map(|unit| unit.increments.len() as f64).collect();
        let fits: Vec<(f64, f64)> = units.iter().map(|unit| innovations(unit, phi)).collect();
        let residuals: Vec<(f64, f64)> = fits.iter().zip(&sizes).map(|((_, r2), n)| (*r2, n - 2.0)).collect();
        let variances = Variances::shrink(&residuals).ok_or_else(too_few)?;
        let means: Vec<(f64, f64)> = (0..units.len())
            .map(|i| {
                let own = 1.0 - phi;
                (fits[i].0 / own, variances.shrunk[i] / (sizes[i] - 1.0) / (own * own))
            })
            .collect();
        let drifts = Drifts::shrink(&means);
        let laws = units.iter().enumerate().map(|(i, unit)| {
            let (drift, drift_variance) = drifts.shrunk[i];
            GrowthLaw {
                drift,
                drift_variance,
                persistence: phi,
                variance: variances.shrunk[i],
                df: variances.prior_df + sizes[i] - 2.0,
                last: unit.increments.last().map_or(drift, |x| x.change),
            }
        });
        Ok(GrowthLaws::new(training, draws, laws.collect()))
    }
}
