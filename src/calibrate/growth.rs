//! Growth with a moving drift, persistence and volatility that comes and goes: the default model.

use super::draw;
use super::observation::{Observed, Seen};
use super::unit::{Belief, PersistenceBelief, Unit};
use super::volatility::VolatilityLevels;
use crate::error::Fault;
use crate::random::{Key, Stream};
use crate::time::Year;
use serde::{Deserialize, Serialize};

/// Persistence beyond this is not told from a unit root by a few dozen years.
const MOST_PERSISTENT: f64 = 0.98;
/// Beyond this the variance of one year is 10^26 times that of another.
const MOST_TURBULENT: f64 = 10.0;
/// Sweeps before the first draw is kept, and sweeps for each draw that is kept.
const SETTLING: usize = 500;
const SWEEPS: usize = 2;

/// What is believed of a unit's growth before its history is seen.
///
/// ```text
/// z[t] = b + a[t] + u[t]
/// a[t] = rho a[t-1] + omega sqrt(1 - rho^2) eta[t]       the drift moves slowly about b
/// u[t] = phi u[t-1] + sigma sqrt(h[t]) eps[t]            growth persists, volatility comes and goes
/// ln h[t] = turbulence.sd z, a level z kept from year to year with probability turbulence.persistence, else drawn anew
/// ```
///
/// z is a change of the latent state a year (log points for a log link); the drift b, omega and the volatility sigma have its unit, the others
/// none. The first year is drawn from the stationary law of u, so that persistence is not biased towards 0 as in a regression on the year before
/// (Hurwicz 1950). A part that is absent is not in the model.
///
/// **Limiting cases.** Without `moving` and `turbulence`, with a persistence of 0 and a drift that is flat or known: the conjugate
/// normal-inverse-chi-square law. A normal drift does not depend on the volatility, as it does in the conjugate law.
///
/// **References.** Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., chapters 5 and 11 (hierarchy, Gibbs sampler); Harvey (1989), Forecasting,
/// Structural Time Series Models and the Kalman Filter (moving drift); Kim, Shephard and Chib (1998), Review of Economic Studies 65(3) (volatility
/// drawn beside the parameters).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrowthPrior {
    /// b.
    pub drift: DriftPrior,
    /// phi.
    pub persistence: PersistencePrior,
    /// sigma.
    pub volatility: VolatilityPrior,
    /// omega and rho: how far and how lastingly the drift moves; it does not when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moving: Option<Wander>,
    /// The same of the log variance; it does not move when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turbulence: Option<Wander>,
    /// What deviations of the years ahead from their mean are multiplied with; 1 leaves the law as it is. A class whose forecasts of the past were too wide has
    /// less than 1.
    #[serde(default = "one")]
    pub spread: f64,
}

fn one() -> f64 {
    1.0
}

/// A normal belief.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Believed {
    /// Mean.
    pub mean: f64,
    /// Standard deviation, > 0.
    pub sd: f64,
}

/// What is believed of the drift b.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftPrior {
    /// Nothing.
    Flat,
    /// It is this number.
    Known(f64),
    /// Normal.
    Normal(Believed),
}

/// What is believed of the persistence phi.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersistencePrior {
    /// Every value in (-0.98, 0.98) equally likely.
    Uniform,
    /// It is this number, in (-1, 1); 0 where growth does not persist.
    Known(f64),
    /// Normal, cut to (-0.98, 0.98).
    Normal(Believed),
}

/// What is believed of the volatility sigma.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VolatilityPrior {
    /// Nothing: density 1 / sigma^2 of the variance.
    Flat,
    /// It is this number, > 0.
    Known(f64),
    /// sigma^2 ~ `df` `scale`^2 / chi^2(`df`).
    Scaled {
        /// Years of history that the belief is worth, > 0.
        df: f64,
        /// Volatility expected, > 0.
        scale: f64,
    },
}

/// Something that moves slowly and comes back.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wander {
    /// Standard deviation over all years, > 0.
    pub sd: f64,
    /// What is left a year later: the share of a deviation for a drift, the probability of keeping the level for a volatility; in [0, 1).
    pub persistence: f64,
}

