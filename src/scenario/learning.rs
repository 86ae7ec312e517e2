//! What an estimate learns from, as meant: what was observed of the series that moves, and what is believed before.
//!
//! Layer 3. The estimators are those of [`crate::calibrate`]; here it is decided which one a history and a prior need.

use super::memory::Memory;
use crate::calibrate::{
    Believed, DriftPosterior, DriftPrior, GrowthDraws, GrowthPrior, Observation, Observed, PersistencePrior,
    ReferenceClass, Seen, VolatilityPrior,
};
use crate::error::Fault;
use crate::evidence::Evidence;
use crate::process::{Learns, Prior};
use crate::random::Key;
use crate::series::Series;
use crate::time::{Horizon, Year};
use std::sync::Arc;

/// Draws from a posterior. A path takes one of them, so that of these many the last bits of a probability do not depend.
const DRAWS: usize = 4096;

/// What an estimate learns from.
#[derive(Debug, Clone)]
pub struct Learning {
    /// What is learned.
    pub learns: Learns,
    /// What was observed in the years asked for, in the unit of what moves.
    pub observed: Observed,
    /// Whether that is the series that moves, or levels of which it is the change.
    pub seen: Seen,
    /// The series that moves, where two neighbouring values (or the one itself) give it: growth by the later year, or
    /// levels of a process that reverts to one, as latent states.
    pub figures: Series,
    /// Persistence that is stated (of a process that reverts to a level, 1 less its speed); none where it is learned.
    pub persistence: Option<f64>,
    /// Level of a process that reverts, as a latent state, where it is stated as a number.
    pub level: Option<f64>,
    /// Its volatility, where it is stated as a number.
    pub volatility: Option<f64>,
    /// What is believed before.
    pub belief: Belief,
    /// Whether the history is another series that stands in for the indicator's own.
    pub stand_in: bool,
    /// Whether the means of the posterior are used as if they were known.
    pub plug_in: bool,
    /// Grade of the history.
    pub evidence: Evidence,
    /// Draws that were made.
    pub(crate) drawn: Memory<Asked, GrowthDraws>,
    /// Volatility of a year before the history is seen: mean and standard deviation, where it had to be drawn.
    pub(crate) before: Memory<GrowthPrior, Option<(f64, Option<f64>)>>,
}

/// What draws from a posterior follow from: id, belief, what was observed and how, the years of the plan.
type Asked = (String, GrowthPrior, Observed, Seen, Horizon);

/// What is believed of the parameters before the history is seen.
#[derive(Debug, Clone)]
pub enum Belief {
    /// Nothing.
    Flat,
    /// Numbers of the scenario.
    Numbers(Prior),
    /// What units like it say, and the name under which the scenario has it.
    Class(String, Arc<ReferenceClass>),
}

impl Learning {
    /// Whether the posterior has a closed form: exact values, no year missing between them that says something of the others, known
    /// persistence, a conjugate prior.
    pub fn is_conjugate(&self) -> bool {
        // Independent growth of years that were not seen says nothing of those that were.
        let stand_alone = self.seen == Seen::Itself && self.persistence == Some(0.0);
        self.learns != Learns::Reversion
            && self.persistence.is_some()
            && !matches!(self.belief, Belief::Class(..))
            && self.observed.iter().all(|(_, seen)| matches!(seen, Observation::Exact(_)))
            && (stand_alone || self.is_unbroken())
    }

    /// Whether every year from the first to the last is observed.
    fn is_unbroken(&self) -> bool {
        let years = || self.observed.iter().map(|(year, _)| year);
        years().zip(years().skip(1)).all(|(year, next)| next.0 == year.0 + 1)
    }

    /// The figures that the closed form uses: growth, or quasi-differences where growth persists.
    pub fn sample(&self) -> Vec<f64> {
        let phi = self.persistence.unwrap_or(0.0);
        if phi == 0.0 {
            return self.figures.iter().map(|(_, y)| y).collect();
        }
        self.figures
            .iter()
            .filter_map(|(year, y)| {
                let before = self.figures.get(Year(year.0 - 1))?;
                Some((y - phi * before) / (1.0 - phi))
            })
            .collect()
    }

