//! The same questions put to a simulation: what its innovations really were.

use crate::battery::{self, LENGTH};
use crate::cells::{Cells, DRAWS};
use crate::laws::two_piece;
use crate::neighbours::interleaved;
use plancast::innovation::{StudentT, TwoPiece};
use plancast::prelude::*;
use plancast::simulate::{Block, Observer};
use plancast::stats::normal;

/// Years of the plan, 2026 to 2030.
const YEARS: usize = 5;

/// A plan of indicators that are the sums of their innovations.
fn plan(laws: &[(&str, Option<Innovation>)]) -> Scenario {
    let sum = || IndicatorDraft::new("A sum", "1").link(Link::Identity).baseline(0.0);
    let mut plan = Scenario::builder("Sums", 2025, 2025 + YEARS as i32);
    for (id, law) in laws {
        let indicator = sum().process(RandomWalk::new(0.0, 1.0));
        plan = plan.indicator(
            *id,
            match law {
                Some(law) => indicator.innovation(law.clone()),
                None => indicator,
            },
        );
    }
    plan = plan.target("t", TargetDraft::level(laws[0].0).at_least(0.0));
    plan.correlation(CorrelationDraft::Independent).build().unwrap()
}

/// The innovations of a block: of an indicator in a year (1 ..).
fn innovations<'a>(block: &'a Block<'_>, indicator: usize, year: usize) -> impl Iterator<Item = f64> + 'a {
    let level = |step| block.level(indicator, step).unwrap();
    level(year).iter().zip(level(year - 1)).map(|(now, before)| now - before)
}

/// Counts the innovations of each indicator by the distribution function of its law.
struct Shapes<'a>(Vec<&'a (dyn Fn(f64) -> f64 + Sync)>);

impl Observer for Shapes<'_> {
    type Part = Vec<Cells>;

    fn start(&self) -> Vec<Cells> {
        self.0.iter().map(|_| Cells::new()).collect()
    }

    fn observe(&self, block: &Block<'_>, part: &mut Vec<Cells>) {
        for (indicator, (cdf, cells)) in self.0.iter().zip(part).enumerate() {
            for year in 1..=YEARS {
                innovations(block, indicator, year).for_each(|e| cells.add(cdf(e)));
            }
        }
    }

    fn merge(&self, total: &mut Vec<Cells>, later: Vec<Cells>) {
        total.iter_mut().zip(&later).for_each(|(total, later)| total.merge(later));
    }
}

/// The law of each year is new, so that five years of two million paths are ten million independent draws.
#[test]
fn laws_of_the_innovations() {
    let scenario = plan(&[
        ("normal", None),
        ("student", Some(Innovation::StudentT(StudentT { df: 4.0 }))),
        ("skewed", Some(Innovation::TwoPiece(TwoPiece { ratio: 1.8 }))),
    ]);
    // Unit variance: the law with 4 degrees of freedom, in closed form, is shrunk by sqrt(2/4).
    let student = |e: f64| {
        let t = e * 2.0_f64.sqrt();
        let s = t / (4.0 + t * t).sqrt();
        (0.5 + 0.75 * (s - s * s * s / 3.0)).clamp(0.0, 1.0)
    };
    let skewed = |e: f64| two_piece(1.8, e);
    let shapes = Shapes(vec![&normal::cdf, &student, &skewed]);
    let paths = (DRAWS / YEARS) as u64;
    let (_, cells) = Simulation::new(&scenario).paths(paths).seed(15).run_with(&shapes).unwrap();
    for (cells, what) in cells.iter().zip(["normal", "Student t", "two-piece"]) {
        cells.check(&format!("{what} innovations of a run"));
    }
}

/// Keeps the innovations as uniform numbers: `part[indicator][year - 1]`, path by path.
struct Keep {
    indicators: usize,
    years: usize,
}

impl Observer for Keep {
    type Part = Vec<Vec<Vec<f64>>>;

    fn start(&self) -> Self::Part {
        vec![vec![Vec::new(); self.years]; self.indicators]
    }

    fn observe(&self, block: &Block<'_>, part: &mut Self::Part) {
        for (indicator, years) in part.iter_mut().enumerate() {
            for (year, kept) in (1..).zip(years) {
                kept.extend(innovations(block, indicator, year).map(normal::cdf));
            }
        }
    }

    fn merge(&self, total: &mut Self::Part, later: Self::Part) {
        for (total, later) in total.iter_mut().flatten().zip(later.into_iter().flatten()) {
            total.extend(later);
        }
    }
}

#[test]
fn neighbours_in_a_run() {
    let scenario = plan(&[("a", None), ("b", None)]);
    let kept = |seed: u64, keep: Keep, paths: usize| {
        let (_, kept) = Simulation::new(&scenario).paths(paths as u64).seed(seed).run_with(&keep).unwrap();
        kept
    };
    let whole = kept(15, Keep { indicators: 1, years: 1 }, LENGTH);
    battery::check("a run: paths", &whole[0][0]);
    let run = kept(15, Keep { indicators: 2, years: 3 }, LENGTH / 2);
    assert_eq!(run[0][0], whole[0][0][..LENGTH / 2], "more paths keep the first ones");
    let check = |what: &str, a: &[f64], b: &[f64]| {
        battery::check(&format!("a run: {what}"), &interleaved(a, b));
    };
    check("2026 and 2027", &run[0][0], &run[0][1]);
    check("2027 and 2028", &run[0][1], &run[0][2]);
    check("indicators", &run[0][0], &run[1][0]);
    let next = kept(16, Keep { indicators: 1, years: 1 }, LENGTH / 2);
    check("seeds", &run[0][0], &next[0][0]);
}
