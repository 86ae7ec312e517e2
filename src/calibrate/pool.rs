//! Many units at once: what they have in common is learned from all of them, and each learns from the others.

use super::draw;
use super::growth::{Believed, GrowthDraws, GrowthPrior, PersistencePrior, Seen, VolatilityPrior, Wander};
use super::observation::Observed;
use super::unit::{Belief, Unit};
use super::volatility::VolatilityChain;
use crate::error::Fault;
use crate::random::{Key, Stream};
use crate::time::Year;
use libm::{lgamma, log};

/// Fewest units that can say how units differ.
const FEWEST: usize = 3;
/// Values that the degrees of freedom of the volatilities can take.
const DF: [f64; 14] = [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.5, 8.0, 11.0, 16.0, 25.0, 50.0, 100.0];
/// Values of the persistence of the moving drift.
const RHO: [f64; 9] = [0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98];
/// Values of the standard deviation and of the persistence of the log variance.
const TURBULENCE: [f64; 14] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.4, 1.6];
const LASTING: [f64; 9] = [0.2, 0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.96];

/// Which parts the model of a class has, and how long its sampler runs.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct PoolOptions {
    /// Growth persists from year to year (phi).
    pub persistent: bool,
    /// The drift of a unit moves (a).
    pub moving: bool,
    /// Volatility comes and goes (h).
    pub turbulent: bool,
    /// Sweeps before the first draw is kept.
    pub settling: usize,
    /// Draws kept.
    pub draws: usize,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self { persistent: true, moving: true, turbulent: true, settling: 200, draws: 500 }
    }
}

/// What a pool learned.
#[derive(Debug, Clone, PartialEq)]
pub struct Pooled {
    /// The class: medians over the draws of what the units have in common. The prior of a unit that is not among them.
    pub prior: GrowthPrior,
    /// Draws of each unit and of its future, in the order given.
    pub units: Vec<GrowthDraws>,
}

/// Hyperparameters with their present draw.
struct Common {
    drift: f64,
    drift_variance: f64,
    persistence: f64,
    persistence_variance: f64,
    df: f64,
    scale: f64,
    moving_variance: f64,
    rho: usize,
    turbulence: usize,
    lasting: usize,
    /// A small share of the typical variance: keeps variances of what does not vary above 0.
    floor: f64,
}

/// Learns a class and its units together: empirical partial pooling with the uncertainty of what is common.
///
/// The model of each unit is that of [`GrowthPrior`], whose numbers are drawn from their own posterior: flat for the mean drift, for the logarithm of its spread,
/// for the scale of the volatilities and for omega; 1/100 on two degrees of freedom for the spread of the persistences; every grid value equally likely for the others.
///
/// Years ahead are those after `base`. The draws are a function of the arguments alone; a unit's own depend on the others through what is common only.
///
/// **Reference.** Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., sections 5.4 and 11.6.
///
/// # Errors
/// A [`Fault`] without a path for fewer than three units, and with the position of a unit that has fewer than two years.
pub fn pool(
    units: &[Observed],
    seen: Seen,
    base: Year,
    ahead: usize,
    options: &PoolOptions,
    key: Key,
) -> Result<Pooled, Fault> {
    if units.len() < FEWEST {
        return Err(Fault::new(
            "",
            format!("{} units are given; a class needs at least {FEWEST}", units.len()),
        ));
    }
    if options.draws == 0 {
        return Err(Fault::new("draws", "draws is 0; at least one is needed"));
    }
    let mut states = Vec::with_capacity(units.len());
    for (k, observed) in units.iter().enumerate() {
        let unit = Unit::new(observed, seen, base).filter(|unit| unit.z.len() >= 2 && observed.len() >= 2);
        states.push(
            unit.ok_or_else(|| Fault::new(format!("[{k}]"), "the unit has fewer than two years of growth"))?,
        );
    }
    let mut common = Common::start(&states, options);
    let mut stream = Stream::new(key, 0, 0);
    let mut out: Vec<GrowthDraws> =
        units.iter().map(|_| GrowthDraws::with_room(options.draws, ahead)).collect();
    let mut trace: Vec<GrowthPrior> = Vec::with_capacity(options.draws);
    for sweep in 0..options.settling + options.draws {
        let belief = common.prior(options).belief();
        for unit in &mut states {
            unit.sweep(&belief, &mut stream);
        }
        common.draw(&mut states, &belief, options, &mut stream);
        if sweep >= options.settling {
            let belief = common.prior(options).belief();
            for (draws, unit) in out.iter_mut().zip(&states) {
                draws.push(unit, &belief, &mut stream);
            }
            trace.push(common.prior(options));
        }
    }
    Ok(Pooled { prior: medians(&trace), units: out })
}

