//! Coefficients of the kernel: a number, a row of draws, or a course over the years.

use crate::evidence::Evidence;
use crate::link::Link;
use crate::quantity::{Distribution, Quantity, Value};
use crate::random::{Laws, Transform};
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
    /// Where their laws are made.
    pub(super) laws: Arc<Laws>,
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
    /// Another parameter plus a third one: no draw of its own.
    Both { of: usize, and: usize },
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
            let transform = self.laws.stated(law);
            self.add(name.to_string(), ParameterRule::Transform(transform), link, evidence)
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
                let law = link.map_or_else(|| law.clone(), |link| within(&self.laws, law, link));
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

/// A coefficient in one year: a number, and parameters that are added to it.
type Term = (f64, Vec<usize>);

impl Parameters {
    /// What a change adds: a quantity times a factor a year.
    pub(crate) fn scaled(
        &mut self,
        name: &str,
        by: &Quantity,
        over: &[f64],
        evidence: Evidence,
    ) -> Coefficient {
        match &by.value {
            Value::Uncertain(law) => {
                let draw = self.law(name, law, None, evidence);
                let mut times = |factor: f64| match factor {
                    0.0 => (0.0, Vec::new()),
                    1.0 => (0.0, vec![draw]),
                    by => (
                        0.0,
                        vec![self.add(
                            name.to_owned(),
                            ParameterRule::Times { of: draw, by },
                            None,
                            evidence,
                        )],
                    ),
                };
                let terms = over.iter().map(|factor| times(*factor)).collect();
                self.of_terms(name, terms, evidence)
            }
            Value::Number(x) => Coefficient::Course(over.iter().map(|factor| factor * x).collect()),
            // Refused by the validator.
            Value::ByYear(course) => Coefficient::Course(course.years.values().copied().collect()),
        }
    }

    /// The sum of two coefficients over so many years.
    pub(crate) fn sum(
        &mut self,
        name: &str,
        a: &Coefficient,
        b: &Coefficient,
        steps: usize,
        evidence: Evidence,
    ) -> Coefficient {
        let terms = (0..steps).map(|year| {
            let ((x, mut of), (y, more)) = (a.term(year), b.term(year));
            of.extend(more);
            (x + y, of)
        });
        self.of_terms(name, terms.collect(), evidence)
    }

    /// The simplest coefficient that has these values.
    fn of_terms(&mut self, name: &str, terms: Vec<Term>, evidence: Evidence) -> Coefficient {
        let numbers: Vec<f64> = terms.iter().map(|(number, _)| *number).collect();
        let Some((first, of)) = terms.first() else { return Coefficient::Number(0.0) };
        if terms.iter().all(|(_, other)| other == of) {
            let same = numbers.iter().all(|x| x == first);
            match of[..] {
                [] if same => return Coefficient::Number(*first),
                [] => return Coefficient::Course(numbers),
                [draw] if same && *first == 0.0 => return Coefficient::Drawn(draw),
                [draw] => return Coefficient::Shifted(numbers, draw),
                _ => {}
            }
        }
        Coefficient::Yearly(
            terms.into_iter().map(|(number, of)| self.total(name, number, &of, evidence)).collect(),
        )
    }

    /// A parameter that is a number plus others.
    fn total(&mut self, name: &str, number: f64, of: &[usize], evidence: Evidence) -> usize {
        let mut add = |rule| self.add(name.to_owned(), rule, None, evidence);
        let Some((first, rest)) = of.split_first() else {
            return add(ParameterRule::Transform(Transform::affine(number, 0.0)));
        };
        let all = rest.iter().fold(*first, |of, and| add(ParameterRule::Both { of, and: *and }));
        if number == 0.0 { all } else { add(ParameterRule::Sum { of: all, add: number }) }
    }
}

/// A law of a level cut to what the link allows, where it reaches further; the validator has seen that
/// almost nothing is cut.
pub(super) fn within(laws: &Laws, law: &Distribution, link: Link) -> Distribution {
    let whole = laws.stated(law);
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
    /// What it is in a year, 0 being t0+1.
    fn term(&self, year: usize) -> Term {
        match self {
            Self::Number(x) => (*x, Vec::new()),
            Self::Drawn(draw) => (0.0, vec![*draw]),
            Self::Course(years) => (years[year], Vec::new()),
            Self::Shifted(years, draw) => (years[year], vec![*draw]),
            Self::Yearly(draws) => (0.0, vec![draws[year]]),
        }
    }

    /// Whether it is exactly zero everywhere.
    pub(crate) fn is_zero(&self) -> bool {
        match self {
            Self::Number(x) => *x == 0.0,
            Self::Course(years) => years.iter().all(|x| *x == 0.0),
            Self::Drawn(_) | Self::Shifted(..) | Self::Yearly(_) => false,
        }
    }
}