/// Draws from the posterior of one unit, of equal weight, and of its future.
#[derive(Debug, Clone, PartialEq)]
pub struct GrowthDraws {
    /// b.
    pub drift: Vec<f64>,
    /// phi.
    pub persistence: Vec<f64>,
    /// sigma: volatility of a year whose h is 1.
    pub volatility: Vec<f64>,
    /// u in the base year: growth less its drift of that year.
    pub deviation: Vec<f64>,
    /// a in the base year: the drift of that year less b; 0 where the drift does not move.
    pub moving: Vec<f64>,
    /// Persistence of a, and the standard deviation of what is added to it in a year; none where the drift does not move.
    pub wander: Option<Wander>,
    /// b + a of the years after the base year, year by year: a row of draws each, with an `a` that has moved on.
    pub drift_ahead: Vec<Vec<f64>>,
    /// sigma sqrt(h) of the years after the base year.
    pub volatility_ahead: Vec<Vec<f64>>,
    /// z of the base year.
    pub last: Vec<f64>,
    /// The years that were asked for, the last one being the base year; see [`GrowthPrior::posterior_since`]. Empty otherwise.
    pub years: Vec<YearDraws>,
}

/// Draws of what one year of the past was like, as it is known after all that was observed: a row of draws each.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct YearDraws {
    /// a: the drift of that year less b; 0 where the drift does not move.
    pub moving: Vec<f64>,
    /// u: growth less its drift.
    pub deviation: Vec<f64>,
    /// sigma sqrt(h): the volatility.
    pub volatility: Vec<f64>,
}

impl GrowthPrior {
    /// No drift that moves, no turbulence, and nothing believed of the three parameters.
    pub const FLAT: Self = Self {
        drift: DriftPrior::Flat,
        persistence: PersistencePrior::Uniform,
        volatility: VolatilityPrior::Flat,
        moving: None,
        turbulence: None,
        spread: 1.0,
    };

    /// The same with a persistence that is known.
    #[must_use]
    pub fn with_persistence(self, persistence: f64) -> Self {
        Self { persistence: PersistencePrior::Known(persistence), ..self }
    }

    /// Draws from the posterior after a history, and of the `ahead` years after the base year. The base year is not before the last one observed;
    /// what lies between, and gaps in the history, are years like any other that were not seen.
    ///
    /// The draws are a function of the arguments alone.
    ///
    /// # Errors
    /// A [`Fault`] without a path for numbers outside of their range, and for a history too short to make up for a flat prior: three growth figures for a
    /// volatility (then the drift has a mean, and a variance from the fourth on), one for a drift.
    pub fn posterior(
        &self,
        observed: &Observed,
        seen: Seen,
        base: Year,
        ahead: usize,
        draws: usize,
        key: Key,
    ) -> Result<GrowthDraws, Fault> {
        self.sample(observed, seen, (None, base), ahead, draws, key)
    }

    /// The same, with what each year from `since` to the base year was like: the smoothed states, which a plan needs that began in `since` and has
    /// gone on to the base year. Years before the first one observed are years that were not seen.
    ///
    /// Where the history reaches `since` the draws are those of [`GrowthPrior::posterior`].
    ///
    /// # Errors
    /// As [`GrowthPrior::posterior`].
    #[expect(clippy::too_many_arguments, reason = "the same as `posterior`, and a year")]
    pub fn posterior_since(
        &self,
        since: Year,
        observed: &Observed,
        seen: Seen,
        base: Year,
        ahead: usize,
        draws: usize,
        key: Key,
    ) -> Result<GrowthDraws, Fault> {
        self.sample(observed, seen, (Some(since), base), ahead, draws, key)
    }