impl Common {
    fn start(units: &[Unit], options: &PoolOptions) -> Self {
        let drift = median(units.iter().map(|unit| unit.drift));
        let variance = median(units.iter().map(|unit| unit.variance));
        Self {
            drift,
            drift_variance: 0.1 * variance,
            persistence: if options.persistent { 0.1 } else { 0.0 },
            persistence_variance: 0.01,
            df: 5.0,
            scale: variance,
            moving_variance: 0.1 * variance,
            rho: 4,
            turbulence: 6,
            lasting: 4,
            floor: 0.001 * variance,
        }
    }

    /// The prior of a unit, given the present draw.
    fn prior(&self, options: &PoolOptions) -> GrowthPrior {
        let persistence =
            Believed { mean: self.persistence.clamp(-0.97, 0.97), sd: self.persistence_variance.sqrt() };
        GrowthPrior {
            drift: Some(Believed { mean: self.drift, sd: self.drift_variance.sqrt() }),
            persistence: match options.persistent {
                true => PersistencePrior::Normal(persistence),
                false => PersistencePrior::Known(0.0),
            },
            volatility: Some(VolatilityPrior { df: self.df, scale: self.scale.sqrt() }),
            moving: options
                .moving
                .then(|| Wander { sd: self.moving_variance.sqrt(), persistence: RHO[self.rho] }),
            turbulence: options
                .turbulent
                .then(|| Wander { sd: TURBULENCE[self.turbulence], persistence: LASTING[self.lasting] }),
        }
    }

    /// Draws every number given the units.
    fn draw(&mut self, units: &mut [Unit], belief: &Belief, options: &PoolOptions, stream: &mut Stream) {
        let n = units.len() as f64;
        if options.moving {
            self.draw_moving(units, stream);
        }
        if options.turbulent {
            self.draw_turbulence(units, belief, stream);
        }
        let mean = units.iter().map(|unit| unit.drift).sum::<f64>() / n;
        self.drift = mean + draw::normal(stream) * (self.drift_variance / n).sqrt();
        let sum = units.iter().map(|unit| (unit.drift - self.drift) * (unit.drift - self.drift)).sum::<f64>();
        self.drift_variance = (sum + self.floor) / draw::chi_square(stream, n - 1.0);
        if options.persistent {
            let mean = units.iter().map(|unit| unit.persistence).sum::<f64>() / n;
            self.persistence = mean + draw::normal(stream) * (self.persistence_variance / n).sqrt();
            let gap = |unit: &Unit| unit.persistence - self.persistence;
            let sum = units.iter().map(|unit| gap(unit) * gap(unit)).sum::<f64>();
            self.persistence_variance = (sum + 0.02) / draw::chi_square(stream, n + 2.0);
        }
        self.draw_volatility(units, stream);
    }

    /// Degrees of freedom from their law with the scale summed out, then the scale.
    fn draw_volatility(&mut self, units: &[Unit], stream: &mut Stream) {
        let n = units.len() as f64;
        let logs: f64 = units.iter().map(|unit| log(unit.variance)).sum();
        let inverses: f64 = units.iter().map(|unit| 1.0 / unit.variance).sum();
        let weights = DF.map(|df| {
            let q = 0.5 * df;
            n * (q * log(q) - lgamma(q)) - q * logs + lgamma(n * q) - n * q * log(q * inverses)
        });
        self.df = DF[draw_position(&weights, stream)];
        self.scale = draw::gamma(stream, 0.5 * n * self.df) / (0.5 * self.df * inverses);
    }

