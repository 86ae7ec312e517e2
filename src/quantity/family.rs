//! Families of distributions for quantities; every parameter in the unit of the quantity.

use serde::{Deserialize, Serialize};

/// A family and its parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Family {
    /// See [`Normal`].
    Normal(Normal),
    /// See [`StudentT`].
    StudentT(StudentT),
    /// See [`TwoPieceNormal`].
    TwoPieceNormal(TwoPieceNormal),
    /// See [`LogNormal`].
    LogNormal(LogNormal),
    /// See [`Uniform`].
    Uniform(Uniform),
    /// See [`Triangular`].
    Triangular(Triangular),
    /// See [`Beta`].
    Beta(Beta),
    /// See [`Gamma`].
    Gamma(Gamma),
}

/// Normal law.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Normal {
    /// Mean.
    pub mean: f64,
    /// Standard deviation, >= 0.
    pub sd: f64,
}

impl From<Normal> for Family {
    fn from(law: Normal) -> Self {
        Self::Normal(law)
    }
}

/// Student t law: `location + scale * t(df)`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StudentT {
    /// Degrees of freedom, > 0.
    pub df: f64,
    /// Centre.
    pub location: f64,
    /// Scale, > 0; not the standard deviation.
    pub scale: f64,
}

impl From<StudentT> for Family {
    fn from(law: StudentT) -> Self {
        Self::StudentT(law)
    }
}

/// Two halves of normal laws joined at the mode: the fan chart's skewed law
/// (Britton, Fisher and Whitley 1998, Bank of England Quarterly Bulletin 38(1)).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TwoPieceNormal {
    /// Most likely value.
    pub mode: f64,
    /// Standard deviation of the half below the mode, > 0.
    pub sd_low: f64,
    /// Standard deviation of the half above the mode, > 0.
    pub sd_high: f64,
}

impl From<TwoPieceNormal> for Family {
    fn from(law: TwoPieceNormal) -> Self {
        Self::TwoPieceNormal(law)
    }
}

/// Log-normal law: the logarithm is normal with mean `ln median` and standard deviation `sigma`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LogNormal {
    /// Median, > 0.
    pub median: f64,
    /// Standard deviation of the logarithm, >= 0.
    pub sigma: f64,
}

impl From<LogNormal> for Family {
    fn from(law: LogNormal) -> Self {
        Self::LogNormal(law)
    }
}

/// Every value between two ends equally likely.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Uniform {
    /// Lower end.
    pub low: f64,
    /// Upper end, >= low.
    pub high: f64,
}

impl From<Uniform> for Family {
    fn from(law: Uniform) -> Self {
        Self::Uniform(law)
    }
}

/// Triangular law.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Triangular {
    /// Lower end.
    pub low: f64,
    /// Most likely value, between the ends.
    pub mode: f64,
    /// Upper end, > low.
    pub high: f64,
}

impl From<Triangular> for Family {
    fn from(law: Triangular) -> Self {
        Self::Triangular(law)
    }
}

/// Beta law stretched to an interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Beta {
    /// First shape, > 0.
    pub alpha: f64,
    /// Second shape, > 0.
    pub beta: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end, > low.
    pub high: f64,
}

impl From<Beta> for Family {
    fn from(law: Beta) -> Self {
        Self::Beta(law)
    }
}

/// Gamma law, for positive quantities such as rates.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Gamma {
    /// Mean, > 0.
    pub mean: f64,
    /// Standard deviation, > 0.
    pub sd: f64,
}

impl From<Gamma> for Family {
    fn from(law: Gamma) -> Self {
        Self::Gamma(law)
    }
}
