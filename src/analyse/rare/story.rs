//! The most likely way in which everything is met, told by what it takes.

use super::search::{Design, dot};
use super::space::Space;
use super::words;
use crate::label::Label;
use crate::model::ScoreCorrelation;
use crate::outcome::Outcome;
use crate::scenario::Scenario;
use crate::simulate::{Broken, Draw};
use crate::time::Year;

/// The most likely way to succeed: of all paths that do, the one whose draws are nearest to their middle.
///
/// No single path is likely; this one is where those that succeed are densest, and the rest of them lie around and beyond it.
/// So it says what has to go well, not what will.
#[derive(Debug, Clone)]
pub struct Story {
    /// How far its draws are from their middle, all together, in standard deviations: 0 when the path without any surprise succeeds.
    pub distance: f64,
    /// What helps, the most important first; what is within 0.005 standard deviations of its middle is left out.
    pub helps: Vec<Help>,
    /// The targets that hold the path back, the hardest first: it meets them just so.
    pub tight: Vec<Tight>,
    /// Every indicator, the one that is furthest from its median first.
    pub courses: Vec<Course>,
}

/// Something that is drawn and has to help, or is bent by what has to.
#[derive(Debug, Clone, PartialEq)]
pub struct Help {
    /// What is drawn, in words: `Real GDP: average growth`.
    pub name: Label,
    /// What kind of thing it is.
    pub kind: HelpKind,
    /// The year; none for what is drawn once.
    pub year: Option<Year>,
    /// How far it is from its middle on the most likely way, in standard deviations; positive is a higher value.
    pub deviation: f64,
    /// The same on average over all paths that succeed.
    pub average: f64,
    /// Which share of the squared distance of the path it has. All shares add up to 1; of correlated shocks one can be below 0.
    pub share: f64,
}

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HelpKind {
    /// What is not known: a parameter, a starting level, an uncertain bound.
    Unknown,
    /// The shock of an indicator in a year; with common factors its own part.
    Shock,
    /// A common factor in a year.
    Factor,
    /// Whether an event happens in a year (a low value: it does), or how severe it is.
    Event,
    /// Where a regime goes in a year.
    Regime,
    /// How wild a year is, where innovations have a Student t law.
    Wildness,
}

/// A target that is met just so.
#[derive(Debug, Clone, PartialEq)]
pub struct Tight {
    /// Position in [`Outcome::targets`].
    pub target: usize,
    /// By how much half of the squared distance of the path would fall if the bound were easier by one standard deviation of what meets
    /// it, to first order. It is also about by how much the logarithm of the probability would rise.
    pub pull: f64,
}

/// The course of an indicator on the most likely way, beside all paths.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// Position in [`Outcome::indicators`].
    pub indicator: usize,
    /// Levels from the base year on, in the unit of the indicator.
    pub path: Vec<f64>,
    /// The median of all paths; joined over the years it is no path.
    pub median: Vec<f64>,
    /// How far the path is from the median in the last year: in units of the distance from the median to the 16 % or 84 % quantile, whichever is on
    /// its side. 0 where all paths are there.
    pub deviation: f64,
}

/// Below this a draw is at its middle.
const NOTHING: f64 = 0.005;
/// A bound that pulls less is not tight.
const SLACK: f64 = 0.01;

