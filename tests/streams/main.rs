//! Are the draws what they claim to be: does each law have its shape at ten million draws, and are neighbouring streams
//! independent of each other?
//!
//! Through the public functions of [`plancast::random`], and through a simulation as an observer sees it. What a law is held
//! against comes from closed forms and from the `statrs` crate. Seeds are fixed; every limit says how often a correct
//! program would fail it, and for every test there is a defect that it is shown to find.

mod battery;
mod cells;
mod kernel;
mod laws;
mod neighbours;
