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
    /// phi; learned where absent and `learns` says so.
    pub persistence: Option<Quantity>,
    /// kappa with theta, which may change over the years.
    pub pull: Option<Pull>,
    /// sigma: may change over the years; learned where absent and `estimate` is there, else 0.
    pub volatility: Option<Quantity>,
    /// dx in the base year.
    pub last_growth: Option<Quantity>,
    /// What is not stated is learned from a history.
    pub estimate: Option<Estimate>,
    /// What an `estimate` learns.
    pub learns: Learns,
    /// Innovations resampled from the history's growth.
    pub resample: bool,
    /// What the growth is measured in.
    pub growth: GrowthScale,
}

/// The pull of a [`Dynamics`].
#[derive(Debug, Clone, PartialEq)]
pub struct Pull {
    /// kappa: share of the gap closed a year; learned where absent.
    pub speed: Option<Quantity>,
    /// theta: where it pulls to, in the unit of the indicator; learned where absent.
    pub level: Option<Quantity>,
}

/// The parameters that an estimate of a process learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Learns {
    /// Drift and volatility of growth.
    #[default]
    Growth,
    /// Also its persistence, where that is not stated.
    PersistentGrowth,
    /// Level, speed and volatility of a process that reverts to a level.
    Reversion,
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