    fn sample(
        &self,
        observed: &Observed,
        seen: Seen,
        (since, base): (Option<Year>, Year),
        ahead: usize,
        draws: usize,
        key: Key,
    ) -> Result<GrowthDraws, Fault> {
        self.check()?;
        self.enough(observed, seen)?;
        if let Some((last, _)) = observed.iter().next_back().filter(|(last, _)| *last > base) {
            return Err(Fault::new(
                "",
                format!("the history goes to {last}; it must end at the base year {base}"),
            ));
        }
        // Without a history the prior speaks: a year that was not seen.
        let seen = if observed.is_empty() { Seen::Itself } else { seen };
        let Some(mut unit) = Unit::new(observed, seen, since, base) else {
            return Err(Fault::new("", "the history has one year, and a change needs two"));
        };
        let belief = self.belief();
        let mut stream = Stream::new(key, 0, 0);
        let recent = since.map_or(0, |since| usize::try_from(base.0 - since.0 + 1).unwrap_or(0));
        let mut out = GrowthDraws::with_room(draws, ahead, recent);
        out.wander = self.moving.map(|moving| Wander {
            sd: self.spread * moving.sd * (1.0 - moving.persistence * moving.persistence).sqrt(),
            ..moving
        });
        for _ in 0..SETTLING {
            unit.sweep(&belief, &mut stream);
        }
        for _ in 0..draws {
            for _ in 0..SWEEPS {
                unit.sweep(&belief, &mut stream);
            }
            out.push(&unit, &belief, &mut stream);
        }
        out.narrow(self.spread);
        Ok(out)
    }

    /// The same with every number rounded to so many digits.
    #[must_use]
    pub fn rounded(self, digits: i32) -> Self {
        let to = |x: f64| rounded(x, digits);
        let believed = |b: Believed| Believed { mean: to(b.mean), sd: to(b.sd) };
        let wander = |w: Wander| Wander { sd: to(w.sd), persistence: to(w.persistence) };
        Self {
            drift: match self.drift {
                DriftPrior::Flat => DriftPrior::Flat,
                DriftPrior::Known(drift) => DriftPrior::Known(to(drift)),
                DriftPrior::Normal(drift) => DriftPrior::Normal(believed(drift)),
            },
            persistence: match self.persistence {
                PersistencePrior::Uniform => PersistencePrior::Uniform,
                PersistencePrior::Known(phi) => PersistencePrior::Known(to(phi)),
                PersistencePrior::Normal(phi) => PersistencePrior::Normal(believed(phi)),
            },
            volatility: match self.volatility {
                VolatilityPrior::Flat => VolatilityPrior::Flat,
                VolatilityPrior::Known(sigma) => VolatilityPrior::Known(to(sigma)),
                VolatilityPrior::Scaled { df, scale } => {
                    VolatilityPrior::Scaled { df: to(df), scale: to(scale) }
                }
            },
            moving: self.moving.map(wander),
            turbulence: self.turbulence.map(wander),
            spread: to(self.spread),
        }
    }

    /// Whether every number is in its range.
    ///
    /// # Errors
    /// A [`Fault`] with the key that is not.
    pub fn check(&self) -> Result<(), Fault> {
        let wrong = |path: &str, x: f64, allowed: &str| {
            Err(Fault::new(path, format!("{path} is {x}; it must be {allowed}")))
        };
        let positive = |x: f64| x > 0.0 && x.is_finite();
        match self.drift {
            DriftPrior::Known(drift) if !drift.is_finite() => {
                return wrong("drift.known", drift, "a finite number");
            }
            DriftPrior::Normal(drift) if !drift.mean.is_finite() => {
                return wrong("drift.normal.mean", drift.mean, "a finite number");
            }
            DriftPrior::Normal(drift) if !positive(drift.sd) => {
                return wrong("drift.normal.sd", drift.sd, "above 0");
            }
            _ => {}
        }
        match self.persistence {
            PersistencePrior::Known(phi) if !(phi.abs() < 1.0) => {
                return wrong("persistence.known", phi, "between -1 and 1");
            }
            PersistencePrior::Normal(phi) if !(phi.mean.abs() < 1.0) => {
                return wrong("persistence.normal.mean", phi.mean, "between -1 and 1");
            }
            PersistencePrior::Normal(phi) if !positive(phi.sd) => {
                return wrong("persistence.normal.sd", phi.sd, "above 0");
            }
            _ => {}
        }
        match self.volatility {
            VolatilityPrior::Known(sigma) if !positive(sigma) => {
                return wrong("volatility.known", sigma, "above 0");
            }
            VolatilityPrior::Scaled { df, .. } if !positive(df) => {
                return wrong("volatility.scaled.df", df, "above 0");
            }
            VolatilityPrior::Scaled { scale, .. } if !positive(scale) => {
                return wrong("volatility.scaled.scale", scale, "above 0");
            }
            _ => {}
        }
        if !(self.spread > 0.0 && self.spread <= 10.0) {
            return wrong("spread", self.spread, "above 0 and at most 10");
        }
        for (name, wander) in [("moving", self.moving), ("turbulence", self.turbulence)] {
            let Some(wander) = wander else { continue };
            if !positive(wander.sd) {
                return wrong(&format!("{name}.sd"), wander.sd, "above 0");
            }
            if name == "turbulence" && wander.sd > MOST_TURBULENT {
                return wrong("turbulence.sd", wander.sd, "above 0 and at most 10");
            }
            if !(0.0..1.0).contains(&wander.persistence) {
                return wrong(&format!("{name}.persistence"), wander.persistence, "at least 0 and below 1");
            }
        }
        if self.volatility == VolatilityPrior::Flat && self.moving.is_some() {
            return Err(Fault::new(
                "volatility",
                "a drift that moves can explain all variation, so a flat prior of the volatility has no posterior",
            )
            .remedy("give the volatility a prior: scaled, or known"));
        }
        Ok(())
    }