    /// The posterior in closed form, where it has one.
    pub fn posterior(&self) -> Option<DriftPosterior> {
        let prior = match &self.belief {
            Belief::Flat => None,
            Belief::Numbers(prior) => Some(*prior),
            Belief::Class(..) => return None,
        };
        DriftPosterior::new(&self.sample(), prior).ok().filter(|_| self.is_conjugate())
    }

    /// The prior as the sampler takes it.
    pub fn prior(&self) -> GrowthPrior {
        let prior = match &self.belief {
            Belief::Flat => GrowthPrior::FLAT,
            Belief::Numbers(prior) => GrowthPrior {
                drift: match prior.weight > 0.0 {
                    true => {
                        DriftPrior::Normal(Believed { mean: prior.mean, sd: prior.sd / prior.weight.sqrt() })
                    }
                    false => DriftPrior::Flat,
                },
                volatility: match prior.df > 0.0 {
                    true => VolatilityPrior::Scaled {
                        df: prior.df,
                        // As in the closed form: stated for growth, and innovations are smaller by 1 - phi.
                        scale: prior.sd * (1.0 - self.persistence.unwrap_or(0.0)),
                    },
                    false => VolatilityPrior::Flat,
                },
                ..GrowthPrior::FLAT
            },
            Belief::Class(_, class) => class.prior,
        };
        GrowthPrior {
            drift: self.level.map_or(prior.drift, DriftPrior::Known),
            persistence: self.persistence.map_or(prior.persistence, PersistencePrior::Known),
            volatility: self.volatility.map_or(prior.volatility, VolatilityPrior::Known),
            ..prior
        }
    }

    /// Draws from the posterior and of the years of the plan: a function of the scenario alone, made once.
    ///
    /// # Errors
    /// A [`Fault`] for a prior out of range and a history that does not make up for a flat one.
    pub fn draws(&self, id: &str, horizon: Horizon) -> Result<Arc<GrowthDraws>, Fault> {
        let asked = (id.to_owned(), self.prior(), self.observed.clone(), self.seen, horizon);
        self.drawn.of(asked, || self.draw(id, horizon))
    }

    fn draw(&self, id: &str, horizon: Horizon) -> Result<GrowthDraws, Fault> {
        let key = Key::new(0, "calibrate", id);
        let (prior, observed, base) = (self.prior(), &self.observed, horizon.base());
        match observed.iter().next_back().filter(|(last, _)| *last > base) {
            None => prior.posterior(observed, self.seen, base, horizon.steps(), DRAWS, key),
            // Actuals: the plan has begun at the base year and gone on since.
            Some((last, _)) => {
                let ahead = (horizon.last().0 - last.0) as usize;
                prior.posterior_since(base, observed, self.seen, last, ahead, DRAWS, key)
            }
        }
    }

    /// Degrees of freedom of the volatility.
    pub fn df(&self) -> f64 {
        if let Some(posterior) = self.posterior() {
            return posterior.df;
        }
        let prior = self.prior();
        let of_drift = if prior.drift == DriftPrior::Flat { 1.0 } else { 0.0 };
        match prior.volatility {
            VolatilityPrior::Flat => self.pinned() as f64 - 1.0,
            VolatilityPrior::Known(_) => f64::INFINITY,
            VolatilityPrior::Scaled { df, .. } => df + self.pinned() as f64 - of_drift,
        }
    }

    /// How many figures of the series that moves the history gives, however roughly; "over 3500" gives none.
    pub fn pinned(&self) -> usize {
        self.observed.figures(self.seen)
    }

    /// Whether the persistence is learned.
    pub fn learns_persistence(&self) -> bool {
        self.persistence.is_none() && !matches!(self.prior().persistence, PersistencePrior::Known(_))
    }

    /// The grade of what was learned, where the data have this share of the precision of the drift: derived where that is half or more,
    /// else that of what was believed; of a stand-in a proxy; never better than the history.
    pub fn grade(&self, data_share: f64) -> Evidence {
        let learned = match &self.belief {
            _ if data_share >= 0.5 => Evidence::Derived,
            Belief::Flat => Evidence::Derived,
            Belief::Numbers(_) => Evidence::Assumption,
            // Derived for the units of the class, a stand-in for this one.
            Belief::Class(_, class) => class.evidence.max(Evidence::Proxy),
        };
        let from = if self.stand_in { Evidence::Proxy } else { Evidence::Derived };
        learned.max(from).max(self.evidence)
    }
}
