//! From the question to the answer: who is asked, and who is believed.

use super::aim::Aim;
use super::importance::{ENOUGH, Proposal, Weighed};
use super::search::{Design, dot, search};
use super::space::Space;
use super::splitting::{Replicate, climb};
use super::{Checks, Method, Rare, RareSuccess, story};
use crate::analyse::Estimate;
use crate::analyse::goal::Success;
use crate::error;
use crate::model::Model;
use crate::outcome::{Outcome, Probability};
use crate::simulate::{Block, Broken, Observer, Survey, count};
use crate::stats::special::{Tails, student_quantile};
use crate::stats::{clopper_pearson, mean_of_replicates, wilson_of};

/// Below this many plain hits splitting is a second witness.
const FEW: u64 = 100;
/// With so many plain hits their standard error is worth comparing.
const SOME: u64 = 20;
/// Replicates of splitting as a witness, and as the answer.
const WITNESSES: usize = 8;
const REPLICATES: usize = 32;
/// Standard errors at which two estimates contradict each other.
const CONTRADICTION: f64 = 4.0;
/// A way whose exponent is so much larger than that of the most likely one has about a 10 000th of its probability.
const NEGLIGIBLE: f64 = 9.0;

/// Counts the paths that succeed.
struct Hits(Success);

impl Observer for Hits {
    type Part = u64;
    fn start(&self) -> u64 {
        0
    }
    fn observe(&self, block: &Block<'_>, part: &mut u64) {
        *part += count(&self.0.bits_of(block));
    }
    fn merge(&self, total: &mut u64, later: u64) {
        *total += later;
    }
}

pub(super) fn run(question: &RareSuccess<'_>) -> error::Result<Rare> {
    let survey = question.simulation.survey("rare success")?;
    let model = Model::compile(survey.scenario)?;
    let aim = Aim::new(&question.goal, survey.scenario, &model)?;
    let (outcome, hits) = question.simulation.run_with(&Hits(aim.success.clone()))?;
    let plain = outcome.counted(hits, outcome.paths);
    let space = Space::new(&model, aim, survey.seed);

    let ways = ways(&space, &outcome);
    let from_middle = survey.each(1, |_| designs(&space, &ways, &vec![0.0; space.size()]))?;
    let mut designs_found = from_middle.concat();
    let is_asked = |method| question.method == Some(method);
    let mut ladder = None;
    if designs_found.is_empty() || hits < FEW || is_asked(Method::Splitting) {
        ladder = climb(&space, &survey)?;
    }
    // Where tangents from the middle lead nowhere, from a path that succeeded.
    if let (true, Some(ladder)) = (designs_found.is_empty(), &ladder) {
        designs_found = survey.each(1, |_| designs(&space, &ways, &ladder.nearest))?.concat();
    }

    let mut proposal = pilots(&space, &survey, &designs_found)?;
    let is_poor = proposal.as_ref().is_some_and(|(_, effective)| *effective < ENOUGH);
    if is_poor && ladder.is_none() {
        ladder = climb(&space, &survey)?;
    }
    let mut replicates = match &ladder {
        Some(ladder) => ladder.replicates(&space, &survey, WITNESSES)?,
        None => Vec::new(),
    };
    if let (true, Some((proposal, _))) = (is_poor, &mut proposal) {
        let successes: Vec<Vec<f64>> = replicates.iter().flat_map(|r| r.successes.iter().cloned()).collect();
        *proposal = proposal.learned(&space, &survey, &designs_found, &successes)?;
    }
    let weighed = proposal.map(|(proposal, _)| proposal.weigh(&space, &survey)).transpose()?;
    let by_weights = weighed.as_ref().map(|weighed| {
        let (p, error) = weighed.estimate();
        with_error(p, error, survey.confidence)
    });
    let witness = by_replicates(&replicates, survey.confidence);
    let checks = weighed.as_ref().zip(by_weights).map(|(w, p)| checks(w, &p, &plain, witness.as_ref()));
    let is_believed = checks.is_some_and(|checks| checks.hold());
    if is_asked(Method::Splitting) || (question.method.is_none() && !is_believed) {
        if ladder.is_none() {
            ladder = climb(&space, &survey)?;
        }
        if let Some(ladder) = &ladder {
            replicates = ladder.replicates(&space, &survey, REPLICATES)?;
        }
    }
    let splitting = by_replicates(&replicates, survey.confidence);

    let of_plain = of_plain(&plain);
    let more_precise = |split: &Estimate| match (split.relative_error(), of_plain.relative_error()) {
        (Some(split), Some(plain)) => split < plain,
        (Some(_), None) => true,
        (None, _) => false,
    };
    let (method, probability) = match (question.method, by_weights, splitting) {
        (Some(Method::ImportanceSampling), Some(p), _) => (Method::ImportanceSampling, p),
        (Some(Method::Splitting), _, Some(p)) => (Method::Splitting, p),
        (None, Some(p), _) if is_believed => (Method::ImportanceSampling, p),
        (None, _, Some(p)) if more_precise(&p) => (Method::Splitting, p),
        _ => (Method::Plain, of_plain),
    };
    let effective = match (method, &weighed) {
        (Method::ImportanceSampling, Some(weighed)) => weighed.effective(),
        (Method::Splitting, _) => {
            probability.relative_error().map_or(0.0, |error| (1.0 - probability.estimate) / (error * error))
        }
        _ => hits as f64,
    };
    let paths = match (method, &ladder) {
        (Method::ImportanceSampling, _) => survey.paths,
        (Method::Splitting, Some(ladder)) => ladder.paths() * replicates.len() as u64,
        _ => outcome.paths,
    };
    // What a proposal is learned from is paid for as well.
    let learned_from = match (method, &ladder) {
        (Method::ImportanceSampling, Some(ladder)) if is_poor => ladder.paths() * WITNESSES as u64,
        _ => 0,
    };
    let p = probability.estimate;
    let gain = match probability.error > 0.0 {
        true => p * (1.0 - p) / (probability.error * probability.error) / (paths + learned_from) as f64,
        false => 1.0,
    };

    let length = |design: &&Design| dot(&design.z, &design.z);
    let nearest = designs_found.iter().min_by(|a, b| length(a).total_cmp(&length(b))).cloned();
    let by_chance =
        || ladder.as_ref().map(|l| Design { z: l.nearest.clone(), leaves: Vec::new(), faces: Vec::new() });
    let story = match nearest.or_else(by_chance) {
        Some(design) => {
            let averages = averages(weighed.as_ref().filter(|_| is_believed), &replicates, &design);
            let told = |_| story::tell(&space, survey.scenario, &outcome, &design, &averages);
            survey.each(1, told)?.pop()
        }
        None => None,
    };
    let goal = question.goal.name(survey.scenario)?;
    let effective_sample_size = effective;
    Ok(Rare {
        goal,
        probability,
        method,
        effective_sample_size,
        gain,
        paths,
        plain,
        splitting,
        checks,
        story,
        outcome,
    })
}

