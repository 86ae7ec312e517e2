//! Student t innovations whose tails come together.

use super::Law;
use crate::random::Transform;
use serde::{Deserialize, Serialize};

/// Student t with unit variance.
///
/// ```text
/// eps = z sqrt((df - 2) / df) sqrt(df / W),   W ~ chi^2(df)
/// ```
///
/// z is the correlated normal score; W comes from one score per path and year that all Student t
/// indicators share (a grouped t copula where their df differ). Tail dependence follows from the shared scale.
///
/// **Limiting case.** df to infinity: normal. **Reference.** Demarta and McNeil (2005),
/// International Statistical Review 73(1). A level whose log growth is Student t has no mean.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StudentT {
    /// Degrees of freedom, > 2 so that the variance exists.
    pub df: f64,
}

impl StudentT {
    /// The law, ready to be run.
    pub(super) fn law(&self) -> Law {
        Law::Scaled(Transform::student_t_scale(self.df))
    }
}