/// Tells the story of a point; `averages` are the means of the draws over the paths that succeed.
pub(super) fn tell(
    space: &Space<'_>,
    scenario: &Scenario,
    outcome: &Outcome,
    design: &Design,
    averages: &[f64],
) -> Result<Story, Broken> {
    let mut bench = space.bench(true);
    let mut z = space.rows();
    z.iter_mut().zip(&design.z).for_each(|(row, z)| row.fill(*z));
    bench.simulate(&z, 0, 1)?;
    bench.show();
    let mut courses: Vec<Course> = outcome
        .indicators
        .iter()
        .enumerate()
        .map(|(indicator, of)| {
            let path = bench.course(indicator);
            let median: Vec<f64> = of.bands.iter().map(|band| band.quantiles.median()).collect();
            let deviation = match (of.bands.last(), path.last(), median.last()) {
                (Some(band), Some(at), Some(median)) => {
                    let (low, high) = band.quantiles.central(0.68);
                    let width = if at > median { high - median } else { median - low };
                    if width > 0.0 { (at - median) / width } else { 0.0 }
                }
                _ => 0.0,
            };
            Course { indicator, path, median, deviation }
        })
        .collect();
    courses.sort_by(|a, b| b.deviation.abs().total_cmp(&a.deviation.abs()));
    let mut tight: Vec<Tight> = Vec::new();
    for face in design.faces.iter().filter(|face| face.pull > SLACK) {
        let target = space.aim.leaves[face.leaf].target;
        match tight.iter_mut().find(|tight| tight.target == target) {
            Some(tight) => tight.pull += face.pull,
            None => tight.push(Tight { target, pull: face.pull }),
        }
    }
    tight.sort_by(|a, b| b.pull.total_cmp(&a.pull));
    let squared = dot(&design.z, &design.z);
    Ok(Story { distance: squared.sqrt(), helps: helps(space, scenario, &design.z, averages), tight, courses })
}

fn helps(space: &Space<'_>, scenario: &Scenario, z: &[f64], averages: &[f64]) -> Vec<Help> {
    let squared = dot(z, z).max(f64::MIN_POSITIVE);
    let own = z.iter().map(|z| z * z).collect();
    let [mut deviations, mut averages, mut shares] = [z.to_vec(), averages.to_vec(), own];
    correlate(space, &mut deviations, &mut averages, &mut shares);
    let base = scenario.horizon().base().0;
    let mut out: Vec<Help> = space
        .draws
        .iter()
        .enumerate()
        .filter(|(i, _)| deviations[*i].abs() > NOTHING)
        .map(|(i, draw)| {
            let (kind, step) = match draw {
                Draw::Parameter(_) => (HelpKind::Unknown, None),
                Draw::Factor { step, .. } => (HelpKind::Factor, Some(*step)),
                Draw::Score { step, .. } => (HelpKind::Shock, Some(*step)),
                Draw::Tail { step } => (HelpKind::Wildness, Some(*step)),
                Draw::Occurrence { step, .. } | Draw::Severity { step, .. } => (HelpKind::Event, Some(*step)),
                Draw::Regime { step, .. } => (HelpKind::Regime, Some(*step)),
            };
            Help {
                name: words::of(space.model, scenario, draw),
                kind,
                year: step.map(|step| Year(base + step as i32)),
                deviation: deviations[i],
                average: averages[i],
                share: shares[i] / squared,
            }
        })
        .collect();
    out.sort_by(|a, b| b.share.total_cmp(&a.share));
    out
}

/// From the draws to the shocks that they make, where those are correlated by a matrix: s = L z, and |z|^2 = sum of s_i (R^-1 s)_i, which is
/// s_i (L^-T z)_i.
fn correlate(space: &Space<'_>, deviations: &mut [f64], averages: &mut [f64], shares: &mut [f64]) {
    let ScoreCorrelation::Triangular { scores, factor } = &space.model.correlation else { return };
    let n = scores.len();
    for step in 1..=space.model.horizon.steps() {
        let place =
            |score: &usize| space.draws.iter().position(|draw| *draw == Draw::Score { score: *score, step });
        let places: Option<Vec<usize>> = scores.iter().map(place).collect();
        let Some(places) = places else { continue };
        let read = |from: &[f64]| places.iter().map(|place| from[*place]).collect::<Vec<f64>>();
        let product =
            |z: &[f64]| (0..n).map(|i| dot(&factor[i * n..=i * n + i], &z[..=i])).collect::<Vec<_>>();
        let (z, mean) = (read(deviations), read(averages));
        let mut solved = z.clone();
        for i in (0..n).rev() {
            let known: f64 = (i + 1..n).map(|j| factor[j * n + i] * solved[j]).sum();
            // A correlation matrix that is singular leaves a draw without effect.
            let own = factor[i * n + i];
            solved[i] = if own > 1e-9 { (solved[i] - known) / own } else { 0.0 };
        }
        let (shocks, means) = (product(&z), product(&mean));
        for (i, place) in places.iter().enumerate() {
            deviations[*place] = shocks[i];
            averages[*place] = means[i];
            shares[*place] = shocks[i] * solved[i];
        }
    }
}
