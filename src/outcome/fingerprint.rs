//! What identifies a run.

use crate::calibrate::Observation;
use crate::sampling::Sampling;
use crate::scenario::{Belief, Known, Motion, Scenario, Taken};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// What identifies a run: the same fingerprint, the same bits.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Fingerprint {
    /// SHA-256 of the scenario as meant (after `extends` and the variant), in hexadecimal.
    pub scenario: String,
    /// SHA-256 of the histories that it read.
    pub data: String,
    /// Version of this crate.
    pub version: String,
    /// Seed.
    pub seed: u64,
    /// Number of paths.
    pub paths: u64,
    /// How they were drawn.
    pub sampling: Sampling,
}

impl Fingerprint {
    /// Of a scenario with a seed and a number of paths.
    pub(crate) fn of(scenario: &Scenario, seed: u64, paths: u64, sampling: Sampling) -> Self {
        let mut data = Sha256::new();
        for (id, indicator) in scenario.indicators() {
            for (series, name) in [(&indicator.history, "level"), (&indicator.growth, "growth")] {
                for (year, value) in series.iter() {
                    data.update(format!("{id} {name} {year} {:016x}\n", value.to_bits()));
                }
            }
        }
        // What histories say beyond exact values, and the classes that stand beside them.
        for (id, indicator) in scenario.indicators() {
            let Motion::Process(moved) = &indicator.motion else { continue };
            let Some(learning) = &moved.learning else { continue };
            if learning.stand_in || !learning.is_conjugate() {
                for (year, seen) in learning.observed.iter() {
                    data.update(format!("{id} observed {year} {}\n", bits(seen)));
                }
            }
            if let Belief::Class(name, class) = &learning.belief {
                data.update(format!(
                    "{id} class {name} {}\n",
                    serde_json::to_string(&**class).unwrap_or_default()
                ));
            }
        }
        for (taken, what_for) in [(&scenario.update.start, "starts"), (&scenario.update.learn, "learns")] {
            let Some(Taken { known: all, .. }) = taken else { continue };
            data.update(format!("{what_for}\n"));
            for (id, known) in &all.indicators {
                for known in known {
                    let (what, x) = match known {
                        Known::Level(x) => ("level", x),
                        Known::Growth(x) => ("growth", x),
                    };
                    data.update(format!("{id} {what} {:016x}\n", x.to_bits()));
                }
            }
            for (id, known) in &all.events {
                data.update(format!("{id} {:?}\n", known.iter().map(|x| x.to_bits()).collect::<Vec<_>>()));
            }
        }
        // The draft in JSON: keys in the order of the types, numbers written to the last bit.
        let mut written = serde_json::to_string(scenario.draft()).unwrap_or_default();
        // Processes and measures of the user's own are not written; how they show themselves stands for them.
        for (id, indicator) in &scenario.draft().indicator {
            written.extend(indicator.custom.iter().map(|own| format!("{id} {:?}", own.0)));
        }
        for (id, target) in &scenario.draft().target {
            written.extend(target.custom.iter().map(|own| format!("{id} {:?}", own.0)));
        }
        for (id, change) in &scenario.changes {
            written += &format!("{id} {change:?}");
        }
        Self {
            scenario: hexadecimal(&Sha256::digest(written)),
            data: hexadecimal(&data.finalize()),
            version: env!("CARGO_PKG_VERSION").to_string(),
            seed,
            paths,
            sampling,
        }
    }
}

/// An observation to the last bit.
fn bits(seen: Observation) -> String {
    match seen {
        Observation::Exact(value) => format!("exact {:016x}", value.to_bits()),
        Observation::Between { low, high } => {
            format!("between {:016x} {:016x}", low.to_bits(), high.to_bits())
        }
        Observation::Noisy { value, sd } => format!("noisy {:016x} {:016x}", value.to_bits(), sd.to_bits()),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}
