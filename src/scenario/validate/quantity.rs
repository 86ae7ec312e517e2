//! Rules of quantities: finite, a law that is one, inside what is allowed, with all that it can become.

use super::{Walk, law, short, under};
use crate::link::Link;
use crate::quantity::{Course, Distribution, Family, Quantity, Value};

/// A law may reach outside what is allowed with at most this probability; it is cut there.
const NEGLIGIBLE: f64 = 1e-6;

/// What a quantity may be.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    low: f64,
    high: f64,
    low_open: bool,
    high_open: bool,
    by_year: bool,
    link: Option<Link>,
}

impl Rule {
    /// Any finite number.
    pub(super) fn any() -> Self {
        Self {
            low: f64::NEG_INFINITY,
            high: f64::INFINITY,
            low_open: false,
            high_open: false,
            by_year: false,
            link: None,
        }
    }

    pub(super) fn at_least(self, low: f64) -> Self {
        Self { low, low_open: false, ..self }
    }

    pub(super) fn above(self, low: f64) -> Self {
        Self { low, low_open: true, ..self }
    }

    pub(super) fn at_most(self, high: f64) -> Self {
        Self { high, high_open: false, ..self }
    }

    pub(super) fn below(self, high: f64) -> Self {
        Self { high, high_open: true, ..self }
    }

    /// A level that a link allows; any finite one while the link itself is at fault.
    pub(super) fn level(link: Option<Link>) -> Self {
        let rule = match link {
            Some(Link::Log) => Self::any().above(0.0),
            Some(Link::Logit(bounds)) => Self::any().above(bounds.lower).below(bounds.upper),
            Some(Link::Identity) | None => Self::any(),
        };
        Self { link, ..rule }
    }

    /// May be a course over the years.
    pub(super) fn by_year(self) -> Self {
        Self { by_year: true, ..self }
    }

    fn allows(&self, x: f64) -> bool {
        let low = if self.low_open { x > self.low } else { x >= self.low };
        let high = if self.high_open { x < self.high } else { x <= self.high };
        x.is_finite() && low && high
    }

    /// What a number must be instead of `x`, in words that follow "it must be".
    fn words_for(&self, x: f64) -> String {
        match self.words() {
            words if x.is_finite() || (self.low == f64::NEG_INFINITY && self.high == f64::INFINITY) => words,
            words if self.link.is_some() => words.replacen("a level", "a finite level", 1),
            words => format!("finite and {words}"),
        }
    }

    /// In words, to follow "it must be".
    fn words(&self) -> String {
        match self.link {
            Some(link) if !matches!(link, Link::Identity) => return link.allowed(),
            _ => {}
        }
        let low = if self.low_open { "above" } else { "at least" };
        let high = if self.high_open { "below" } else { "at most" };
        match (self.low.is_finite(), self.high.is_finite()) {
            (true, true) => format!("{low} {} and {high} {}", self.low, self.high),
            (true, false) => format!("{low} {}", self.low),
            (false, true) => format!("{high} {}", self.high),
            (false, false) => "a finite number".into(),
        }
    }

    /// The closed interval that a law is cut to. A level keeps clear of the ends of its link, where the state is infinite.
    fn ends(&self) -> (f64, f64) {
        match self.link {
            Some(Link::Log) => (f64::MIN_POSITIVE, f64::INFINITY),
            Some(Link::Logit(bounds)) => {
                let clear = 1e-12 * (bounds.upper - bounds.lower);
                (bounds.lower + clear, bounds.upper - clear)
            }
            _ => (self.low, self.high),
        }
    }
}

