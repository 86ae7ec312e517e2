//! Charts of finished outcomes, as SVG and PNG, with English or Chinese words and no font of the system.
//!
//! Layer 8, the outermost: charts read outcomes and nothing reads charts. Every chart is a file; what they
//! share is here: the [`canvas`] that one drawing goes to in both formats, what a drawing is said in
//! ([`shape`]), the embedded [`font`], the [`style`], the [`words`] and the [`axes`]. The same parts serve
//! a user's own charts.

pub mod axes;
pub mod canvas;
pub mod font;
pub mod shape;
pub mod style;
pub mod words;
