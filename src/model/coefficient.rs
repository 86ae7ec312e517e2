//! Coefficients of the kernel: a number, a row of draws, or a course over the years.

use crate::evidence::Evidence;
use crate::link::Link;
use crate::quantity::{Distribution, Quantity, Value};
use crate::random::Transform;
use crate::time::{Horizon, Year};
use std::sync::Arc;

/// Where the kernel finds a coefficient.
#[derive(Debug, Clone)]
pub(crate) enum Coefficient {
    /// The same on all paths and in all years.
    Number(f64),
    /// Position of a parameter: a value a path.
    Drawn(usize),
    /// A value a year (index 0 is step 1), the same on all paths.
    Course(Vec<f64>),
    /// A value a year with a parameter added on each path.
    Shifted(Vec<f64>, usize),
    /// A parameter of its own for each year.
    Yearly(Vec<usize>),
}

/// Everything that is drawn once per path, in the order in which it is computed.
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    pub(crate) list: Vec<Parameter>,
}

/// Something drawn once per path.
#[derive(Debug)]
pub(crate) struct Parameter {
    /// Path in the scenario, which addresses its draws.
    pub(crate) name: String,
    pub(crate) rule: ParameterRule,
    /// The link applied to the draw, where the kernel wants the latent state.
    pub(crate) link: Option<Link>,
    pub(crate) evidence: Evidence,
}

/// How a parameter comes from its normal score z.
#[derive(Debug)]
pub(crate) enum ParameterRule {
    /// A monotone function of z.
    Transform(Transform),
    /// mean + z * scale * (another parameter): a mean given its standard deviation.
    Given { mean: f64, scale: f64, sd: usize },
    /// Another parameter plus a number: no draw of its own.
    Sum { of: usize, add: f64 },
    /// Another parameter times a number: no draw of its own.
    Times { of: usize, by: f64 },
    /// The number of a row of a table, from 0, each as likely as the others: so that parameters which depend on each other are drawn
    /// together. Drawn from a uniform number. `shown` is the parameter that stands for the row where shares of a variance are told.
    Rank { rows: usize, shown: usize },
    /// The entry of a column of the table in the row that another parameter drew: no draw of its own.
    Entry { row: usize, column: Arc<[f64]> },
}

impl Parameters {
    /// Adds a parameter and says where it is.
    pub(crate) fn add(
        &mut self,
        name: String,
        rule: ParameterRule,
        link: Option<Link>,
        evidence: Evidence,
    ) -> usize {
        self.list.push(Parameter { name, rule, link, evidence });
        self.list.len() - 1
    }

    /// A row of a table, drawn once per path; `shown` is the column that stands for the whole row. Says where the row is.
    pub(crate) fn row(&mut self, name: String, shown: Vec<f64>, evidence: Evidence) -> usize {
        let row = self.list.len();
        let rule = ParameterRule::Rank { rows: shown.len(), shown: row + 1 };
        self.add(name.clone(), rule, None, evidence);
        self.add(name, ParameterRule::Entry { row, column: shown.into() }, None, evidence);
        row
    }

    /// A law, drawn once per path; the same parameter for whoever asks for the same name.
    pub(crate) fn law(
        &mut self,
        name: &str,
        law: &Distribution,
        link: Option<Link>,
        evidence: Evidence,
    ) -> usize {
        let is_it =
            |p: &Parameter| p.name == name && p.link == link && matches!(p.rule, ParameterRule::Transform(_));
        self.list.iter().position(is_it).unwrap_or_else(|| {
            self.add(name.to_string(), ParameterRule::Transform(Transform::new(law)), link, evidence)
        })
    }

    /// A quantity as a coefficient; `link` where the kernel wants the latent state of a level.
    pub(crate) fn coefficient(
        &mut self,
        name: &str,
        quantity: &Quantity,
        link: Option<Link>,
        horizon: Horizon,
        fallback: Evidence,
    ) -> Coefficient {
        let evidence = quantity.evidence.unwrap_or(fallback);
        let see = |x: f64| link.map_or(x, |link| link.state(x));
        match &quantity.value {
            Value::Number(x) => Coefficient::Number(see(*x)),
            Value::Uncertain(law) => {
                let law = link.map_or_else(|| law.clone(), |link| within(law, link));
                Coefficient::Drawn(self.law(name, &law, link, evidence))
            }
            Value::ByYear(course) => {
                let years = horizon.years().map(|year: Year| course.at(year));
                match (&course.plus, link) {
                    (None, _) => Coefficient::Course(years.map(see).collect()),
                    (Some(law), None | Some(Link::Identity)) => {
                        Coefficient::Shifted(years.collect(), self.law(name, law, None, evidence))
                    }
                    // The shift is in the unit of the level, so each year is linked on its own.
                    (Some(law), Some(link)) => {
                        let shift = self.law(name, law, None, evidence);
                        let yearly = years.map(|add| {
                            let rule = ParameterRule::Sum { of: shift, add };
                            self.add(name.to_string(), rule, Some(link), evidence)
                        });
                        Coefficient::Yearly(yearly.collect())
                    }
                }
            }
        }
    }
}

/// A law of a level cut to what the link allows, where it reaches further; the validator has seen that
/// almost nothing is cut.
pub(crate) fn within(law: &Distribution, link: Link) -> Distribution {
    let whole = Transform::new(law);
    let (lowest, highest) = (whole.apply(-SCORE_LIMIT), whole.apply(SCORE_LIMIT));
    let (low, high) = match link {
        Link::Identity => return law.clone(),
        Link::Log => (highest.abs() * 1e-12, f64::INFINITY),
        Link::Logit(b) => {
            let margin = (b.upper - b.lower) * 1e-12;
            (b.lower + margin, b.upper - margin)
        }
    };
    if lowest >= low && highest <= high {
        return law.clone();
    }
    let (from, to) = law.between.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
    Distribution { family: law.family, between: Some((from.max(low), to.min(high))) }
}

/// Scores beyond this do not occur: the normal draws end before it.
const SCORE_LIMIT: f64 = 8.6;

impl Coefficient {
    /// Whether it is exactly zero everywhere.
    pub(crate) fn is_zero(&self) -> bool {
        match self {
            Self::Number(x) => *x == 0.0,
            Self::Course(years) => years.iter().all(|x| *x == 0.0),
            Self::Drawn(_) | Self::Shifted(..) | Self::Yearly(_) => false,
        }
    }
}
