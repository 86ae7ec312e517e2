//! Rules of growth processes and of the innovation.

use super::quantity::Rule;
use super::{Walk, law, short, under};
use crate::innovation::Innovation;
use crate::link::Link;
use crate::process::{Dynamics, Estimate, GrowthScale, Process};
use crate::quantity::{Quantity, Value};
use crate::scenario::history::Past;
use crate::time::Year;

/// Growth above this, in log points a year, is taken for a slip of the unit.
const PLAUSIBLE_GROWTH: f64 = 0.5;
/// The same for volatility.
const PLAUSIBLE_VOLATILITY: f64 = 1.0;
/// Figures that a flat prior needs: with fewer the posterior has no variance.
const FEWEST: usize = 3;

impl Walk<'_> {
    /// Checks a preset and gives its coefficients as meant.
    ///
    /// `link` is `None` while the link itself is at fault, `past` while the history is.
    pub(super) fn process(
        &mut self,
        indicator: &str,
        process: &Process,
        link: Option<Link>,
        past: Option<&Past>,
    ) -> Dynamics {
        let path = format!("{indicator}.process.{}", process.word());
        self.linked(&path, process, link);
        let mut dynamics = process.dynamics();
        let log = link == Some(Link::Log);
        let simple = dynamics.growth == GrowthScale::Simple;

        if let Some(drift) = dynamics.drift.take() {
            let key = if matches!(process, Process::Logistic(_)) { "rate" } else { "drift" };
            let path = under(&path, key);
            // A damped trend shrinks the growth of its first year: one number, not a course.
            let rule = match process {
                Process::DampedTrend(_) => Rule::any(),
                _ => Rule::any().by_year(),
            };
            dynamics.drift = Some(self.growth(&path, &drift, &rule, log, simple));
        }
        if let Some(last) = dynamics.last_growth.take() {
            dynamics.last_growth =
                Some(self.growth(&under(&path, "last_growth"), &last, &Rule::any(), log, simple));
        }
        if let Some(persistence) = dynamics.persistence.take() {
            let rule = Rule::any().above(-1.0).below(1.0);
            dynamics.persistence = Some(self.quantity(&under(&path, "persistence"), &persistence, &rule));
        }
        if let Some(damping) = dynamics.damping.take() {
            let rule = Rule::any().at_least(0.0).at_most(1.0);
            dynamics.damping = Some(self.quantity(&under(&path, "damping"), &damping, &rule));
        }
        if let Some(pull) = &mut dynamics.pull {
            let key = if matches!(process, Process::Saturating(_)) { "ceiling" } else { "level" };
            pull.level = self.quantity(&under(&path, key), &pull.level, &Rule::level(link).by_year());
            let rule = Rule::any().at_least(0.0).below(2.0);
            pull.speed = self.quantity(&under(&path, "speed"), &pull.speed, &rule);
        }
        if let Some(volatility) = dynamics.volatility.take() {
            let path = under(&path, "volatility");
            let rule = Rule::any().at_least(0.0).by_year();
            let before = self.faults.len();
            let checked = self.quantity(&path, &volatility, &rule);
            if log
                && self.faults.len() == before
                && let Some(x) = middles(&checked).into_iter().find(|x| *x > PLAUSIBLE_VOLATILITY)
            {
                self.refuse(
                    path,
                    format!(
                        "volatility is {x} log points a year, a factor of {} up or down",
                        short(libm::round(10.0 * libm::exp(x)) / 10.0)
                    ),
                    format!("did you mean {}?", short(x / 100.0)),
                );
            }
            dynamics.volatility = Some(checked);
        }
        self.stated_or_learned(&path, process, &dynamics, past);
        dynamics
    }

    /// Presets that are what they are only under one link.
    fn linked(&mut self, path: &str, process: &Process, link: Option<Link>) {
        let Some(link) = link else { return };
        let given = match link {
            Link::Log => "log",
            Link::Logit(_) => "logit",
            Link::Identity => "identity",
        };
        let (needed, remedy) = match process {
            Process::Logistic(_) if !matches!(link, Link::Logit(_)) => (
                "logit",
                "write `link.logit = { lower = 0.0, upper = 100.0 }` with the ceiling as upper bound, or use `saturating`",
            ),
            Process::Saturating(_) if link != Link::Log => {
                ("log", "leave `link` out, or use `mean_reverting`, which goes with every link")
            }
            Process::Ar1SimpleGrowth(_) if link != Link::Log => {
                ("log", "leave `link` out, or use `ar1_growth`, which goes with every link")
            }
            _ => return,
        };
        self.refuse(path, format!("{} needs a {needed} link; the link is {given}", process.word()), remedy);
    }

    /// A growth a year: percentages written as they are spoken get a message of their own.
    fn growth(&mut self, path: &str, quantity: &Quantity, rule: &Rule, log: bool, simple: bool) -> Quantity {
        let before = self.faults.len();
        let checked = self.quantity(path, quantity, rule);
        if self.faults.len() > before {
            return checked;
        }
        let slip = middles(quantity).into_iter().find(|x| f64::abs(*x) > PLAUSIBLE_GROWTH);
        if let (true, Some(x)) = (log, slip) {
            let rate = if simple { x } else { libm::expm1(x) };
            self.refuse(
                path,
                format!("{x} is a growth of {:.0} % a year; did you mean {}?", 100.0 * rate, short(x / 100.0)),
                format!("growth is a share, not per cent: 0.05 is 5 % a year; at most {PLAUSIBLE_GROWTH} either way is taken"),
            );
        }
        checked
    }

    /// Growth that never varied teaches no volatility; years missing in between are left out, which is said.
    fn learnable(&mut self, place: &str, estimate: &Estimate, proper: bool, past: &Past) {
        let inside = |year: &Year| {
            estimate.from.is_none_or(|from| *year >= from) && estimate.to.is_none_or(|to| *year <= to)
        };
        let used: Vec<(Year, f64)> = past.growth.iter().filter(|(year, _)| inside(year)).collect();
        if !proper && used.windows(2).all(|pair| pair[0].1 == pair[1].1) {
            self.refuse(
                place,
                "the growth of the years used never varied, so the history teaches no volatility",
                "state a `prior`, or state `drift` and `volatility`",
            );
        }
        let (Some((first, _)), Some((last, _))) = (used.first(), used.last()) else { return };
        let known = |year: &i32| used.iter().any(|(used, _)| used.0 == *year);
        let missing: Vec<String> = (first.0..=last.0).filter(|y| !known(y)).map(|y| y.to_string()).collect();
        if !missing.is_empty() {
            self.notices
                .push(format!("{place}: the growth of {} is not known and is left out", missing.join(", ")));
        }
    }

    /// Drift and volatility are stated, or learned from a history that is long enough.
    fn stated_or_learned(&mut self, path: &str, process: &Process, dynamics: &Dynamics, past: Option<&Past>) {
        let Some(estimate) = dynamics.estimate else {
            if dynamics.pull.is_none() && dynamics.drift.is_none() && dynamics.volatility.is_none() {
                self.refuse(
                    path,
                    format!(
                        "{} has neither drift nor volatility and is not estimated; it would stand still",
                        process.word()
                    ),
                    "state `drift` and `volatility`, or write `estimate = {}` to learn both from the history",
                );
            }
            return;
        };
        let place = if dynamics.resample { path.to_owned() } else { under(path, "estimate") };
        if !dynamics.resample {
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
                self.fault(
                    under(path, "persistence"),
                    "persistence is uncertain; with `estimate` it must be one number",
                );
            }
        }
        let proper = self.prior(&place, &estimate);
        if let (Some(from), Some(to)) = (estimate.from, estimate.to)
            && from > to
        {
            self.fault(under(&place, "from"), format!("from is {from}; it must not be after to, {to}"));
            return;
        }
        let Some(past) = past else { return };
        let phi = dynamics.persistence.as_ref().and_then(Quantity::as_number).unwrap_or(0.0);
        let found = figures(past, &estimate, phi != 0.0);
        let needed = if proper { 1 } else { FEWEST };
        if found >= needed {
            self.learnable(&place, &estimate, proper, past);
            return;
        }
        let years: Vec<Year> = past.levels.iter().map(|(year, _)| year).collect();
        let problem = match (years.as_slice(), past.growth.len()) {
            ([], 0) => "there is no history to learn from".to_owned(),
            ([one], 0) => format!("the history has one year, {one}, and growth needs two in a row"),
            _ => {
                let what = if phi == 0.0 { "growth figures" } else { "pairs of growth figures in a row" };
                format!("the years used have {found} {what}; at least {needed} are needed")
            }
        };
        let remedy = if dynamics.resample {
            "give a longer `history` or a wider `from` and `to`, or use `random_walk`"
        } else {
            "give a longer `history` or a wider `from` and `to`, state a `prior`, or state `drift` and `volatility`"
        };
        self.refuse(place, problem, remedy);
    }

    /// Whether the prior is there and is a law by itself.
    fn prior(&mut self, path: &str, estimate: &Estimate) -> bool {
        let Some(prior) = estimate.prior else { return false };
        let path = under(path, "prior");
        let mut sound = self.number(&under(&path, "mean"), "mean", prior.mean, &Rule::any());
        for (key, x) in [("weight", prior.weight), ("df", prior.df)] {
            sound &= self.number(&under(&path, key), key, x, &Rule::any().at_least(0.0));
        }
        sound &= self.number(&under(&path, "sd"), "sd", prior.sd, &Rule::any().above(0.0));
        sound && prior.weight > 0.0 && prior.df > 0.0
    }

    /// The law of the yearly innovation.
    pub(super) fn innovation(&mut self, indicator: &str, innovation: &Innovation) {
        let path = under(indicator, "innovation");
        match innovation {
            Innovation::Normal => {}
            Innovation::StudentT(law) => {
                if !(law.df > 2.0 && law.df.is_finite()) {
                    self.refuse(
                        format!("{path}.student_t.df"),
                        format!("df is {}; it must be above 2, where the variance exists", law.df),
                        "df = 5 has fat tails, df = 30 is nearly normal",
                    );
                }
            }
            Innovation::TwoPiece(law) => {
                self.number(&format!("{path}.two_piece.ratio"), "ratio", law.ratio, &Rule::any().above(0.0));
            }
            Innovation::Resample(law) => {
                let path = format!("{path}.resample.values");
                for x in &law.values {
                    self.number(&path, "a value", *x, &Rule::any());
                }
                match law.values.as_slice() {
                    [] | [_] => {
                        let n = law.values.len();
                        self.fault(path, format!("values has {n} of them; at least 2 are needed"));
                    }
                    [first, rest @ ..] if rest.iter().all(|x| x == first) => {
                        self.fault(path, format!("all values are {first}; at least two must differ"));
                    }
                    _ => {}
                }
            }
        }
    }
}

/// How many figures the estimate can use: growth of the years asked for, or, where growth persists, pairs of years in a row.
fn figures(past: &Past, estimate: &Estimate, in_pairs: bool) -> usize {
    let used =
        |year: Year| estimate.from.is_none_or(|from| year >= from) && estimate.to.is_none_or(|to| year <= to);
    past.growth
        .iter()
        .filter(|(year, _)| used(*year))
        .filter(|(year, _)| !in_pairs || past.growth.get(Year(year.0 - 1)).is_some())
        .count()
}

/// The numbers that stand for a quantity: itself, its median, or its values over the years.
fn middles(quantity: &Quantity) -> Vec<f64> {
    match &quantity.value {
        Value::Number(x) => vec![*x],
        Value::Uncertain(law) => vec![law::median(law)],
        Value::ByYear(course) => course.years.values().copied().collect(),
    }
}
