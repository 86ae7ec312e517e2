//! Rules of growth processes and of the innovation.

use super::estimate::Owner;
use super::quantity::Rule;
use super::{Walk, law, short, under};
use crate::innovation::Innovation;
use crate::link::Link;
use crate::process::{Dynamics, GrowthScale, Process};
use crate::quantity::{Quantity, Value};
use crate::scenario::learning::Learning;

/// Growth above this, in log points a year, is taken for a slip of the unit.
const PLAUSIBLE_GROWTH: f64 = 0.5;
/// The same for volatility.
const PLAUSIBLE_VOLATILITY: f64 = 1.0;

impl Walk<'_> {
    /// Checks a preset and gives its coefficients as meant, with what they are learned from.
    pub(super) fn process(
        &mut self,
        indicator: &str,
        process: &Process,
        owner: Owner<'_>,
    ) -> (Dynamics, Option<Learning>) {
        let link = owner.link;
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
            let checked = |walk: &mut Self, key: &str, quantity: &mut Option<Quantity>, rule: &Rule| {
                if let Some(stated) = quantity.take() {
                    *quantity = Some(walk.quantity(&under(&path, key), &stated, rule));
                }
            };
            checked(self, key, &mut pull.level, &Rule::level(link).by_year());
            checked(self, "speed", &mut pull.speed, &Rule::any().at_least(0.0).below(2.0));
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
        let learning = self.stated_or_learned(&path, process, &dynamics, owner);
        (dynamics, learning)
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

/// The numbers that stand for a quantity: itself, its median, or its values over the years.
fn middles(quantity: &Quantity) -> Vec<f64> {
    match &quantity.value {
        Value::Number(x) => vec![*x],
        Value::Uncertain(law) => vec![law::median(law)],
        Value::ByYear(course) => course.years.values().copied().collect(),
    }
}
