//! The record of a backtest: every case with every model's scores, and what they add up to.

use super::events::Event;
use super::judge::Score;
use super::protocol::Protocol;
use crate::random::Key;
use crate::score::cluster::{self, Clustered};
use crate::score::pit;
use crate::time::Year;
use std::ops::RangeBounds;

/// Replicates of the cluster bootstrap: a standard error is then known to about two per cent.
const REPLICATES: u32 = 1000;

/// What a backtest has found.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// How it was done.
    pub protocol: Protocol,
    /// The seed of the models that simulate, and of the bootstrap.
    pub seed: u64,
    /// The events whose probabilities were judged.
    pub events: Vec<Event>,
    /// The cases, by origin, then by the name of the unit.
    pub cases: Vec<Case>,
    /// The models, in the order in which they were given.
    pub models: Vec<ModelRecord>,
}

/// A unit that was forecast from an origin.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The unit.
    pub unit: String,
    /// The origin T.
    pub origin: Year,
    /// How many increments it had in the training set.
    pub increments: usize,
    /// z_T.
    pub start: f64,
    /// z_(T+horizon).
    pub outcome: f64,
}

/// The scores of one model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelRecord {
    /// Its name.
    pub name: String,
    /// One for each case, in the order of the cases.
    pub scores: Vec<Score>,
}

/// What the cases of some origins add up to. Means are over cases, in the unit of the latent state.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// How many cases; at least one.
    pub cases: usize,
    /// How many units they are of.
    pub units: usize,
    /// Shares of outcomes within the central 50, 80 and 90 % intervals.
    pub coverage: [f64; 3],
    /// Shares of the PIT by tenths; 0.1 each when the forecasts are honest.
    pub pit: [f64; 10],
    /// Mean CRPS.
    pub crps: f64,
    /// Mean log score in nats; none when the model gives no density.
    pub log: Option<f64>,
    /// Mean interval score at 80 %.
    pub interval: f64,
    /// Mean width of the 80 % interval.
    pub width: f64,
    /// Mean of the outcome less the median forecast: below 0 the forecasts are too high.
    pub bias: f64,
    /// Mean energy score of the paths, over the cases that have one.
    pub energy: Option<f64>,
    /// Mean variogram score of the paths, over the cases that have one.
    pub variogram: Option<f64>,
}

/// A model beside a reference, on the same cases.
#[derive(Debug, Clone, PartialEq)]
pub struct Skill {
    /// 1 - CRPS / CRPS of the reference: the share of it that the model saves.
    pub skill: f64,
    /// Mean CRPS of the model less that of the reference, with the standard error by units; none for fewer than two units.
    pub by_unit: Option<Clustered>,
    /// The same difference, with the standard error by periods: origins that follow each other within one horizon, whose
    /// outcomes overlap, are one period. None for fewer than two.
    pub by_period: Option<Clustered>,
}

/// The levels of [`Summary::coverage`].
pub const LEVELS: [f64; 3] = [0.5, 0.8, 0.9];

impl Record {
    /// A model by its name.
    pub fn model(&self, name: &str) -> Option<&ModelRecord> {
        self.models.iter().find(|model| model.name == name)
    }

    /// What a model's scores over some origins add up to: `..` for all, `..Year(1996)` for those before. None for a model that is
    /// not there, or no case.
    pub fn summary(&self, model: &str, origins: impl RangeBounds<Year>) -> Option<Summary> {
        let model = self.model(model)?;
        let (cases, scores): (Vec<&Case>, Vec<&Score>) =
            self.cases.iter().zip(&model.scores).filter(|(case, _)| origins.contains(&case.origin)).unzip();
        let n = scores.len();
        let pits: Vec<f64> = scores.iter().map(|score| score.pit.clamp(0.0, 1.0)).collect();
        let mut coverage = [0.0; LEVELS.len()];
        for (share, level) in coverage.iter_mut().zip(LEVELS) {
            *share = pit::central_coverage(&pits, level)?;
        }
        let mut tenths = [0.0; 10];
        for (share, count) in tenths.iter_mut().zip(pit::histogram(&pits, 10)?) {
            *share = count as f64 / n as f64;
        }
        let mean = |of: fn(&Score) -> f64| scores.iter().map(|score| of(score)).sum::<f64>() / n as f64;
        let mut units: Vec<&str> = cases.iter().map(|case| case.unit.as_str()).collect();
        units.sort_unstable();
        units.dedup();
        Some(Summary {
            cases: n,
            units: units.len(),
            coverage,
            pit: tenths,
            crps: mean(|score| score.crps),
            log: mean_of(&scores, |score| score.log)
                .filter(|_| scores.iter().all(|score| score.log.is_some())),
            interval: mean(|score| score.interval),
            width: mean(|score| score.width),
            bias: mean(|score| score.error),
            energy: mean_of(&scores, |score| score.energy),
            variogram: mean_of(&scores, |score| score.variogram),
        })
    }