/// The sets of targets that make a success, the likeliest first.
fn ways(space: &Space<'_>, outcome: &Outcome) -> Vec<Vec<usize>> {
    let likely = |leaf: &super::aim::Leaf| outcome.targets[leaf.target].probability.estimate;
    space.aim.ways(&space.aim.leaves.iter().map(likely).collect::<Vec<_>>())
}

/// The most likely point of each way, without those that are far less likely than the best.
fn designs(space: &Space<'_>, ways: &[Vec<usize>], start: &[f64]) -> Result<Vec<Design>, Broken> {
    let mut bench = space.bench(false);
    let mut found: Vec<Design> = Vec::new();
    for way in ways {
        found.extend(search(space, &mut bench, way, start)?);
    }
    let length = |design: &Design| 0.5 * dot(&design.z, &design.z);
    let best = found.iter().map(length).fold(f64::INFINITY, f64::min);
    found.retain(|design| length(design) < best + NEGLIGIBLE);
    Ok(found)
}

/// Where paths are led by tangents at some points, and the effective hits of the last pilot; none without a point.
fn pilots(
    space: &Space<'_>,
    survey: &Survey<'_>,
    designs: &[Design],
) -> error::Result<Option<(Proposal, f64)>> {
    if designs.is_empty() {
        return Ok(None);
    }
    let mut proposal = (Proposal::new(designs, survey.seed), 0.0);
    for round in 0..2 {
        proposal = proposal.0.improved(space, survey, round)?;
    }
    Ok(Some(proposal))
}

