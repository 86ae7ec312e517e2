//! Yearly values as they were observed: exactly, within bounds, or with a known error.

use crate::error::Fault;
use crate::series::Series;
use crate::time::Year;
use std::collections::BTreeMap;

/// What a source says of one year, in the latent state (log points for a log link).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Observation {
    /// The value itself.
    Exact(f64),
    /// Somewhere between two bounds, of which one may be infinite: a rounded figure, "over 3500".
    Between {
        /// Lower bound; `f64::NEG_INFINITY` for none.
        low: f64,
        /// Upper bound, > `low`; `f64::INFINITY` for none.
        high: f64,
    },
    /// Reported with a normal error.
    Noisy {
        /// What was reported.
        value: f64,
        /// Standard deviation of the error, > 0.
        sd: f64,
    },
}

impl Observation {
    /// Whether it is a value or a region that a value can be in.
    fn is_sound(&self) -> bool {
        match *self {
            Self::Exact(value) => value.is_finite(),
            Self::Between { low, high } => low < high && (low.is_finite() || high.is_finite()),
            Self::Noisy { value, sd } => value.is_finite() && sd > 0.0 && sd.is_finite(),
        }
    }

    /// A value that agrees with it: the middle, or the bound where there is only one.
    pub fn centre(&self) -> f64 {
        match *self {
            Self::Exact(value) | Self::Noisy { value, .. } => value,
            Self::Between { low, high } if low.is_finite() && high.is_finite() => 0.5 * (low + high),
            Self::Between { low, high } => {
                if low.is_finite() {
                    low
                } else {
                    high
                }
            }
        }
    }
}

/// What a history shows of the series z that moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// z itself: growth rates, or the level of a process that reverts to a mean.
    Itself,
    /// Levels, of which z is the yearly change.
    AsLevels,
}

/// The observed years of one series, in order, each year once; years may be missing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Observed {
    points: BTreeMap<Year, Observation>,
}

impl Observed {
    /// From (year, observation) pairs in any order.
    ///
    /// # Errors
    /// A [`Fault`] that names the year which stands twice or whose observation cannot be.
    pub fn new(points: impl IntoIterator<Item = (Year, Observation)>) -> Result<Self, Fault> {
        let mut known = BTreeMap::new();
        for (year, observation) in points {
            if !observation.is_sound() {
                return Err(Fault::new(
                    year.to_string(),
                    format!(
                        "{observation:?} is no observation; values are finite, bounds in order, errors above 0"
                    ),
                ));
            }
            if known.insert(year, observation).is_some() {
                return Err(Fault::new(year.to_string(), "the year stands twice")
                    .remedy("keep one observation of a year"));
            }
        }
        Ok(Self { points: known })
    }

    /// Values known exactly; those that are not finite are left out.
    pub fn exact(series: &Series) -> Self {
        let points = series.iter().filter(|(_, value)| value.is_finite());
        Self { points: points.map(|(year, value)| (year, Observation::Exact(value))).collect() }
    }

    /// (year, observation) in the order of the years.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Year, Observation)> + '_ {
        self.points.iter().map(|(year, observation)| (*year, *observation))
    }

    /// The observation of a year.
    pub fn get(&self, year: Year) -> Option<Observation> {
        self.points.get(&year).copied()
    }

    /// How many figures of the series that moves they give, however roughly: years, or the changes between them. A bound on one side, as "over 3500",
    /// gives none.
    pub fn figures(&self, seen: Seen) -> usize {
        let pins = |seen: &&Observation| match **seen {
            Observation::Between { low, high } => (high - low).is_finite(),
            Observation::Exact(_) | Observation::Noisy { .. } => true,
        };
        let years = self.points.values().filter(pins).count();
        match seen {
            Seen::Itself => years,
            Seen::AsLevels => years.saturating_sub(1),
        }
    }

    /// Whether a series that never varies fits: one value for all years, or for levels a straight line. A figure with an error of
    /// measurement fits any.
    pub fn never_varies(&self, seen: Seen) -> bool {
        let years: Vec<(f64, f64, f64)> = self
            .iter()
            .filter_map(|(year, seen)| match seen {
                Observation::Exact(x) => Some((f64::from(year.0), x, x)),
                Observation::Between { low, high } => Some((f64::from(year.0), low, high)),
                Observation::Noisy { .. } => None,
            })
            .collect();
        // Each pair bounds the value from below and above, or for levels the slope; all can be met if every two bounds can (Helly 1923).
        let (mut least, mut most, mut size) = (f64::NEG_INFINITY, f64::INFINITY, 0.0_f64);
        let mut bound = |low: f64, high: f64| {
            (least, most) = (least.max(low), most.min(high));
            for x in [low, high].into_iter().filter(|x| x.is_finite()) {
                size = size.max(x.abs());
            }
        };
        match seen {
            Seen::Itself => years.iter().for_each(|(_, low, high)| bound(*low, *high)),
            Seen::AsLevels => {
                for (k, (from, low, high)) in years.iter().enumerate() {
                    for (to, low_then, high_then) in &years[k + 1..] {
                        bound((low_then - high) / (to - from), (high_then - low) / (to - from));
                    }
                }
            }
        }
        least - most <= 1e-12 * size
    }

    /// How many years are observed.
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }
}
