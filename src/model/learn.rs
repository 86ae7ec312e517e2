//! Coefficients learned from a history: in closed form, or a table of draws of which every path takes a row.

use super::coefficient::{Coefficient, ParameterRule};
use super::compile::{Compiler, internal};
use crate::calibrate::{
    Believed, DriftPosterior, DriftPrior, GrowthDraws, GrowthPrior, Learned, LearnedData, LearnedNumber,
    Observed, PersistencePrior, Seen, Summary, VolatilityPrior, mean_of_root,
};
use crate::error::{Error, Fault, Result};
use crate::evidence::Evidence;
use crate::innovation::Law;
use crate::process::{Dynamics, Learns};
use crate::random::{Key, Laws, Transform};
use crate::scenario::{Belief, Indicator, Learning};
use crate::stats::normal;
use crate::stats::special::{Tails, student_quantile};
use crate::time::Year;

/// Draws by which a volatility that comes and goes is told before a history is seen.
const PRIOR_DRAWS: usize = 4096;

/// A drift that moves about its coefficient: where it stands in the base year, what is left of that a year later, and the standard
/// deviation of what is added in a year.
pub(super) struct Wandering {
    pub(super) start: Coefficient,
    pub(super) persistence: f64,
    pub(super) volatility: f64,
    /// Where it stood in the years that are over, from the first one on.
    pub(super) known: Vec<Coefficient>,
}

/// Coefficients that a history gives; those that it leaves open are none.
pub(super) struct Coefficients {
    pub(super) drift: Coefficient,
    pub(super) volatility: Coefficient,
    pub(super) persistence: Option<Coefficient>,
    pub(super) last_growth: Option<Coefficient>,
    /// How the drift moves, where it does.
    pub(super) wander: Option<Wandering>,
    /// Speed, and level as a latent state.
    pub(super) pull: Option<(Coefficient, Coefficient)>,
    pub(super) law: Option<Law>,
}

impl Coefficients {
    fn of_growth(drift: Coefficient, volatility: Coefficient) -> Self {
        Self { drift, volatility, persistence: None, last_growth: None, wander: None, pull: None, law: None }
    }
}

