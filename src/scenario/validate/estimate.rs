//! Rules of what is learned: from which history, with which prior, and whether it is enough.

use super::quantity::Rule;
use super::{Walk, under};
use crate::calibrate::{Observation, Observed, Seen, VolatilityPrior};
use crate::evidence::Evidence;
use crate::history::HistoryForm;
use crate::link::Link;
use crate::process::{Dynamics, Estimate, GrowthScale, Learns, Prior, PriorSource, Process};
use crate::quantity::Quantity;
use crate::scenario::Memory;
use crate::scenario::history::{Past, Reading};
use crate::scenario::learning::{Belief, Learning};
use crate::scenario::prior;
use crate::series::Series;
use crate::time::Year;
use std::sync::Arc;

/// Figures that a flat prior needs: with fewer the posterior has no variance.
const FEWEST: usize = 3;
const STATE_OR_PRIOR: &str =
    "give a longer `history` or a wider `from` and `to`, state a `prior`, or state `drift` and `volatility`";

/// The indicator whose process is looked at.
#[derive(Clone, Copy)]
pub(super) struct Owner<'a> {
    pub(super) id: &'a str,
    /// Its link, unless that is at fault.
    pub(super) link: Option<Link>,
    /// Its past, unless that is at fault.
    pub(super) past: Option<&'a Past>,
}

