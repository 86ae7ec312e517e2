//! How much less the shares of a record are known than those of independent cases: its cases hang together.

use super::events::CLASSES;
use super::record::Record;
use crate::score::cluster;
use crate::stats::normal;
use crate::stats::special::{Tails, student_quantile};
use crate::time::Year;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeBounds;

/// How far the cases behind some shares hang together: cases of one origin share a crisis, those of neighbouring origins
/// overlap, those of one unit share its peculiarities.
///
/// ```text
/// inflation = sum over classes of n^2 V / sum over classes of n o (1 - o)       at least 1
/// ```
///
/// With `o` the share of a class of `n` cases and V its variance by units and periods ([`cluster::two_way`]): the design effect
/// of surveys, one for all classes because that of a single one is rough. Intervals count `n / inflation` cases, fewer still for
/// the few periods that V is known from.
///
/// References: Kish (1965), Survey sampling; Korn and Graubard (1998), Confidence intervals for proportions with small expected
/// number of positive counts estimated from survey data, Survey Methodology 24, 193-201.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dependence {
    /// How many times the variance of independent cases the shares have; at least 1.
    pub inflation: f64,
    /// The periods of origins, at least 2; see [`Record::period`].
    pub periods: usize,
}

impl Dependence {
    /// As many independent cases as say as much as `cases` of these in an interval of a level:
    ///
    /// ```text
    /// cases / inflation (z / t)^2       z and t the two-sided scores of the normal law and of Student's, periods - 1 d.f.
    /// ```
    pub fn independent(&self, cases: u64, level: f64) -> f64 {
        let z = normal::two_sided(level);
        let t = student_quantile((self.periods - 1) as f64, Tails::from_upper(0.5 * (1.0 - level)));
        cases as f64 / self.inflation * (z / t) * (z / t)
    }
}

impl Record {
    /// How far the cases hang together in the tenths of the PIT ([`Summary::pit`](super::Summary)). None for a model that is
    /// not there, and where fewer than two units or two periods are.
    pub fn pit_dependence(&self, model: &str, origins: impl RangeBounds<Year>) -> Option<Dependence> {
        let model = self.model(model)?;
        let chosen: Vec<usize> = self.chosen(origins).collect();
        let tenth = |case: usize| (10.0 * model.scores[case].pit.clamp(0.0, 1.0)).floor().min(9.0);
        let within = |k: u32| -> Vec<(usize, bool)> {
            chosen.iter().map(|case| (*case, tenth(*case) == f64::from(k))).collect()
        };
        self.dependence((0..10).map(within).collect())
    }

    /// How far the cases hang together in the classes of [`Record::brier`]. None as there, and where no class has two
    /// units and two periods.
    pub fn event_dependence(
        &self,
        event: usize,
        model: &str,
        origins: impl RangeBounds<Year>,
    ) -> Option<Dependence> {
        let change = self.events.get(event)?.change;
        let model = self.model(model)?;
        let mut classes: BTreeMap<usize, Vec<(usize, bool)>> = BTreeMap::new();
        for case in self.chosen(origins) {
            let probability = *model.scores[case].events.get(event)?;
            let class = (probability * CLASSES as f64) as usize;
            let met = self.cases[case].outcome - self.cases[case].start >= change;
            classes.entry(class.min(CLASSES - 1)).or_default().push((case, met));
        }
        self.dependence(classes.into_values().collect())
    }

    /// The places of the cases of some origins.
    fn chosen(&self, origins: impl RangeBounds<Year>) -> impl Iterator<Item = usize> {
        (0..self.cases.len()).filter(move |case| origins.contains(&self.cases[*case].origin))
    }