impl Compiler<'_> {
    /// What the history gives, where something is learned from it; for resampling the law as well.
    pub(super) fn learn(
        &mut self,
        id: &str,
        indicator: &Indicator,
        dynamics: &Dynamics,
        learning: Option<&Learning>,
    ) -> Result<Option<Coefficients>> {
        if dynamics.resample {
            return self.resample(id, indicator, dynamics).map(Some);
        }
        let Some(learning) = learning else { return Ok(None) };
        let (coefficients, learned) = match learning.posterior() {
            Some(posterior) => self.in_closed_form(id, learning, &posterior),
            None => self.by_draws(id, indicator, learning)?,
        };
        self.learned.push((id.to_owned(), learned));
        Ok(Some(coefficients))
    }

    fn resample(&mut self, id: &str, indicator: &Indicator, dynamics: &Dynamics) -> Result<Coefficients> {
        let sample = resampled_growth(indicator, dynamics);
        let n = sample.len() as f64;
        let mean = sample.iter().sum::<f64>() / n;
        let squares = sample.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>();
        if !(n >= 2.0) {
            return Err(internal(&format!("indicator.{id}"), "the history leaves nothing to learn from"));
        }
        let sd = (squares / (n - 1.0)).sqrt();
        let law = (sd > 0.0).then(|| Law::Shaped(Transform::resample(&sample)));
        // The mean of a short history is not known either: it is drawn about that of the sample.
        let rule = ParameterRule::Transform(Transform::affine(mean, sd / n.sqrt()));
        let path = format!("indicator.{id}.drift");
        let drift = Coefficient::Drawn(self.parameters.add(path, rule, None, Evidence::Derived));
        Ok(Coefficients { law, ..Coefficients::of_growth(drift, Coefficient::Number(sd)) })
    }

    /// The conjugate posterior: two parameters a path, the drift given the volatility.
    fn in_closed_form(
        &mut self,
        id: &str,
        learning: &Learning,
        posterior: &DriftPosterior,
    ) -> (Coefficients, Learned) {
        let persistence = learning.persistence.unwrap_or(0.0);
        let sample = learning.sample();
        let n = sample.len() as f64;
        let data_share = n / posterior.weight;
        let grade = learning.grade(data_share);
        let learned = Learned {
            class: None,
            drift: LearnedNumber {
                prior: match learning.belief {
                    Belief::Numbers(p) if p.weight > 0.0 => {
                        let sd = (p.df > 2.0).then(|| p.sd * (p.df / ((p.df - 2.0) * p.weight)).sqrt());
                        Some((p.mean, sd))
                    }
                    _ => None,
                },
                posterior: student_summary(posterior),
            },
            persistence: None,
            volatility: LearnedNumber {
                // Quasi-differences are larger than the innovations by 1 / (1 - phi).
                prior: match learning.belief {
                    Belief::Numbers(p) if p.df > 0.0 => volatility_prior(p.df, p.sd * (1.0 - persistence)),
                    _ => None,
                },
                posterior: volatility_summary(
                    &self.parameters.laws,
                    posterior.df,
                    posterior.scale * (1.0 - persistence),
                ),
            },
            data: data_of(learning),
            data_share,
            evidence: grade,
            stand_in: learning.stand_in,
            plug_in: learning.plug_in,
        };
        if learning.plug_in {
            let drift = Coefficient::Number(posterior.mean);
            let volatility = Coefficient::Number(posterior.mean_volatility() * (1.0 - persistence));
            return (Coefficients::of_growth(drift, volatility), as_if_known(learned));
        }
        let path = |key: &str| format!("indicator.{id}.{key}");
        let law = self.parameters.laws.deviation(posterior.df, posterior.scale);
        let sd = self.parameters.add(path("volatility"), ParameterRule::Transform(law), None, grade);
        let rule = ParameterRule::Given { mean: posterior.mean, scale: posterior.weight.sqrt().recip(), sd };
        let drift = Coefficient::Drawn(self.parameters.add(path("drift"), rule, None, grade));
        let volatility = if persistence == 0.0 {
            sd
        } else {
            let rule = ParameterRule::Times { of: sd, by: 1.0 - persistence };
            self.parameters.add(path("volatility"), rule, None, grade)
        };
        (Coefficients::of_growth(drift, Coefficient::Drawn(volatility)), learned)
    }

    /// Draws of all parameters together: a path takes one row of them.
    fn by_draws(
        &mut self,
        id: &str,
        indicator: &Indicator,
        learning: &Learning,
    ) -> Result<(Coefficients, Learned)> {
        let horizon = self.scenario.horizon;
        let over = self.scenario.known().and_then(|known| known.indicators.get(id)).map_or(0, Vec::len);
        let path = |key: &str| format!("indicator.{id}.{key}");
        let draws = learning
            .draws(id, horizon)
            .map_err(|fault| Error::Run(Fault { path: path("process"), ..fault }))?;
        let learned = learned_from(&draws, indicator, learning);
        let mut table = Table::new(self, id, learning, &draws, learned.evidence);
        let prior = learning.prior();
        // Of a plan that has begun: as things were in its first years. The first of these draws is of the base year.
        let past = draws.years.iter().skip(1);
        let volatilities = past.clone().map(|year| &year.volatility).chain(&draws.volatility_ahead);
        let volatility = match prior.turbulence {
            None => table.first("volatility", volatilities),
            Some(_) => table.years("volatility", volatilities),
        };
        let persistence = match prior.persistence {
            PersistencePrior::Known(phi) => Coefficient::Number(phi),
            _ => table.column("persistence", &draws.persistence),
        };
        let coefficients = if learning.learns == Learns::Reversion {
            let speeds: Vec<f64> = draws.persistence.iter().map(|phi| 1.0 - phi).collect();
            let speed = match persistence {
                Coefficient::Number(phi) => Coefficient::Number(1.0 - phi),
                _ => table.column("speed", &speeds),
            };
            let pull = Some((speed, table.column("level", &draws.drift)));
            Coefficients { pull, ..Coefficients::of_growth(Coefficient::Number(0.0), volatility) }
        } else {
            let drift = table.column("drift", &draws.drift);
            // Where it stands is a parameter; how it moves on is what will happen.
            let base = draws.years.first();
            let (moving, deviation) =
                base.map_or((&draws.moving, &draws.deviation), |base| (&base.moving, &base.deviation));
            let wander = draws.wander.map(|wander| Wandering {
                start: table.column("moving", moving),
                persistence: wander.persistence,
                volatility: wander.sd,
                known: past.take(over).map(|year| table.column("moving", &year.moving)).collect(),
            });
            let last: Vec<f64> =
                draws.drift.iter().zip(moving).zip(deviation).map(|((b, a), u)| b + a + u).collect();
            let persists = !persistence.is_zero();
            Coefficients {
                wander,
                last_growth: persists.then(|| table.column("last_growth", &last)),
                persistence: persists.then_some(persistence),
                ..Coefficients::of_growth(drift, volatility)
            }
        };
        Ok((coefficients, if learning.plug_in { as_if_known(learned) } else { learned }))
    }
}

/// The draws of one posterior on their way to coefficients: rows in the order of the growth that they lead to.
struct Table<'a, 's> {
    compiler: &'a mut Compiler<'s>,
    id: &'a str,
    evidence: Evidence,
    order: Vec<usize>,
    /// The parameter that draws a row; none where the means are taken as known.
    row: Option<usize>,
}

