//! plancast
#[cfg(feature = "charts")]
pub mod chart;
pub mod error;
pub mod evidence;
pub mod label;
pub mod quantity;
pub mod time;
