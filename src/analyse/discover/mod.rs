//! Where it happens: boxes of the inputs in which an outcome is frequent.

mod prim;

pub use prim::{Prim, PrimBox, Restriction};