/// A probability with its standard error, and the interval of as many independent hits and misses as have this error.
fn with_error(estimate: f64, error: f64, confidence: f64) -> Estimate {
    let variance = error * error;
    if !(variance > 0.0) {
        return Estimate { estimate, error, low: estimate, high: estimate };
    }
    let trials = estimate * (1.0 - estimate) / variance;
    let interval = wilson_of(trials * estimate, trials * (1.0 - estimate), confidence);
    Estimate { estimate, error, low: interval.low, high: interval.high }
}

/// The mean of replicates, with Student's t interval of its logarithm, which is nearer to normal; none without a hit.
fn by_replicates(replicates: &[Replicate], confidence: f64) -> Option<Estimate> {
    let values: Vec<f64> = replicates.iter().map(|replicate| replicate.probability).collect();
    let (estimate, error) = mean_of_replicates(&values).filter(|(mean, _)| *mean > 0.0)?;
    let tail = 0.5 * (1.0 - confidence);
    let t = student_quantile(values.len() as f64 - 1.0, Tails { lower: 1.0 - tail, upper: tail });
    let reach = libm::exp(t * error / estimate);
    Some(Estimate { estimate, error, low: estimate / reach, high: (estimate * reach).min(1.0) })
}

fn of_plain(plain: &Probability) -> Estimate {
    let Probability { estimate, low, high, paths, .. } = *plain;
    Estimate { estimate, error: (estimate * (1.0 - estimate) / paths.max(1) as f64).sqrt(), low, high }
}

fn checks(weighed: &Weighed, p: &Estimate, plain: &Probability, witness: Option<&Estimate>) -> Checks {
    // On the scale of logarithms, on which errors of rare probabilities are even.
    let agree = |other: &Estimate| match (p.relative_error(), other.relative_error()) {
        (Some(a), Some(b)) => {
            libm::log(p.estimate / other.estimate).abs() <= CONTRADICTION * (a * a + b * b).sqrt()
        }
        _ => false,
    };
    let of_plain = match plain.hits >= SOME && plain.hits < plain.paths {
        true => agree(&of_plain(plain)),
        false => {
            let interval = clopper_pearson(plain.hits, plain.paths, 0.9999);
            interval.low <= p.high && p.low <= interval.high
        }
    };
    Checks {
        effective: weighed.effective() >= Checks::LEAST_EFFECTIVE,
        weights: weighed.largest_share() <= Checks::LARGEST_SHARE,
        plain: of_plain,
        splitting: (plain.hits < FEW).then(|| witness.is_some_and(agree)),
    }
}

/// Means of the draws over the paths that succeed; the point itself where nothing tells them.
fn averages(weighed: Option<&Weighed>, replicates: &[Replicate], design: &Design) -> Vec<f64> {
    if let Some(weighed) = weighed.filter(|weighed| weighed.sum > 0.0) {
        return weighed.draws.iter().map(|sum| sum / weighed.sum).collect();
    }
    let all: f64 = replicates.iter().map(|replicate| replicate.probability).sum();
    if !(all > 0.0) {
        return design.z.clone();
    }
    let mean = |i: usize| replicates.iter().map(|r| r.probability * r.mean(i)).sum::<f64>() / all;
    (0..design.z.len()).map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_of_replicates_is_that_of_their_spread() {
        // Mean 3, variance (4 + 1 + 0 + 9) / 3; the interval by t of 3 degrees of freedom at 97.5 %, 3.182446.
        let values = [1e-6, 2e-6, 3e-6, 6e-6];
        let replicates = values.map(|probability| Replicate { probability, successes: Vec::new() });
        let p = by_replicates(&replicates, 0.95).expect("an estimate");
        let error = (14.0_f64 / 3.0 / 4.0).sqrt();
        assert!((p.estimate / 3e-6 - 1.0).abs() < 1e-12 && (p.error / (1e-6 * error) - 1.0).abs() < 1e-12);
        let reach = libm::exp(3.182_446 * error / 3.0);
        assert!((p.low * reach / 3e-6 - 1.0).abs() < 1e-6 && (p.high / reach / 3e-6 - 1.0).abs() < 1e-6);
        assert!(by_replicates(&[], 0.95).is_none());
    }

    #[test]
    fn an_error_has_the_interval_of_as_many_trials() {
        // 0.2 +- 0.04 is what 100 trials with 20 hits say: Wilson's interval of them is 0.1334 to 0.2888.
        let p = with_error(0.2, 0.04, 0.95);
        assert!((p.low - 0.1334).abs() < 1e-4 && (p.high - 0.2888).abs() < 1e-4, "{p:?}");
    }
}
