//! Asking a run to stop.

use super::block::Broken;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// How long tasks that have begun may take to end once a run was asked to stop.
const GRACE: Duration = Duration::from_millis(500);

/// Asks a run to stop, from another thread or from the handler of a signal. Its clones ask the same.
///
/// The run then ends within about a second with what it has: the outcome of the first paths, as many as are complete, with
/// the bits of a run of just so many ([`crate::outcome::Ending::Interrupted`]).
///
/// ```
/// use plancast::prelude::*;
/// # let scenario = Scenario::builder("Plan", 2025, 2030)
/// #     .indicator("gdp", IndicatorDraft::new("GDP", "bn").baseline(1.0).process(RandomWalk::new(0.0, 0.1)))
/// #     .target("gdp", TargetDraft::level("gdp").at_least(1.0))
/// #     .build()?;
/// let stopper = Stopper::new();
/// let asked = stopper.clone();
/// // For instance `ctrlc::set_handler(move || asked.stop())`.
/// let outcome = Simulation::new(&scenario)
///     .paths(1 << 40)
///     .stop_on(&stopper)
///     .on_progress(move |progress| if progress.done > 30_000 { asked.stop() })
///     .run()?;
/// assert!(outcome.paths > 0 && outcome.paths < 1 << 40);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Stopper(Arc<AtomicBool>);

impl Stopper {
    /// Has not asked yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks; it cannot be taken back.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it has asked.
    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What a run looks at to know whether to go on.
pub(crate) struct Watch {
    stopper: Option<Stopper>,
    /// When the run first saw that it was asked.
    seen: OnceLock<Instant>,
}

impl Watch {
    pub(crate) fn new(stopper: Option<Stopper>) -> Self {
        Self { stopper, seen: OnceLock::new() }
    }

    /// Whether the run was asked to stop: nothing new is begun.
    pub(crate) fn is_asked(&self) -> bool {
        self.stopper.as_ref().is_some_and(Stopper::is_stopped)
    }

    /// For work without which there is nothing to show.
    pub(crate) fn go_on(&self) -> Result<(), Broken> {
        if self.is_asked() { Err(Broken::Stopped) } else { Ok(()) }
    }

    /// Whether what has begun has had its time to end. The clock is only read after the run was asked to stop.
    pub(crate) fn is_overdue(&self) -> bool {
        self.is_asked() && self.seen.get_or_init(Instant::now).elapsed() > GRACE
    }
}
