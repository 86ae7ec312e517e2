//! The growth equation with its coefficients: what every preset comes down to.

use super::estimate::Estimate;
use crate::quantity::Quantity;

/// The coefficients of the growth equation of [`crate::process`], as quantities.
///
/// | field | symbol | unit |
/// |---|---|---|
/// | `drift` | m | change of x a year (log points for a log link) |
/// | `damping` | rho | m\[t\] = drift * rho^(t - t0 - 1); 1: no damping |
/// | `persistence` | phi | 1, within (-1, 1) |
/// | `speed` | kappa | share of the gap closed a year, within [0, 2) |
/// | `level` | theta | unit of the indicator (the link is applied) |
/// | `volatility` | sigma | change of x a year, standard deviation of the innovation |
/// | `last_growth` | dx\[t0\] | change of x in the base year; when absent that of the history, else the drift |
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dynamics {
    /// m: may change over the years; learned where absent and `estimate` is there, else 0.
    pub drift: Option<Quantity>,
    /// rho: geometric damping of the drift.
    pub damping: Option<Quantity>,
    /// phi.
    pub persistence: Option<Quantity>,
    /// kappa with theta, which may change over the years.
    pub pull: Option<Pull>,
    /// sigma: may change over the years; learned where absent and `estimate` is there, else 0.
    pub volatility: Option<Quantity>,
    /// dx in the base year.
    pub last_growth: Option<Quantity>,
    /// Drift and volatility learned from the indicator's history instead of stated.
    pub estimate: Option<Estimate>,
    /// Innovations resampled from the history's growth.
    pub resample: bool,
    /// What the growth is measured in.
    pub growth: GrowthScale,
}

/// The pull of a [`Dynamics`].
#[derive(Debug, Clone, PartialEq)]
pub struct Pull {
    /// kappa: share of the gap closed a year.
    pub speed: Quantity,
    /// theta: where it pulls to, in the unit of the indicator.
    pub level: Quantity,
}

/// What dx is: a change of the latent state, or a simple growth rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GrowthScale {
    /// dx = x\[t\] - x\[t-1\].
    #[default]
    Latent,
    /// dx = X\[t\] / X\[t-1\] - 1, so x\[t\] = x\[t-1\] + ln(1 + dx); a log link only.
    Simple,
}
