//! Layer 1: which vector units a loop is compiled for, chosen when the program runs.

use std::sync::OnceLock;

/// The vector units that a loop may use. The results are the same at every level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// What every machine of the platform has: SSE2 on x86-64, NEON on 64-bit ARM.
    Baseline,
    /// AVX2, four numbers at a time.
    V3,
    /// AVX-512, eight numbers at a time.
    V4,
}

/// The highest level of this machine, or the one that `PLANCAST_SIMD` asks for where that is lower.
pub fn level() -> Level {
    #[cfg(test)]
    if let Some(forced) = FORCED.get() {
        return forced;
    }
    static CHOSEN: OnceLock<Level> = OnceLock::new();
    *CHOSEN.get_or_init(|| {
        let asked = match std::env::var("PLANCAST_SIMD").as_deref() {
            Ok("baseline") => Level::Baseline,
            Ok("v3") => Level::V3,
            _ => Level::V4,
        };
        asked.min(best())
    })
}

/// Runs a closure compiled for the level in force, so that its plain loops use wide vector units.
///
/// For that the closure must be `#[inline(always)]`, and so must every function that it calls:
///
/// ```
/// use plancast::math;
/// let x = [0.0, 1.0, 2.0];
/// let mut y = [0.0; 3];
/// math::simd(
///     #[inline(always)]
///     || for (y, x) in y.iter_mut().zip(&x) { *y = 1.0 + math::exp(*x) },
/// );
/// assert_eq!(y[0], 2.0);
/// ```
#[inline(always)]
pub fn simd<R>(work: impl FnOnce() -> R) -> R {
    simd_at(level(), work)
}

#[cfg(target_arch = "x86_64")]
fn best() -> Level {
    if pulp::x86::V4::is_available() {
        Level::V4
    } else if pulp::x86::V3::is_available() {
        Level::V3
    } else {
        Level::Baseline
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn best() -> Level {
    Level::Baseline
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn simd_at<R>(level: Level, work: impl FnOnce() -> R) -> R {
    // `try_new` reads one cached byte; a level above that of the machine runs as baseline.
    match level {
        Level::V4 => {
            if let Some(units) = pulp::x86::V4::try_new() {
                return units.vectorize(work);
            }
        }
        Level::V3 => {
            if let Some(units) = pulp::x86::V3::try_new() {
                return units.vectorize(work);
            }
        }
        Level::Baseline => {}
    }
    work()
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn simd_at<R>(_level: Level, work: impl FnOnce() -> R) -> R {
    work()
}

#[cfg(test)]
thread_local! {
    static FORCED: std::cell::Cell<Option<Level>> = const { std::cell::Cell::new(None) };
}

/// What a computation gives at each level of this machine, baseline first.
#[cfg(test)]
pub(crate) fn at_every_level<R>(mut work: impl FnMut() -> R) -> Vec<R> {
    let levels = [Level::Baseline, Level::V3, Level::V4];
    let results = levels
        .into_iter()
        .filter(|level| *level <= best())
        .map(|level| {
            FORCED.set(Some(level));
            work()
        })
        .collect();
    FORCED.set(None);
    results
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_is_one_that_the_machine_has() {
        assert!(level() <= best());
    }

    #[test]
    fn every_level_runs_the_closure_once() {
        let mut runs = 0;
        let results = at_every_level(|| {
            simd(
                #[inline(always)]
                || runs += 1,
            );
            level()
        });
        assert_eq!(runs, results.len());
        assert!(results.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