impl Walk<'_> {
    /// Checks a quantity and gives it back as meant: laws that reach negligibly outside are cut.
    /// The name of the quantity in the sentences is the last key of the path.
    pub(super) fn quantity(&mut self, path: &str, quantity: &Quantity, rule: &Rule) -> Quantity {
        let name = path.rsplit('.').next().unwrap_or(path).to_owned();
        let value = match &quantity.value {
            Value::Number(x) => {
                if !rule.allows(*x) {
                    let problem = format!("{name} is {x}; it must be {}", rule.words_for(*x));
                    match rule.link {
                        Some(Link::Log) if name != "ceiling" && x.is_finite() => self.refuse(
                            path,
                            problem,
                            "set `link = \"identity\"` if the indicator can be 0 or negative",
                        ),
                        _ => self.fault(path, problem),
                    }
                }
                Value::Number(*x)
            }
            Value::Uncertain(law) => Value::Uncertain(self.uncertain(path, &name, law, rule)),
            Value::ByYear(course) => Value::ByYear(self.course(path, &name, course, rule)),
        };
        Quantity { value, source: quantity.source.clone(), evidence: quantity.evidence }
    }

    /// A finite number from a place where no quantity is possible.
    pub(super) fn number(&mut self, path: &str, name: &str, x: f64, rule: &Rule) -> bool {
        let allowed = rule.allows(x);
        if !allowed {
            self.fault(path, format!("{name} is {x}; it must be {}", rule.words_for(x)));
        }
        allowed
    }

    fn uncertain(&mut self, path: &str, name: &str, law: &Distribution, rule: &Rule) -> Distribution {
        if !self.law(path, law) {
            return law.clone();
        }
        let (low, high) = rule.ends();
        let outside = law::outside(law, low, high);
        if outside >= NEGLIGIBLE || outside.is_nan() {
            self.refuse(
                path,
                format!(
                    "{name} is outside what is allowed with probability {}; it must be {}",
                    short(outside),
                    rule.words()
                ),
                cut_remedy(law, rule),
            );
            return law.clone();
        }
        law::held(law, low, high)
    }

    fn course(&mut self, path: &str, name: &str, course: &Course, rule: &Rule) -> Course {
        let place = under(path, "by_year");
        if !rule.by_year {
            self.refuse(
                place,
                format!("{name} cannot change over the years; it must be one number or one distribution"),
                "`by_year` is for drift, rate, volatility, level and ceiling of a process",
            );
            return course.clone();
        }
        if course.years.is_empty() {
            self.fault(place, "by_year is empty; it must have at least one year");
            return course.clone();
        }
        let mut sound = true;
        for (year, x) in &course.years {
            let at = under(&place, &year.to_string());
            self.simulated(&at, "the year", *year);
            sound &= self.number(&at, &format!("{name} of {year}"), *x, rule);
        }
        let mut plus = course.plus.clone();
        if let Some(shift) = &course.plus {
            let at = under(path, "plus");
            if self.law(&at, shift) && sound {
                let least = course.years.values().copied().fold(f64::INFINITY, f64::min);
                let most = course.years.values().copied().fold(f64::NEG_INFINITY, f64::max);
                let (low, high) = rule.ends();
                let outside = law::outside(shift, low - least, high - most);
                if outside >= NEGLIGIBLE || outside.is_nan() {
                    self.refuse(
                        &at,
                        format!(
                            "{name} with the shift is outside what is allowed with probability {}; it must be {}",
                            short(outside),
                            rule.words()
                        ),
                        "cut the shift with `between = [low, high]`, or make it narrower",
                    );
                } else {
                    plus = Some(law::held(shift, low - least, high - most));
                }
            }
        }
        Course { years: course.years.clone(), plus }
    }

    /// Checks the parameters of a law and its truncation.
    fn law(&mut self, path: &str, law: &Distribution) -> bool {
        let before = self.faults.len();
        self.family(path, &law.family);
        if self.faults.len() > before {
            return false;
        }
        let Some((low, high)) = law.between else { return true };
        let place = under(path, "between");
        if !(low.is_finite() && high.is_finite() && low < high) {
            self.fault(
                place,
                format!("between is [{low}, {high}]; it must be two finite numbers, the lower one first"),
            );
            return false;
        }
        let kept = law::kept(law);
        // Below this the inverse of the distribution function has no digits left to draw from.
        if kept.is_nan() || kept < NEGLIGIBLE {
            self.refuse(
                place,
                format!(
                    "between keeps {} of the distribution; it must keep at least {NEGLIGIBLE}",
                    short(kept)
                ),
                "check the unit: `between` is in the unit of the quantity, as the distribution is",
            );
            return false;
        }
        true
    }

    fn family(&mut self, path: &str, family: &Family) {
        let (any, above, least) = (Rule::any(), Rule::any().above(0.0), Rule::any().at_least(0.0));
        let (word, parameters): (&str, Vec<(&str, f64, &Rule)>) = match family {
            Family::Normal(l) => ("normal", vec![("mean", l.mean, &any), ("sd", l.sd, &least)]),
            Family::StudentT(l) => (
                "student_t",
                vec![("df", l.df, &above), ("location", l.location, &any), ("scale", l.scale, &above)],
            ),
            Family::TwoPieceNormal(l) => (
                "two_piece_normal",
                vec![("mode", l.mode, &any), ("sd_low", l.sd_low, &above), ("sd_high", l.sd_high, &above)],
            ),
            Family::LogNormal(l) => {
                ("log_normal", vec![("median", l.median, &above), ("sigma", l.sigma, &least)])
            }
            Family::Uniform(l) => ("uniform", vec![("low", l.low, &any), ("high", l.high, &any)]),
            Family::Triangular(l) => {
                ("triangular", vec![("low", l.low, &any), ("mode", l.mode, &any), ("high", l.high, &any)])
            }
            Family::Beta(l) => (
                "beta",
                vec![
                    ("alpha", l.alpha, &above),
                    ("beta", l.beta, &above),
                    ("low", l.low, &any),
                    ("high", l.high, &any),
                ],
            ),
            Family::Gamma(l) => ("gamma", vec![("mean", l.mean, &above), ("sd", l.sd, &above)]),
        };
        let path = under(path, word);
        let before = self.faults.len();
        for (name, x, rule) in parameters {
            self.number(&under(&path, name), name, x, rule);
        }
        if self.faults.len() > before {
            return;
        }
        match family {
            Family::Uniform(l) if l.low > l.high => {
                self.fault(
                    under(&path, "high"),
                    format!("high is {}; it must be at least low, {}", l.high, l.low),
                );
            }
            Family::Triangular(l) if l.low >= l.high => {
                self.fault(
                    under(&path, "high"),
                    format!("high is {}; it must be above low, {}", l.high, l.low),
                );
            }
            Family::Triangular(l) if l.mode < l.low || l.mode > l.high => {
                self.fault(
                    under(&path, "mode"),
                    format!("mode is {}; it must be from low, {}, to high, {}", l.mode, l.low, l.high),
                );
            }
            Family::Beta(l) if l.low >= l.high => {
                self.fault(
                    under(&path, "high"),
                    format!("high is {}; it must be above low, {}", l.high, l.low),
                );
            }
            _ => {}
        }
    }
}

/// Where to cut a law that reaches outside.
fn cut_remedy(law: &Distribution, rule: &Rule) -> String {
    let lower = if rule.low.is_finite() { short(rule.low) } else { "low".into() };
    let upper = if rule.high.is_finite() { short(rule.high) } else { "high".into() };
    let instead = match (&law.family, rule.low, rule.high) {
        (Family::Normal(_), 0.0, f64::INFINITY) => ", or use `log_normal` or `gamma`",
        (Family::Normal(_), low, high) if low.is_finite() && high.is_finite() => ", or use `beta`",
        _ => "",
    };
    format!("cut it with `between = [{lower}, {upper}]` or narrower{instead}")
}
