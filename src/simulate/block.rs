//! One block of paths from beginning to end.

use super::draw::{self, Who};
use super::known;
use super::rows::LANES;
use super::step;
use super::streams::Streams;
use super::verdict;
use super::workspace::Workspace;
use crate::model::Model;

/// Why there is no result: where a number stopped being one, or that the run was to stop.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Broken {
    Level(step::NotFinite),
    Measure(verdict::NotMeasured),
    Stopped,
}

/// Simulates the block that begins with a path: `len` paths, at most [`LANES`].
pub(crate) fn simulate(
    model: &Model,
    streams: &Streams,
    who: Who,
    first_path: u64,
    len: usize,
    w: &mut Workspace,
) -> Result<(), Broken> {
    w.first_path = first_path;
    w.len = len.min(LANES);
    draw::parameters(model, streams, who, w);
    if let Some(design) = &streams.design {
        design.start(first_path, &mut w.shocks);
    }
    step::start(model, w).map_err(Broken::Level)?;
    for step in 1..=w.steps {
        draw::scores(model, streams, step, w);
        draw::events(model, streams, step, w);
        draw::regimes(model, streams, step, w);
        known::settle(model, step, w);
        step::year(model, streams, step, w).map_err(Broken::Level)?;
    }
    verdict::judge(model, w).map_err(Broken::Measure)
}
