//! Which of the boxes is recommended, and how often other samples would bring the same one about.

use super::prim::{Prim, PrimBox, Table};
use crate::random::{Key, uniform_at};
use rayon::prelude::*;

/// A restriction that brings less than this of Youden's J is not worth its words.
const WORTH: f64 = 0.01;

/// P(within | it happens) - P(within | it does not): 0 for the box of everything.
pub(super) fn youden(found: &PrimBox, table: &Table<'_>) -> f64 {
    let (cases, hits) = (table.cases.len(), table.hits(table.cases));
    let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
    share(found.hits, hits) - share(found.cases - found.hits, cases - hits)
}

/// Position of the box with the greatest J, the first of several.
pub(super) fn best(boxes: &[PrimBox], table: &Table<'_>) -> usize {
    let mut best = 0;
    let worth: Vec<f64> = boxes.iter().map(|found| youden(found, table)).collect();
    for (k, j) in worth.iter().enumerate() {
        if *j > worth[best] {
            best = k;
        }
    }
    best
}

/// The box without the restrictions that are not worth it, and with no more than `most`: one goes at a time, that which costs least.
pub(super) fn simpler(mut found: PrimBox, most: usize, table: &Table<'_>) -> PrimBox {
    while !found.restrictions.is_empty() {
        let without = |k: usize| {
            let mut less = found.clone();
            less.restrictions.remove(k);
            less.told(table)
        };
        let mut cheapest: Option<(f64, PrimBox)> = None;
        for less in (0..found.restrictions.len()).map(without) {
            let j = youden(&less, table);
            if cheapest.as_ref().is_none_or(|(most, _)| j > *most) {
                cheapest = Some((j, less));
            }
        }
        match cheapest {
            Some((j, less)) if found.restrictions.len() > most || youden(&found, table) - j < WORTH => {
                found = less
            }
            _ => break,
        }
    }
    found
}

/// How often each end of each restriction of a box comes about again when the search is repeated on samples drawn with replacement
/// from its cases, and simplified by the same rule: (low, high), as shares of the samples.
pub(super) fn again(
    found: &PrimBox,
    table: &Table<'_>,
    (prim, most): (Prim, usize),
    (seed, samples): (u64, u32),
) -> Vec<(f64, f64)> {
    let key = Key::new(seed, "discovery", "bootstrap");
    let n = table.cases.len();
    let search = |sample: u64| {
        let draw =
            |k: usize| table.cases[((uniform_at(key, sample, k as u32) * n as f64) as usize).min(n - 1)];
        let cases: Vec<u32> = (0..n).map(draw).collect();
        let drawn = Table { cases: &cases, ..*table };
        let boxes = prim.run_on(&drawn);
        simpler(boxes[best(&boxes, &drawn)].clone(), most, &drawn)
    };
    let others: Vec<PrimBox> = (0..u64::from(samples)).into_par_iter().map(search).collect();
    let share = |has: &dyn Fn(&PrimBox) -> bool| {
        others.iter().filter(|other| has(other)).count() as f64 / f64::from(samples.max(1))
    };
    let ends = found.restrictions.iter().map(|own| {
        let same = |other: &PrimBox| other.restrictions.iter().find(|r| r.feature == own.feature).copied();
        let low = share(&|other| same(other).is_some_and(|r| r.low.is_some()));
        let high = share(&|other| same(other).is_some_and(|r| r.high.is_some()));
        (low, high)
    });
    ends.collect()
}
