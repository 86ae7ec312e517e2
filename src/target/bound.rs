//! The bound of a target and the distance to it.

use crate::quantity::Quantity;
use serde::{Deserialize, Serialize};

/// What the measure M has to reach.
///
/// | bound | margin | met |
/// |---|---|---|
/// | `AtLeast(L)` | M - L | margin >= 0 (strict: > 0) |
/// | `AtMost(L)` | L - M | margin >= 0 (strict: > 0) |
/// | `About` both sides | tol - abs(M - c) | margin >= 0 |
/// | `About` at least | M - (c - tol) | margin >= 0 |
/// | `About` at most | (c + tol) - M | margin >= 0 |
///
/// On the boundary means: within 1e-9 of the size of the bound, since a level that is 65 on paper
/// need not be 65 to the last bit of a logarithm.
#[derive(Debug, Clone, PartialEq)]
pub enum Bound {
    /// M >= L.
    AtLeast(Quantity),
    /// M <= L.
    AtMost(Quantity),
    /// M near c.
    About {
        /// c.
        value: Quantity,
        /// tol, >= 0, in the unit of the measure.
        tolerance: Quantity,
        /// On which side it has to be near.
        side: Side,
    },
}

/// Which side of "about" counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Not further away than the tolerance, above or below.
    #[default]
    Both,
    /// Not more than the tolerance below; above is welcome.
    AtLeast,
    /// Not more than the tolerance above; below is welcome.
    AtMost,
}
