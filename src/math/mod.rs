//! Layer 1, numerics: the elementary functions of the kernel, and the choice of vector units.
//!
//! Everything here is a plain function or a plain loop without branches, so that the compiler
//! vectorises it, in baseline, AVX2 and AVX-512 form alike. All forms do the same IEEE operations
//! in the same order, without fused multiply-add, and so return the same bits on every machine.
//!
//! Functions on single numbers ([`exp`], [`ln`], [`sin_cos_turns`], [`logistic`]) and those on lanes
//! ([`exp_lanes`], …) are one and the same code. For functions that the kernel does not need, use
//! the `libm` crate; never those of `f64`, whose last digit differs between platforms.
//!
//! The environment variable `PLANCAST_SIMD` (`baseline`, `v3` or `v4`; read once) lowers the level
//! that is chosen; a level that the machine does not have is never chosen.

mod elementary;
mod level;

pub use elementary::{
    exp, exp_in_place, exp_lanes, ln, ln_in_place, ln_lanes, logistic, logistic_in_place, logistic_lanes,
    sin_cos_turns, sin_cos_turns_lanes,
};
pub(crate) use elementary::{ln_positive, polynomial};
#[cfg(test)]
pub(crate) use level::at_every_level;
pub use level::{Level, level, simd};
