//! Streams beside each other, interleaved into one sequence.

use crate::battery::{LENGTH, check};
use plancast::random::{Key, normal_lanes, uniform_lanes};
use plancast::stats::normal;

/// How a stream fills lanes: its key, its first path, its index.
type Fill = fn(Key, u64, u32, &mut [f64]);

fn normals(key: Key, first: u64, index: u32, u: &mut [f64]) {
    normal_lanes(key, first, index, u);
    u.iter_mut().for_each(|u| *u = normal::cdf(*u));
}

/// Two streams, each as (key, index), in turn.
fn turns(fill: Fill, streams: [(Key, u32); 2]) -> Vec<f64> {
    let [a, b] = streams.map(|(key, index)| {
        let mut u = vec![0.0; LENGTH / 2];
        fill(key, 0, index, &mut u);
        u
    });
    interleaved(&a, &b)
}

/// Of each the next one in turn.
pub fn interleaved(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).flat_map(|(a, b)| [*a, *b]).collect()
}

fn each(fill: Fill, kind: &str) {
    let key = |seed, name| Key::new(seed, "innovation", name);
    let own = key(15, "gdp");
    let mut paths = vec![0.0; LENGTH];
    // Across 2^32, where the low word of the counter runs over.
    fill(own, (1 << 32) - 1_000_000, 2026, &mut paths);
    check(&format!("{kind}: paths"), &paths);
    let pairs = [
        ("years, the first even", [(own, 2026), (own, 2027)]),
        ("years, the first odd", [(own, 2027), (own, 2028)]),
        ("indicators", [(own, 2026), (key(15, "gdq"), 2026)]),
        ("seeds", [(own, 2026), (key(16, "gdp"), 2026)]),
        ("keys a bit apart", [(own, 2026), (Key::from_bits(own.bits() ^ 1), 2026)]),
    ];
    for (what, streams) in pairs {
        check(&format!("{kind}: {what}"), &turns(fill, streams));
    }
}

#[test]
fn neighbouring_normals() {
    each(normals, "normals");
}

#[test]
fn neighbouring_uniforms() {
    each(uniform_lanes, "uniforms");
}

#[test]
fn normals_and_uniforms_of_one_address() {
    let key = Key::new(15, "innovation", "gdp");
    let [mut a, mut b] = [vec![0.0; LENGTH / 2], vec![0.0; LENGTH / 2]];
    normals(key, 0, 2026, &mut a);
    uniform_lanes(key, 0, 2026, &mut b);
    check("a normal and a uniform", &interleaved(&a, &b));
}