    /// rho from its law with omega summed out, then omega.
    fn draw_moving(&mut self, units: &[Unit], stream: &mut Stream) {
        // Sums of squares of first years, and of squares and products of neighbouring years.
        let (mut first, mut now, mut both, mut before) = (0.0, 0.0, 0.0, 0.0);
        let mut years = 0.0;
        for unit in units {
            years += unit.moving.len() as f64;
            first += unit.moving.first().map_or(0.0, |a| a * a);
            for pair in unit.moving.windows(2) {
                now += pair[1] * pair[1];
                both += pair[0] * pair[1];
                before += pair[0] * pair[0];
            }
        }
        let transitions = years - units.len() as f64;
        let sum = |rho: f64| first + (now - 2.0 * rho * both + rho * rho * before) / (1.0 - rho * rho);
        let weights =
            RHO.map(|rho| -0.5 * transitions * log(1.0 - rho * rho) - 0.5 * (years - 1.0) * log(sum(rho)));
        self.rho = draw_position(&weights, stream);
        self.moving_variance = sum(RHO[self.rho]) / draw::chi_square(stream, years - 1.0);
        // With nothing that moves, omega would creep to 0 and stay there.
        self.moving_variance = self.moving_variance.max(1e-3 * self.floor);
    }

    /// A step to a neighbour on the grid of the chain, by the likelihood with the levels summed out; the levels are drawn anew in the next sweep.
    fn draw_turbulence(&mut self, units: &mut [Unit], belief: &Belief, stream: &mut Stream) {
        let Some(old) = &belief.volatility else { return };
        let (along, up) = (draw::uniform(stream) < 0.5, draw::uniform(stream) < 0.5);
        let step = |at: usize, len: usize| {
            let next = if up { at + 1 } else { at.wrapping_sub(1) };
            (next < len).then_some(next)
        };
        let proposed = match along {
            true => step(self.turbulence, TURBULENCE.len()).map(|next| (next, self.lasting)),
            false => step(self.lasting, LASTING.len()).map(|next| (self.turbulence, next)),
        };
        let Some((turbulence, lasting)) = proposed else { return };
        let new = VolatilityChain::new(TURBULENCE[turbulence], LASTING[lasting]);
        let gain: f64 = units.iter_mut().map(|unit| unit.likelihood(&new) - unit.likelihood(old)).sum();
        if log(draw::uniform(stream)) < gain {
            (self.turbulence, self.lasting) = (turbulence, lasting);
            for unit in units {
                unit.redraw_levels(&new, stream);
            }
        }
    }
}

/// A position drawn with probabilities in proportion to the exponentials of the weights.
fn draw_position(weights: &[f64], stream: &mut Stream) -> usize {
    let most = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let parts: Vec<f64> = weights.iter().map(|weight| libm::exp(weight - most)).collect();
    let mut left = draw::uniform(stream) * parts.iter().sum::<f64>();
    for (k, part) in parts.iter().enumerate() {
        left -= part;
        if left < 0.0 {
            return k;
        }
    }
    weights.len() - 1
}

/// Number by number, the medians of the draws.
fn medians(trace: &[GrowthPrior]) -> GrowthPrior {
    let over = |pick: &dyn Fn(&GrowthPrior) -> Option<f64>| {
        let mut values = trace.iter().filter_map(pick).peekable();
        values.peek().is_some().then(|| median(values))
    };
    let believed = |mean: Option<f64>, sd: Option<f64>| Some(Believed { mean: mean?, sd: sd? });
    let wander = |pick: fn(&GrowthPrior) -> Option<Wander>| {
        let sd = over(&|prior| pick(prior).map(|w| w.sd))?;
        Some(Wander { sd, persistence: over(&|prior| pick(prior).map(|w| w.persistence))? })
    };
    let phi = |prior: &GrowthPrior| match prior.persistence {
        PersistencePrior::Normal(phi) => Some(phi),
        _ => None,
    };
    GrowthPrior {
        drift: believed(over(&|p| p.drift.map(|d| d.mean)), over(&|p| p.drift.map(|d| d.sd))),
        persistence: believed(over(&|p| phi(p).map(|d| d.mean)), over(&|p| phi(p).map(|d| d.sd)))
            .map_or(PersistencePrior::Known(0.0), PersistencePrior::Normal),
        volatility: over(&|p| p.volatility.map(|v| v.df))
            .zip(over(&|p| p.volatility.map(|v| v.scale)))
            .map(|(df, scale)| VolatilityPrior { df, scale }),
        moving: wander(|p| p.moving),
        turbulence: wander(|p| p.turbulence),
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}
