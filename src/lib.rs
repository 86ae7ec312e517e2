//! plancast
pub mod correlation;
pub mod error;
pub mod evidence;
pub mod label;
pub mod math;
pub mod quantity;
pub mod random;
pub mod stats;
pub mod time;