    /// A model beside a reference over some origins. None for a model that is not there, no case, or a reference without any error.
    pub fn skill(&self, model: &str, reference: &str, origins: impl RangeBounds<Year>) -> Option<Skill> {
        let (own, other) = (self.model(model)?, self.model(reference)?);
        let mut differences = Vec::new();
        let (mut units, mut periods) = (Vec::new(), Vec::new());
        let mut of_reference = 0.0;
        for ((case, own), other) in self.cases.iter().zip(&own.scores).zip(&other.scores) {
            if origins.contains(&case.origin) {
                differences.push(own.crps - other.crps);
                of_reference += other.crps;
                units.push(case.unit.as_str());
                periods.push(self.period(case.origin));
            }
        }
        let key = |by: &str| Key::new(self.seed, "backtest bootstrap", by);
        let difference = differences.iter().sum::<f64>();
        (of_reference > 0.0).then(|| Skill {
            skill: -difference / of_reference,
            by_unit: cluster::bootstrap(&differences, &units, REPLICATES, key("unit")),
            by_period: cluster::bootstrap(&differences, &periods, REPLICATES, key("period")),
        })
    }

    /// The period of an origin: origins that follow each other within one horizon, whose outcomes overlap, are one, counted from
    /// the first origin of the protocol.
    pub fn period(&self, origin: Year) -> i32 {
        (origin.0 - self.protocol.first.0).div_euclid(self.protocol.horizon.max(1) as i32)
    }

    /// The decades of the origins that have cases, as their first years.
    pub fn decades(&self) -> Vec<Year> {
        let mut decades: Vec<Year> =
            self.cases.iter().map(|case| Year(case.origin.0.div_euclid(10) * 10)).collect();
        decades.sort_unstable();
        decades.dedup();
        decades
    }
}

/// The mean over the scores that have it; none when none has.
fn mean_of(scores: &[&Score], of: fn(&Score) -> Option<f64>) -> Option<f64> {
    let values: Vec<f64> = scores.iter().filter_map(|score| of(score)).collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(pit: f64, crps: f64, log: Option<f64>) -> Score {
        Score {
            pit,
            crps,
            log,
            interval: 2.0 * crps,
            width: 0.5,
            error: -0.1,
            energy: None,
            variogram: None,
            events: vec![pit],
        }
    }

    fn record() -> Record {
        let case = |unit: &str, origin: i32, outcome: f64| Case {
            unit: unit.to_owned(),
            origin: Year(origin),
            increments: 20,
            start: 0.0,
            outcome,
        };
        let scores = |crps: [f64; 4], log| -> Vec<Score> {
            crps.iter().zip([0.05, 0.3, 0.5, 1.0]).map(|(crps, pit)| score(pit, *crps, log)).collect()
        };
        Record {
            protocol: Protocol::new(1989..=1996, 5),
            seed: 1,
            events: vec![Event { name: "up".into(), change: 0.1 }],
            cases: vec![
                case("a", 1989, 0.1),
                case("b", 1989, 0.0),
                case("a", 1990, 0.2),
                case("b", 1996, 0.3),
            ],
            models: vec![
                ModelRecord { name: "own".into(), scores: scores([1.0, 2.0, 3.0, 4.0], Some(1.5)) },
                ModelRecord { name: "other".into(), scores: scores([2.0, 2.0, 5.0, 5.0], None) },
            ],
        }
    }

    #[test]
    fn sums_by_hand() {
        let record = record();
        let all = record.summary("own", ..).expect("cases");
        assert_eq!((all.cases, all.units), (4, 2));
        // PITs 0.05 and 1 lie outside of the 80 % interval, 0.05 on the edge of the 90 % one.
        assert_eq!(all.coverage, [0.5, 0.5, 0.75]);
        assert_eq!(all.pit, [0.25, 0.0, 0.0, 0.25, 0.0, 0.25, 0.0, 0.0, 0.0, 0.25]);
        assert_eq!((all.crps, all.log, all.interval, all.width), (2.5, Some(1.5), 5.0, 0.5));
        assert_eq!(record.summary("other", ..).and_then(|s| s.log), None);
        let early = record.summary("own", ..Year(1990)).expect("cases");
        assert_eq!((early.cases, early.crps), (2, 1.5));
        assert_eq!(record.summary("own", Year(2000)..), None);
        assert_eq!(record.summary("nobody", ..), None);
        assert_eq!(record.decades(), [Year(1980), Year(1990)]);
    }

    #[test]
    fn skill_by_hand() {
        let skill = record().skill("own", "other", ..).expect("cases");
        // 1 - 10 / 14; differences -1, 0, -2, -1.
        assert!((skill.skill - 4.0 / 14.0).abs() < 1e-15);
        let (unit, period) = (skill.by_unit.expect("two units"), skill.by_period.expect("two periods"));
        assert_eq!((unit.mean, unit.clusters, period.clusters), (-1.0, 2, 2));
        assert_eq!(record().skill("own", "other", ..Year(1990)).and_then(|skill| skill.by_period), None);
    }

    #[test]
    fn probabilities_by_hand() {
        // Met, not met, met, met, with probabilities 0.05, 0.3, 0.5, 1.
        let brier = record().brier(0, "own", ..).expect("cases");
        assert!((brier.score - (0.9025 + 0.09 + 0.25) / 4.0).abs() < 1e-15);
        assert!((brier.uncertainty - 0.1875).abs() < 1e-15);
        assert!(record().brier(1, "own", ..).is_none());
    }
}