    /// How many figures a history must give to make up for what a flat prior leaves open: one for a drift, three for a volatility.
    pub fn figures_needed(&self) -> usize {
        match (self.drift, self.volatility) {
            (_, VolatilityPrior::Flat) => 3,
            (DriftPrior::Flat, _) => 1,
            _ => 0,
        }
    }

    /// Whether the history makes up for what a flat prior leaves open.
    fn enough(&self, observed: &Observed, seen: Seen) -> Result<(), Fault> {
        let (figures, needed) = (observed.figures(seen), self.figures_needed());
        if figures < needed {
            return Err(Fault::new(
                "",
                format!("the history has {figures} growth figures; a flat prior needs at least {needed}"),
            )
            .remedy("name a reference class as the prior, or give a longer history"));
        }
        if self.volatility == VolatilityPrior::Flat && observed.never_varies(seen) {
            return Err(Fault::new(
                "",
                "growth that never varied fits the history, so it teaches no volatility",
            )
            .remedy("name a reference class as the prior, or state drift and volatility"));
        }
        Ok(())
    }

    /// The prior as the sampler wants it.
    fn belief(&self) -> Belief {
        let precision = |sd: f64| 1.0 / (sd * sd);
        let between = |mean, precision| PersistenceBelief::Between {
            mean,
            precision,
            low: -MOST_PERSISTENT,
            high: MOST_PERSISTENT,
        };
        Belief {
            drift: match self.drift {
                DriftPrior::Flat => (0.0, 0.0),
                DriftPrior::Known(drift) => (drift, f64::INFINITY),
                DriftPrior::Normal(drift) => (drift.mean, precision(drift.sd)),
            },
            persistence: match self.persistence {
                PersistencePrior::Known(phi) => PersistenceBelief::Fixed(phi),
                PersistencePrior::Normal(phi) => between(phi.mean, precision(phi.sd)),
                PersistencePrior::Uniform => between(0.0, 0.0),
            },
            variance: match self.volatility {
                VolatilityPrior::Flat => (0.0, 0.0),
                VolatilityPrior::Known(sigma) => (f64::INFINITY, sigma * sigma),
                VolatilityPrior::Scaled { df, scale } => (df, scale * scale),
            },
            moving: self.moving.map(|moving| (moving.sd * moving.sd, moving.persistence)),
            volatility: self.turbulence.map(|t| VolatilityLevels::new(t.sd, t.persistence)),
        }
    }
}

/// A number with so many digits.
fn rounded(x: f64, digits: i32) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    let place = digits - 1 - libm::floor(libm::log10(x.abs())) as i32;
    // A power of ten below 1 is no number of the machine's; dividing by one above is right to the last bit.
    let power = (0..place.abs()).fold(1.0, |power, _| 10.0 * power);
    if place >= 0 { libm::round(x * power) / power } else { libm::round(x / power) * power }
}

