//! Layer 1, numerics: random draws by address.
//!
//! A draw is a pure function of an address: a [`Key`] (the seed, what the draw is for, the name of
//! its owner), a path and an index (such as a year). Nothing is consumed in order. So more paths
//! keep the first ones, another indicator leaves the others' draws alone, threads and shards
//! change nothing, and any single path can be replayed.
//!
//! The bits come from Philox4x32-10, a counter-based generator ([`philox`]): one call gives
//! 128 bits, from which [`normal_lanes`] makes four standard normals by the method of Box and
//! Muller (1958, Ann. Math. Statist. 29(2), 610-611), in vector units, the same number of operations for
//! every path. The values are part of what a seed means: they do not change between releases
//! without being announced, and a test holds some of them.
//!
//! An uncertain quantity is a monotone function of one standard normal, see [`Transform`].

mod draw;
mod inverse;
mod key;
mod law;
mod laws;
pub mod philox;
mod points;
mod stream;
mod table;
mod transform;

pub use draw::{BLOCK, normal_at, normal_lanes, uniform_at, uniform_lanes};
pub(crate) use inverse::normal_scores;
pub use key::Key;
pub(crate) use laws::Laws;
pub(crate) use points::Points;
pub use stream::Stream;
pub use transform::Transform;