impl<'a, 's> Table<'a, 's> {
    fn new(
        compiler: &'a mut Compiler<'s>,
        id: &'a str,
        learning: &Learning,
        draws: &GrowthDraws,
        evidence: Evidence,
    ) -> Self {
        let expected = expected(learning.learns, draws);
        let mut order: Vec<usize> = (0..draws.len()).collect();
        order.sort_by(|a, b| expected[*a].total_cmp(&expected[*b]));
        let mut table = Self { compiler, id, evidence, order, row: None };
        if !learning.plug_in {
            let shown = table.sorted(&expected);
            let name = format!("indicator.{id}.posterior");
            table.row = Some(table.compiler.parameters.row(name, shown, evidence));
        }
        table
    }

    fn sorted(&self, column: &[f64]) -> Vec<f64> {
        self.order.iter().map(|draw| column[*draw]).collect()
    }

    fn column(&mut self, key: &str, column: &[f64]) -> Coefficient {
        let Some(row) = self.row else {
            return Coefficient::Number(column.iter().sum::<f64>() / column.len() as f64);
        };
        Coefficient::Drawn(self.entry(key, row, column))
    }

    /// One column for all years, which are alike.
    fn first<'d>(&mut self, key: &str, mut years: impl Iterator<Item = &'d Vec<f64>>) -> Coefficient {
        years.next().map_or(Coefficient::Number(0.0), |column| self.column(key, column))
    }

    /// A column a year.
    fn years<'d>(&mut self, key: &str, years: impl Iterator<Item = &'d Vec<f64>>) -> Coefficient {
        let Some(row) = self.row else {
            let mean = |column: &Vec<f64>| column.iter().sum::<f64>() / column.len() as f64;
            return Coefficient::Course(years.map(mean).collect());
        };
        Coefficient::Yearly(years.map(|column| self.entry(key, row, column)).collect())
    }

    fn entry(&mut self, key: &str, row: usize, column: &[f64]) -> usize {
        let rule = ParameterRule::Entry { row, column: self.sorted(column).into() };
        self.compiler.parameters.add(format!("indicator.{}.{key}", self.id), rule, None, self.evidence)
    }
}

/// What a draw leads to on average: yearly growth over the plan, or the level at its end. It stands for the whole draw where the
/// shares of the variance are asked for, because a measure depends on it nearly linearly.
fn expected(learns: Learns, draws: &GrowthDraws) -> Vec<f64> {
    let years = draws.drift_ahead.len();
    let rho = draws.wander.map_or(0.0, |wander| wander.persistence);
    (0..draws.len())
        .map(|k| {
            let (phi, mut left, mut moving, mut sum) =
                (draws.persistence[k], draws.deviation[k], draws.moving[k], 0.0);
            for _ in 0..years {
                (left, moving) = (phi * left, rho * moving);
                sum += draws.drift[k] + moving + left;
            }
            match learns {
                Learns::Reversion => draws.drift[k] + left,
                Learns::Growth | Learns::PersistentGrowth if years == 0 => draws.last[k],
                Learns::Growth | Learns::PersistentGrowth => sum / years as f64,
            }
        })
        .collect()
}

/// The drift of the base year.
fn drift_now(draws: &GrowthDraws) -> impl Iterator<Item = f64> {
    draws.drift.iter().zip(&draws.moving).map(|(b, a)| b + a)
}