    /// Of classes of cases, and whether each is a hit.
    fn dependence(&self, classes: Vec<Vec<(usize, bool)>>) -> Option<Dependence> {
        let (mut found, mut independent) = (0.0, 0.0);
        let mut all = BTreeSet::new();
        for class in classes {
            let hits: Vec<f64> = class.iter().map(|(_, hit)| if *hit { 1.0 } else { 0.0 }).collect();
            let units: Vec<&str> = class.iter().map(|(case, _)| self.cases[*case].unit.as_str()).collect();
            let periods: Vec<i32> =
                class.iter().map(|(case, _)| self.period(self.cases[*case].origin)).collect();
            all.extend(periods.iter().copied());
            let Some(share) = cluster::two_way(&hits, &units, &periods) else { continue };
            let n = hits.len() as f64;
            found += (n * share.standard_error()) * (n * share.standard_error());
            independent += n * share.mean * (1.0 - share.mean);
        }
        let known = independent > 0.0 && all.len() > 1;
        known.then(|| Dependence { inflation: (found / independent).max(1.0), periods: all.len() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backtest::{Case, Event, ModelRecord, Protocol, Score};

    /// Cases as (unit, origin, PIT); the probability of the event is the PIT, and it is met above 0.5.
    fn record(cases: &[(usize, i32, f64)]) -> Record {
        let case = |(unit, origin, pit): &(usize, i32, f64)| Case {
            unit: format!("{unit:03}"),
            origin: Year(*origin),
            increments: 20,
            start: 0.0,
            outcome: *pit,
        };
        let score = |(_, _, pit): &(usize, i32, f64)| Score {
            pit: *pit,
            crps: 1.0,
            log: None,
            interval: 1.0,
            width: 1.0,
            error: 0.0,
            energy: None,
            variogram: None,
            events: vec![0.35],
        };
        Record {
            protocol: Protocol::new(1900..=2100, 5),
            seed: 1,
            events: vec![Event { name: "up".into(), change: 0.5 }],
            cases: cases.iter().map(case).collect(),
            models: vec![ModelRecord { name: "own".into(), scores: cases.iter().map(score).collect() }],
        }
    }

    /// 20 PITs, two in each tenth, each in a period and a unit of its own; each of them `times` times over.
    fn repeated(times: usize) -> Record {
        let cases = (0..20).flat_map(|k| {
            let case = (k, 1900 + 5 * k as i32, (k % 10) as f64 / 10.0 + 0.05);
            std::iter::repeat_n(case, times)
        });
        record(&cases.collect::<Vec<_>>())
    }

    #[test]
    fn cases_that_say_the_same_count_once() {
        for times in [1, 2, 7] {
            let record = repeated(times);
            // Clusters of `times` equal cases: n^2 V = 20/19 times^2 sum (x - o)^2, to be compared with times sum (x - o)^2.
            let expected = times as f64 * 20.0 / 19.0;
            for found in [record.pit_dependence("own", ..), record.event_dependence(0, "own", ..)] {
                let found = found.expect("units and periods");
                assert!((found.inflation - expected).abs() < 1e-12 && found.periods == 20, "{found:?}");
            }
        }
    }

    #[test]
    fn few_periods_count_for_less() {
        let dependence = Dependence { inflation: 4.0, periods: 7 };
        // Student's two-sided 95 % with 6 degrees of freedom is 2.446912, that of the normal law 1.959964.
        let expected = 1000.0 / 4.0 * (1.959_964_f64 / 2.446_912).powi(2);
        assert!((dependence.independent(1000, 0.95) - expected).abs() < 1e-3);
    }

    #[test]
    fn a_shared_crisis_is_seen_and_independence_is_not_doubted() {
        // 40 units in 10 periods: all PITs of a period in one tenth, or each tenth once in every unit and evenly in every period.
        let cells = || (0..40).flat_map(|unit| (0..10).map(move |period| (unit, period)));
        let case = |(unit, period): (usize, usize), tenth: usize| {
            (unit, 1900 + 5 * period as i32, (tenth % 10) as f64 / 10.0 + 0.05)
        };
        let alike: Vec<_> = cells().map(|cell| case(cell, cell.1)).collect();
        let spread: Vec<_> = cells().map(|cell| case(cell, cell.0 + cell.1)).collect();
        let alike = record(&alike).pit_dependence("own", ..).expect("two ways");
        // By periods 40 times 10/9 as much as independent cases; units add nothing, and cases one by one are taken out once.
        assert!((alike.inflation - (40.0 * 10.0 / 9.0 - 400.0 / 399.0)).abs() < 1e-9, "{alike:?}");
        let spread = record(&spread).pit_dependence("own", ..).expect("two ways");
        assert_eq!(spread.inflation, 1.0);
    }

    #[test]
    fn what_cannot_be_told() {
        let one_period = record(&[(0, 1900, 0.1), (1, 1901, 0.9), (2, 1904, 0.5)]);
        assert_eq!(one_period.pit_dependence("own", ..), None);
        let one_unit = record(&[(0, 1900, 0.1), (0, 1910, 0.9)]);
        assert_eq!(one_unit.pit_dependence("own", ..), None);
        assert_eq!(repeated(1).pit_dependence("nobody", ..), None);
        assert_eq!(repeated(1).event_dependence(1, "own", ..), None);
        assert_eq!(repeated(1).pit_dependence("own", Year(2050)..), None);
    }
}