impl Walk<'_> {
    /// Parameters are stated, or learned from a history that is long enough.
    pub(super) fn stated_or_learned(
        &mut self,
        path: &str,
        process: &Process,
        dynamics: &Dynamics,
        owner: Owner<'_>,
    ) -> Option<Learning> {
        let Some(estimate) = &dynamics.estimate else {
            self.all_stated(path, process, dynamics);
            return None;
        };
        let place = if dynamics.resample { path.to_owned() } else { under(path, "estimate") };
        if let (Some(from), Some(to)) = (estimate.from, estimate.to)
            && from > to
        {
            self.fault(under(&place, "from"), format!("from is {from}; it must not be after to, {to}"));
            return None;
        }
        if dynamics.resample {
            self.resampled(&place, estimate, owner.past);
            return None;
        }
        self.not_both(path, dynamics);
        let before = self.faults.len();
        let belief = self.belief(&place, process, dynamics, owner.link);
        let stand_in = match &estimate.history {
            None => None,
            Some(history) => {
                let place = under(&place, "history");
                let base = self.draft.plan.base_year;
                let reading = Reading { path: &place, id: owner.id, link: owner.link, baseline: None, base };
                match self.tables.read(history, &reading, &mut self.notices) {
                    Ok(past) => Some(past),
                    Err(faults) => {
                        faults.into_iter().for_each(|fault| self.faults.push(fault));
                        return None;
                    }
                }
            }
        };
        let past = stand_in.as_ref().or(owner.past)?;
        let (Some(belief), Some(link)) = (belief, owner.link) else { return None };
        let (observed, seen, figures) = self.seen_of(&place, process, dynamics, link, past)?;
        let number = |quantity: &Option<Quantity>| quantity.as_ref().and_then(Quantity::as_number);
        let pull = dynamics.pull.as_ref();
        let reverts = dynamics.learns == Learns::Reversion;
        let persistence = match dynamics.learns {
            Learns::Growth => Some(0.0),
            Learns::PersistentGrowth => number(&dynamics.persistence),
            // A speed beyond what the sampler's persistence can be is learned all the same.
            Learns::Reversion => {
                pull.and_then(|pull| number(&pull.speed)).map(|k| 1.0 - k).filter(|phi| phi.abs() < 1.0)
            }
        };
        let level = pull.filter(|_| reverts).and_then(|pull| number(&pull.level));
        let volatility = number(&dynamics.volatility).filter(|sigma| reverts && *sigma > 0.0);
        let learning = Learning {
            learns: dynamics.learns,
            observed,
            seen,
            figures,
            persistence,
            level: level.filter(|level| link.allows(*level)).map(|level| link.state(level)),
            volatility,
            belief,
            stand_in: stand_in.is_some(),
            plug_in: estimate.plug_in,
            evidence: past.recorded.evidence.unwrap_or(Evidence::Statistics),
            drawn: Memory::default(),
            before: Memory::default(),
        };
        if self.faults.len() > before {
            return None;
        }
        if !learning.is_conjugate() {
            self.enough_to_draw(&place, &learning);
        } else {
            self.enough_in_closed_form(&place, &learning, past);
        }
        if learning.plug_in {
            self.notices.push(format!(
                "indicator {}: what was learned is used as if it were known (plug_in); what is not known of it is left out of the spread",
                owner.id
            ));
        }
        Some(learning)
    }

    /// Without an estimate every parameter is stated.
    fn all_stated(&mut self, path: &str, process: &Process, dynamics: &Dynamics) {
        let word = process.word();
        let pull = dynamics.pull.as_ref();
        let missing = match dynamics.learns {
            Learns::Growth => Vec::new(),
            Learns::PersistentGrowth => vec![("persistence", dynamics.persistence.is_none())],
            Learns::Reversion => vec![
                ("level", pull.is_none_or(|pull| pull.level.is_none())),
                ("speed", pull.is_none_or(|pull| pull.speed.is_none())),
                ("volatility", dynamics.volatility.is_none()),
            ],
        };
        let missing: Vec<String> =
            missing.into_iter().filter(|(_, missing)| *missing).map(|(key, _)| format!("`{key}`")).collect();
        if !missing.is_empty() {
            self.refuse(
                path,
                format!("{word} needs {}, stated or learned", missing.join(", ")),
                "state it, or write `estimate = {}` to learn it from the history",
            );
        } else if dynamics.pull.is_none() && dynamics.drift.is_none() && dynamics.volatility.is_none() {
            self.refuse(
                path,
                format!("{word} has neither drift nor volatility and is not estimated; it would stand still"),
                "state `drift` and `volatility`, or write `estimate = {}` to learn both from the history",
            );
        }
    }

    /// What is learned is not stated as well.
    fn not_both(&mut self, path: &str, dynamics: &Dynamics) {
        if dynamics.learns == Learns::Reversion {
            let pull = dynamics.pull.as_ref();
            let stated = |pick: fn(&crate::process::Pull) -> bool| pull.is_some_and(pick);
            if stated(|p| p.level.is_some()) && stated(|p| p.speed.is_some()) && dynamics.volatility.is_some()
            {
                self.refuse(
                    under(path, "estimate"),
                    "level, speed and volatility are all stated; nothing is left to learn",
                    "leave out one of them, or leave out `estimate`",
                );
            }
            return;
        }
        for (key, stated) in [("drift", &dynamics.drift), ("volatility", &dynamics.volatility)] {
            if stated.is_some() {
                self.refuse(
                    under(path, key),
                    format!("{key} is stated and estimated; it must be one of the two"),
                    format!("leave out `{key}`, or leave out `estimate`"),
                );
            }
        }
        if dynamics.persistence.as_ref().is_some_and(|p| p.as_number().is_none()) {
            self.refuse(
                under(path, "persistence"),
                "persistence is uncertain; with `estimate` it must be one number, or absent",
                "leave `persistence` out to learn it as well",
            );
        }
    }

    /// What is believed before the history is seen; none when it is at fault.
    fn belief(
        &mut self,
        place: &str,
        process: &Process,
        dynamics: &Dynamics,
        link: Option<Link>,
    ) -> Option<Belief> {
        let path = under(place, "prior");
        let estimate = dynamics.estimate.as_ref()?;
        match &estimate.prior {
            None => Some(Belief::Flat),
            Some(PriorSource::Numbers(prior)) => {
                self.numbers(&path, prior).then_some(Belief::Numbers(*prior))
            }
            Some(PriorSource::Class(_)) if dynamics.learns == Learns::Reversion => {
                self.refuse(
                    path,
                    "a reference class is of growth; this process reverts to a level",
                    "state the prior in numbers, or leave it out",
                );
                None
            }
            Some(PriorSource::Class(_)) if dynamics.growth == GrowthScale::Simple => {
                self.refuse(
                    path,
                    format!(
                        "a reference class is of changes of the latent state; {} has simple rates",
                        process.word()
                    ),
                    "use `ar1_growth`, or state the prior in numbers",
                );
                None
            }
            Some(PriorSource::Class(name)) => match prior::find(&path, name, &estimate.folder) {
                Ok(class) if link.is_some_and(|link| link != class.link) => {
                    let words = |link: Link| match link {
                        Link::Log => "a log link".to_owned(),
                        Link::Logit(bounds) => {
                            format!("a logit link between {} and {}", bounds.lower, bounds.upper)
                        }
                        Link::Identity => "an identity link".to_owned(),
                    };
                    let (of, here) = (words(class.link), link.map(words).unwrap_or_default());
                    self.refuse(
                        path,
                        format!("the class `{name}` is of changes under {of}; the indicator has {here}"),
                        "give the indicator the link of the class, take another class, or state the prior in numbers",
                    );
                    None
                }
                Ok(class) => Some(Belief::Class(name.clone(), Arc::new(class))),
                Err(fault) => {
                    self.faults.push(fault);
                    None
                }
            },
        }
    }

    fn numbers(&mut self, path: &str, prior: &Prior) -> bool {
        let mut sound = self.number(&under(path, "mean"), "mean", prior.mean, &Rule::any());
        for (key, x) in [("weight", prior.weight), ("df", prior.df)] {
            sound &= self.number(&under(path, key), key, x, &Rule::any().at_least(0.0));
        }
        sound & self.number(&under(path, "sd"), "sd", prior.sd, &Rule::any().above(0.0))
    }

    /// What the past shows of the series that moves, in the years asked for; none when it is of the wrong kind.
    fn seen_of(
        &mut self,
        place: &str,
        process: &Process,
        dynamics: &Dynamics,
        link: Link,
        past: &Past,
    ) -> Option<(Observed, Seen, Series)> {
        let estimate = dynamics.estimate.as_ref()?;
        let recorded = &past.recorded;
        let in_years = || recorded.observed.iter().filter(|(year, _)| estimate.covers(*year));
        // The growth of the first year is from the level of the year before.
        let and_before = || {
            let before = |year: &Year| estimate.from == Some(Year(year.0 + 1));
            recorded.observed.iter().filter(move |(year, _)| estimate.covers(*year) || before(year))
        };
        let growth = |of: fn(f64) -> f64| {
            let asked = past.growth.iter().filter(|(year, _)| estimate.covers(*year));
            Series::new(asked.map(|(year, y)| (year, of(y))))
        };
        let itself: fn(f64) -> f64 = |y| y;
        let (points, seen, figures): (Vec<_>, _, _) = match (dynamics.learns, dynamics.growth, recorded.form)
        {
            (Learns::Reversion, _, HistoryForm::Level) => {
                let levels = past.levels.iter().filter(|(year, _)| estimate.covers(*year));
                let figures = Series::new(levels.map(|(year, level)| (year, link.state(level))));
                (in_years().collect(), Seen::Itself, figures)
            }
            (Learns::Reversion, _, HistoryForm::GrowthPercent) => {
                self.refuse(
                    place,
                    format!("{} learns from levels; the history has growth", process.word()),
                    "give a history of levels",
                );
                return None;
            }
            (_, GrowthScale::Latent, HistoryForm::Level) => {
                (and_before().collect(), Seen::AsLevels, growth(itself))
            }
            (_, GrowthScale::Latent, HistoryForm::GrowthPercent) => {
                (in_years().collect(), Seen::Itself, growth(itself))
            }
            (_, GrowthScale::Simple, HistoryForm::GrowthPercent) => {
                let rates = in_years().map(|(year, seen)| (year, as_rate(seen)));
                (rates.collect(), Seen::Itself, growth(libm::expm1))
            }
            (_, GrowthScale::Simple, HistoryForm::Level) => {
                if !and_before().all(|(_, seen)| matches!(seen, Observation::Exact(_))) {
                    self.refuse(
                        place,
                        format!(
                            "{} learns from growth or from exact levels; these levels have bounds or errors",
                            process.word()
                        ),
                        "use `ar1_growth`, or give a history of growth in per cent",
                    );
                    return None;
                }
                let figures = growth(libm::expm1);
                let rates = figures.iter().map(|(year, rate)| (year, Observation::Exact(rate)));
                (rates.collect(), Seen::Itself, figures)
            }
        };
        // A level alone says nothing of growth.
        let points = if seen == Seen::AsLevels && points.len() == 1 { Vec::new() } else { points };
        match Observed::new(points) {
            Ok(observed) => Some((observed, seen, figures)),
            Err(fault) => {
                self.refuse(place, fault.problem, "correct the history");
                None
            }
        }
    }

    /// A history from which draws of a posterior can be made.
    fn enough_to_draw(&mut self, place: &str, learning: &Learning) {
        let prior = learning.prior();
        let (found, needed) = (learning.pinned(), prior.figures_needed());
        if found < needed {
            let what = if learning.learns == Learns::Reversion { "levels" } else { "growth figures" };
            self.refuse(
                place,
                format!("the years used have {found} {what}; at least {needed} are needed"),
                STATE_OR_PRIOR,
            );
        } else if prior.volatility == VolatilityPrior::Flat && learning.observed.never_varies(learning.seen) {
            self.never_varied(place, if learning.learns == Learns::Reversion { "level" } else { "growth" });
        } else if found == 0 {
            self.notices
                .push(format!("{place}: nothing was observed; what is believed before is used as it is"));
        }
    }

    /// A history that leaves a posterior in closed form.
    fn enough_in_closed_form(&mut self, place: &str, learning: &Learning, past: &Past) {
        let proper = matches!(learning.belief, Belief::Numbers(p) if p.weight > 0.0 && p.df > 0.0);
        let in_pairs = learning.persistence.is_some_and(|phi| phi != 0.0);
        let found = learning.sample().len();
        let needed = if proper { 1 } else { FEWEST };
        if found < needed {
            return self.too_few(place, past, found, needed, in_pairs, STATE_OR_PRIOR);
        }
        let figures: Vec<(Year, f64)> = learning.figures.iter().collect();
        if !proper && all_equal(&figures) {
            self.never_varied(place, "growth");
        }
        self.missing(place, &figures);
    }

    /// Growth that is drawn again from the history.
    fn resampled(&mut self, place: &str, estimate: &Estimate, past: Option<&Past>) {
        let Some(past) = past else { return };
        let figures: Vec<(Year, f64)> =
            past.growth.iter().filter(|(year, _)| estimate.covers(*year)).collect();
        if figures.len() < FEWEST {
            let remedy = "give a longer `history` or a wider `from` and `to`, or use `random_walk`";
            return self.too_few(place, past, figures.len(), FEWEST, false, remedy);
        }
        if all_equal(&figures) {
            self.never_varied(place, "growth");
        }
        self.missing(place, &figures);
    }

    fn too_few(
        &mut self,
        place: &str,
        past: &Past,
        found: usize,
        needed: usize,
        in_pairs: bool,
        remedy: &str,
    ) {
        let years: Vec<Year> = past.levels.iter().map(|(year, _)| year).collect();
        let problem = match (years.as_slice(), past.growth.len()) {
            ([], 0) => "there is no history to learn from".to_owned(),
            ([one], 0) => format!("the history has one year, {one}, and growth needs two in a row"),
            _ => {
                let what = if in_pairs { "pairs of growth figures in a row" } else { "growth figures" };
                format!("the years used have {found} {what}; at least {needed} are needed")
            }
        };
        self.refuse(place, problem, remedy);
    }

    fn never_varied(&mut self, place: &str, what: &str) {
        self.refuse(
            place,
            format!("the {what} of the years used never varied, so the history teaches no volatility"),
            "state a `prior`, or state `drift` and `volatility`",
        );
    }

    /// Years missing in between are left out, which is said.
    fn missing(&mut self, place: &str, figures: &[(Year, f64)]) {
        let (Some((first, _)), Some((last, _))) = (figures.first(), figures.last()) else { return };
        let known = |year: &i32| figures.iter().any(|(used, _)| used.0 == *year);
        let missing: Vec<String> = (first.0..=last.0).filter(|y| !known(y)).map(|y| y.to_string()).collect();
        if !missing.is_empty() {
            self.notices
                .push(format!("{place}: the growth of {} is not known and is left out", missing.join(", ")));
        }
    }
}

fn all_equal(figures: &[(Year, f64)]) -> bool {
    figures.windows(2).all(|pair| pair[0].1 == pair[1].1)
}

/// Log growth as a simple rate.
fn as_rate(seen: Observation) -> Observation {
    match seen {
        Observation::Exact(y) => Observation::Exact(libm::expm1(y)),
        Observation::Between { low, high } => {
            // A rate is above -1, and no bound in logarithms is none as a rate.
            let low = if low.is_finite() { libm::expm1(low) } else { f64::NEG_INFINITY };
            Observation::Between { low, high: libm::expm1(high) }
        }
        Observation::Noisy { value, sd } => {
            Observation::Noisy { value: libm::expm1(value), sd: sd * libm::exp(value) }
        }
    }
}
