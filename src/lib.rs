//! plancast
pub mod error;
pub mod event;
pub mod evidence;
pub mod formula;
pub mod innovation;
pub mod label;
pub mod link;
pub mod process;
pub mod quantity;
pub mod regime;
pub mod scenario;
pub mod series;
pub mod target;
pub mod time;