impl GrowthDraws {
    fn with_room(draws: usize, ahead: usize, recent: usize) -> Self {
        let row = || Vec::with_capacity(draws);
        Self {
            drift: row(),
            persistence: row(),
            volatility: row(),
            deviation: row(),
            moving: row(),
            wander: None,
            drift_ahead: (0..ahead).map(|_| row()).collect(),
            volatility_ahead: (0..ahead).map(|_| row()).collect(),
            last: row(),
            years: vec![YearDraws::default(); recent],
        }
    }

    /// Adds the unit's present draw with a future of its own.
    fn push(&mut self, unit: &Unit, belief: &Belief, stream: &mut Stream) {
        let last = unit.z.len() - 1;
        let sigma = unit.variance.sqrt();
        self.drift.push(unit.drift);
        self.persistence.push(unit.persistence);
        self.volatility.push(sigma);
        self.deviation.push(unit.deviation(last));
        self.moving.push(unit.moving[last]);
        self.last.push(unit.z[last]);
        let first = unit.z.len() - self.years.len();
        for (k, year) in self.years.iter_mut().enumerate() {
            let t = first + k;
            let level = unit.level.get(t).zip(belief.volatility.as_ref());
            let factor = level.map_or(1.0, |(level, chain)| chain.factor[usize::from(*level)]);
            year.moving.push(unit.moving[t]);
            year.deviation.push(unit.deviation(t));
            year.volatility.push(sigma * factor.sqrt());
        }
        let mut moving = unit.moving[last];
        let mut level = unit.level.last().copied();
        for (drift, volatility) in self.drift_ahead.iter_mut().zip(&mut self.volatility_ahead) {
            if let Some((variance, rho)) = belief.moving {
                moving = rho * moving + (variance * (1.0 - rho * rho)).sqrt() * draw::normal(stream);
            }
            drift.push(unit.drift + moving);
            let factor = match (&belief.volatility, level) {
                (Some(chain), Some(now)) => {
                    let next = chain.step(now, stream);
                    level = Some(next);
                    chain.factor[usize::from(next)]
                }
                _ => 1.0,
            };
            volatility.push(sigma * factor.sqrt());
        }
    }

    /// Multiplies deviations of the years ahead from their mean, and what adds to them, with a factor: the law of every
    /// sum of years ahead is then narrower by it, about the same mean (closely so where the persistence is learned).
    fn narrow(&mut self, factor: f64) {
        if factor == 1.0 {
            return;
        }
        let now = [&mut self.drift, &mut self.moving, &mut self.deviation];
        let past = self.years.iter_mut().flat_map(|year| [&mut year.moving, &mut year.deviation]);
        for row in self.drift_ahead.iter_mut().chain(now).chain(past) {
            let mean = row.iter().sum::<f64>() / row.len() as f64;
            row.iter_mut().for_each(|x| *x = mean + factor * (*x - mean));
        }
        let past = self.years.iter_mut().map(|year| &mut year.volatility);
        self.volatility_ahead.iter_mut().chain(past).flatten().for_each(|sigma| *sigma *= factor);
    }

    /// How many draws.
    pub fn len(&self) -> usize {
        self.drift.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.drift.is_empty()
    }

    /// Sums of z over the years after the base year, year by year: a row of draws each, one future for each draw, with innovations
    /// from `key`. Row `h - 1` is the change of the level after h years: the posterior predictive law.
    pub fn changes(&self, key: Key) -> Vec<Vec<f64>> {
        let mut sums: Vec<Vec<f64>> = vec![Vec::with_capacity(self.len()); self.drift_ahead.len()];
        for k in 0..self.len() {
            let mut stream = Stream::new(key, k as u64, 0);
            let (mut u, mut sum) = (self.deviation[k], 0.0);
            for (h, row) in sums.iter_mut().enumerate() {
                u = self.persistence[k] * u + self.volatility_ahead[h][k] * draw::normal(&mut stream);
                sum += self.drift_ahead[h][k] + u;
                row.push(sum);
            }
        }
        sums
    }
}
