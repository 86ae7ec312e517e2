//! Time by the clock and on the processors, and what was asked for on the command line.

#![allow(dead_code, reason = "every program takes a part of it")]

use std::time::Instant;

/// What something took, in nanoseconds.
#[derive(Debug, Clone, Copy)]
pub struct Took {
    /// What a user waits for.
    pub wall: f64,
    /// Of all processors together, which other programs do not disturb as much; 0 where the system does not say (it
    /// is Linux that does).
    pub busy: f64,
}

impl Took {
    /// On the processors; by the clock where the system does not say.
    pub fn work(&self) -> f64 {
        if self.busy > 0.0 { self.busy } else { self.wall }
    }
}

/// Times some work. Its threads must be there before and after it: those that have ended are not counted.
pub fn timed<T>(work: impl FnOnce() -> T) -> (Took, T) {
    let (start, busy) = (Instant::now(), on_processors());
    let result = work();
    let took =
        Took { wall: start.elapsed().as_nanos() as f64, busy: on_processors().saturating_sub(busy) as f64 };
    (took, result)
}

/// What a run takes, on the processors where the system says: a part that does not grow with the paths (compiling, the
/// pilot, the second layer of uncertainty) and a part for each path.
#[derive(Debug, Clone, Copy)]
pub struct Parts {
    pub fixed: f64,
    pub path: f64,
}

/// Both parts from runs of two sizes.
pub fn parts(few: u64, many: u64, run: impl Fn(u64)) -> Parts {
    let [t, u] = [few, many].map(|paths| timed(|| run(paths)).0.work());
    let path = (u - t) / (many - few) as f64;
    Parts { fixed: t - path * few as f64, path }
}

/// Threads for both programs of a comparison, which stay alive.
pub fn threads(number: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(number).build().expect("threads can be started")
}

/// The middle of some numbers, and what a quarter of them is below and above.
#[derive(Debug, Clone, Copy)]
pub struct Middle {
    pub low: f64,
    pub median: f64,
    pub high: f64,
}

/// Median and quartiles.
pub fn middle(values: impl Iterator<Item = f64>) -> Middle {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| values[(share * (values.len() - 1) as f64).round() as usize];
    Middle { low: at(0.25), median: at(0.5), high: at(0.75) }
}

/// Whether a flag was given.
pub fn is(flag: &str) -> bool {
    std::env::args().any(|argument| argument == flag)
}

/// What a program of benches does: with `--table` it prints its table, on one thread; else criterion measures.
pub fn table_or(benches: fn(), table: fn()) {
    if is("--table") {
        threads(1).install(table);
    } else {
        benches();
        criterion::Criterion::default().configure_from_args().final_summary();
    }
}

/// The number after a flag, if it was given.
pub fn number(flag: &str) -> Option<u64> {
    let value = std::env::args().skip_while(|argument| argument != flag).nth(1)?;
    Some(value.parse().unwrap_or_else(|_| panic!("{flag} takes a whole number, not {value}")))
}

/// Nanoseconds that the threads of this program have been running; 0 where the system does not say.
fn on_processors() -> u64 {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else { return 0 };
    let of_thread = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(path.join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    };
    threads.filter_map(|thread| of_thread(thread.ok()?.path())).sum()
}

/// The most memory that this program has held, in MiB; none where the system does not say.
pub fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok()? / 1024.0)
}