fn learned_from(draws: &GrowthDraws, indicator: &Indicator, learning: &Learning) -> Learned {
    let prior = learning.prior();
    let reverts = learning.learns == Learns::Reversion;
    // A drift that moves is told as it is in the base year, a volatility that comes and goes as in the year after it.
    let volatilities = draws.volatility_ahead.first().unwrap_or(&draws.volatility);
    let of_drift = Summary::of(&drift_now(draws).collect::<Vec<_>>());
    let variance = of_drift.sd.map_or(0.0, |sd| sd * sd);
    let wander = prior.moving.map_or(0.0, |moving| moving.sd * moving.sd);
    let spread_of = |drift: Believed| prior.spread * (drift.sd * drift.sd + wander).sqrt();
    let data_share = match prior.drift {
        DriftPrior::Flat | DriftPrior::Known(_) => 1.0,
        DriftPrior::Normal(drift) => {
            let believed = spread_of(drift);
            (1.0 - variance / (believed * believed)).clamp(0.0, 1.0)
        }
    };
    let believed = match prior.drift {
        DriftPrior::Flat | DriftPrior::Known(_) => None,
        DriftPrior::Normal(drift) if reverts => {
            let level = indicator.link.level(drift.mean);
            Some((level, Some(drift.sd / indicator.link.slope(level))))
        }
        DriftPrior::Normal(drift) => Some((drift.mean, Some(spread_of(drift)))),
    };
    let now = match reverts {
        true => Summary::of(&draws.drift.iter().map(|x| indicator.link.level(*x)).collect::<Vec<_>>()),
        false => of_drift,
    };
    let believed_persistence = match prior.persistence {
        PersistencePrior::Normal(phi) => Some((phi.mean, Some(phi.sd))),
        PersistencePrior::Known(_) | PersistencePrior::Uniform => None,
    };
    Learned {
        class: match &learning.belief {
            Belief::Class(name, _) => Some(name.clone()),
            Belief::Flat | Belief::Numbers(_) => None,
        },
        drift: LearnedNumber { prior: believed, posterior: now },
        persistence: learning.learns_persistence().then(|| LearnedNumber {
            prior: believed_persistence,
            posterior: Summary::of(&draws.persistence),
        }),
        volatility: LearnedNumber {
            prior: learning
                .before
                .of(prior, || Ok::<_, std::convert::Infallible>(believed_volatility(&prior)))
                .map_or(None, |believed| *believed),
            posterior: Summary::of(volatilities),
        },
        data: match reverts {
            true => {
                let levels: Vec<f64> =
                    learning.figures.iter().map(|(_, x)| indicator.link.level(x)).collect();
                LearnedData::of(learning.observed.len(), &levels)
            }
            false => data_of(learning),
        },
        data_share,
        evidence: learning.grade(data_share),
        stand_in: learning.stand_in,
        plug_in: learning.plug_in,
    }
}

fn data_of(learning: &Learning) -> LearnedData {
    let figures: Vec<f64> = learning.figures.iter().map(|(_, y)| y).collect();
    LearnedData::of(learning.observed.len(), &figures)
}

/// Mean and standard deviation of the volatility of a year before the history is seen; none where that is flat or known.
fn believed_volatility(prior: &GrowthPrior) -> Option<(f64, Option<f64>)> {
    match (prior.volatility, prior.turbulence) {
        (VolatilityPrior::Flat, _) | (VolatilityPrior::Known(_), None) => None,
        (VolatilityPrior::Scaled { df, scale }, None) => volatility_prior(df, prior.spread * scale),
        // It comes and goes: what is drawn without a history.
        (_, Some(_)) => {
            let alone = GrowthPrior { drift: DriftPrior::Known(0.0), moving: None, ..*prior };
            let key = Key::new(0, "calibrate", "prior");
            let none = Observed::default();
            let drawn = alone.posterior(&none, Seen::Itself, Year(0), 1, PRIOR_DRAWS, key).ok()?;
            let of_year = Summary::of(drawn.volatility_ahead.first()?);
            Some((of_year.mean, of_year.sd))
        }
    }
}

/// Mean and standard deviation of sigma for sigma^2 ~ df scale^2 / chi^2(df); none without a mean.
fn volatility_prior(df: f64, scale: f64) -> Option<(f64, Option<f64>)> {
    let mean = mean_of_root(df, scale)?;
    let variance = (df > 2.0).then(|| (df / (df - 2.0) * scale * scale - mean * mean).max(0.0));
    Some((mean, variance.map(f64::sqrt)))
}

fn volatility_summary(laws: &Laws, df: f64, scale: f64) -> Summary {
    let (mean, sd) = volatility_prior(df, scale).unwrap_or((scale, None));
    let law = laws.deviation(df, scale);
    let tenth = normal::quantile(0.1);
    Summary { mean, sd, low: law.apply(tenth), high: law.apply(-tenth) }
}

/// mu, which is Student t about its mean.
fn student_summary(posterior: &DriftPosterior) -> Summary {
    let DriftPosterior { mean, weight, df, scale } = *posterior;
    let scale = scale / weight.sqrt();
    let tenth = -student_quantile(df, Tails::from_lower(0.1)) * scale;
    let sd = (df > 2.0).then(|| scale * (df / (df - 2.0)).sqrt());
    Summary { mean, sd, low: mean - tenth, high: mean + tenth }
}

/// The same with every number as if it were known.
fn as_if_known(mut learned: Learned) -> Learned {
    let known = |number: &mut LearnedNumber| {
        let mean = number.posterior.mean;
        number.posterior = Summary { mean, sd: Some(0.0), low: mean, high: mean };
    };
    known(&mut learned.drift);
    known(&mut learned.volatility);
    learned.persistence.iter_mut().for_each(known);
    learned
}

/// The growth that a resampled process draws from.
fn resampled_growth(indicator: &Indicator, dynamics: &Dynamics) -> Vec<f64> {
    let Some(estimate) = &dynamics.estimate else { return Vec::new() };
    indicator.growth.iter().filter(|(year, _)| estimate.covers(*year)).map(|(_, y)| y).collect()
}
