//! Tornado: how likely the goal is with one input held low, and held high.

use super::cube::Estimate;
use super::groups::{Correlated, Input};
use super::study::{Asked, Study, without};
use crate::analyse::Goal;
use crate::error::Result;
use crate::label::Label;
use crate::model::{Draw, ParameterRule};
use crate::outcome::Probability;
use crate::simulate::{Held, Simulation, Streams, and, count};
use crate::stats::{clopper_pearson, normal};

/// The probability of meeting a goal with each input held at its 10th and at its 90th percentile, everything else drawn as
/// in the plan, and the same in both: common random numbers, so that the difference carries a paired error.
///
/// What is held:
/// * A number that is not known: its percentile. A table of parameters drawn together: the row at that percentile of the growth
///   that they lead to. A drift learned together with its volatility: the drift, at the median volatility.
/// * Yearly shocks and common factors: every year's score at `z / sqrt(years)`, so that their mean over the plan is at its
///   percentile. Correlated shocks one by one: the others are drawn given the one that is held.
/// * Events have no percentiles. The futures in which an event happens at least once are compared with the same futures without it.
/// * Regimes neither: each state is held in all years, and the worst is compared with the best.
///
/// **When not to use it.** A bar shows one input at a time: what two do together is in no bar, and an input that helps in the
/// middle and hurts at both ends has a short one. Shares of what is at stake: [`Sensitivity`](super::Sensitivity). A bar holds in
/// the plan; it is no forecast of a policy.
#[derive(Debug)]
pub struct Tornado<'a> {
    simulation: &'a Simulation<'a>,
    goal: Goal,
}

/// The bars of a tornado.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    /// The question.
    pub asked: Asked,
    /// A bar for every input that the goal depends on, the longest first.
    pub bars: Vec<Bar>,
}

/// One input held.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// The input.
    pub input: Input,
    /// Held low, or an event that does not happen.
    pub low: End,
    /// Held high, or an event that happens.
    pub high: End,
    /// The difference of both probabilities, high less low, with the interval of its paired error.
    pub swing: Estimate,
}

/// One end of a bar.
#[derive(Debug, Clone, PartialEq)]
pub struct End {
    /// At what it is held.
    pub at: Label,
    /// How likely the goal is then.
    pub probability: Probability,
}

/// The share of the lower end.
const TENTH: f64 = 0.1;

/// Below this many paths that differ, their exact intervals count as well.
const FEW: u64 = 50;

/// What is counted of an end.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    paths: u64,
    hits: u64,
    /// Met here and not at the first end.
    gained: u64,
    /// Met at the first end and not here.
    lost: u64,
}

/// One run with something held; an event is judged on the paths on which it happens.
struct Case {
    input: usize,
    at: Label,
    streams: Streams,
    event: Option<usize>,
}

impl<'a> Tornado<'a> {
    /// Of meeting a goal, with the paths, seed, threads and confidence of a simulation.
    pub fn new(simulation: &'a Simulation<'a>, goal: Goal) -> Self {
        Self { simulation, goal }
    }

    /// Runs it.
    ///
    /// # Errors
    /// As [`Sensitivity::run`](super::Sensitivity::run).
    pub fn run(&self) -> Result<Bars> {
        let study = Study::new(self.simulation, &self.goal, "a tornado", Correlated::Apart)?;
        let reached = study.reached();
        let cases: Vec<Vec<Case>> = reached.iter().map(|k| cases(&study, *k)).collect();
        let ends: usize = cases.iter().map(|cases| cases.len() * cases.len()).sum();
        // Hits of the plain run; then, for every input, each end against each.
        let found = study.survey.pass(
            || study.desk(),
            || (0, vec![Counts::default(); ends]),
            |desk, first, len, (hits, counts)| {
                desk.simulate(first, len)?;
                let plain = study.success.bits(&desk.workspace);
                *hits += count(&plain);
                let mut counts = counts.iter_mut();
                for cases in &cases {
                    let mut met = Vec::with_capacity(cases.len());
                    let mut valid = crate::simulate::first_lanes(len);
                    for case in cases {
                        met.push(match case.event {
                            // The plan itself, where the event happens; the case without it, just run, has the same parameters.
                            Some(event) => {
                                valid = and(&valid, &desk.ever_happens(event));
                                plain
                            }
                            None => study.met(desk, &case.streams, first, len)?,
                        });
                    }
                    for low in &met {
                        for high in &met {
                            let (low, high) = (and(low, &valid), and(high, &valid));
                            let Some(counts) = counts.next() else { continue };
                            counts.paths += count(&valid);
                            counts.hits += count(&high);
                            counts.gained += count(&without(&high, &low));
                            counts.lost += count(&without(&low, &high));
                        }
                    }
                }
                Ok(())
            },
            |(hits, total), (more, later)| {
                *hits += more;
                for (total, later) in total.iter_mut().zip(later) {
                    total.paths += later.paths;
                    total.hits += later.hits;
                    total.gained += later.gained;
                    total.lost += later.lost;
                }
            },
        )?;
        let (hits, mut counts) = (found.0, found.1.as_slice());
        let asked = study.asked(hits)?;
        let mut bars = Vec::with_capacity(cases.len());
        for cases in cases {
            let (of_input, rest) = counts.split_at(cases.len() * cases.len());
            counts = rest;
            // What never happens has no second end.
            bars.extend(bar(&study.inputs, &cases, of_input, asked.about.confidence));
        }
        bars.sort_by(|a, b| b.swing.estimate.abs().total_cmp(&a.swing.estimate.abs()));
        Ok(Bars { asked, bars })
    }
}

/// The bar between the two ends that differ most, in the order in which they are listed; none where one of them comes about on no path.
fn bar(inputs: &[Input], cases: &[Case], counts: &[Counts], confidence: f64) -> Option<Bar> {
    let n = cases.len();
    let hits = |k: usize| counts[k].hits;
    let lowest = (0..n).min_by_key(|k| (hits(*k), *k)).unwrap_or(0);
    let highest = (0..n).max_by_key(|k| (hits(*k), n - *k)).unwrap_or(0);
    // Two ends keep their order, of which the second is the higher value; of several states the worst comes first.
    let (low, high) = if n == 2 { (0, 1) } else { (lowest, highest) };
    let pair = counts[low * n + high];
    if pair.paths == 0 {
        return None;
    }
    let end = |k: usize| End {
        at: cases[k].at.clone(),
        probability: Probability::counted(counts[k].hits, counts[k].paths, confidence),
    };
    Some(Bar {
        input: inputs[cases[low].input].clone(),
        low: end(low),
        high: end(high),
        swing: paired(pair.gained, pair.lost, pair.paths, confidence),
    })
}

/// The difference of two shares of the same paths, from those on which they differ: its normal interval, and where these are few the
/// exact intervals of both counts.
fn paired(gained: u64, lost: u64, paths: u64, confidence: f64) -> Estimate {
    if paths == 0 {
        return Estimate { estimate: 0.0, low: -1.0, high: 1.0 };
    }
    let n = paths as f64;
    let (estimate, sizes) = ((gained as f64 - lost as f64) / n, (gained + lost) as f64 / n);
    let reach = normal::two_sided(confidence) * ((sizes - estimate * estimate).max(0.0) / n).sqrt();
    let (mut low, mut high) = (estimate - reach, estimate + reach);
    if gained + lost < FEW {
        let (up, down) =
            (clopper_pearson(gained, paths, confidence), clopper_pearson(lost, paths, confidence));
        low = low.min(up.low - down.high);
        high = high.max(up.high - down.low);
    }
    Estimate { estimate, low, high }
}

/// The ends of an input: two, or one a state of a regime.
fn cases(study: &Study<'_>, input: usize) -> Vec<Case> {
    let (model, scenario) = (&study.model, study.survey.scenario);
    let of = |at: Label, held: Vec<Held>, event: Option<usize>| {
        let mut streams = study.own();
        streams.held = held;
        if let Some(Held::Score(score, _)) = streams.held.first() {
            // First in the order: the others are drawn given it.
            streams.correlation = model.correlation.reordered(&[*score]);
        }
        Case { input, at, streams, event }
    };
    let both = |en: &str, zh: &str| Label::both(en, Some(zh.into()));
    let draws = &study.inputs[input].draws;
    match draws[..] {
        [Draw::Event(k)] => vec![
            of(both("does not happen", "不发生"), vec![Held::NoEvent(k)], None),
            of(both("happens", "发生"), Vec::new(), Some(k)),
        ],
        [Draw::Regime(k)] => {
            let states = scenario.regimes().get(&model.regimes[k].name).map(|regime| regime.states.clone());
            let states = states.unwrap_or_default().into_iter().enumerate();
            states.map(|(state, name)| of(Label::new(name), vec![Held::Regime(k, state)], None)).collect()
        }
        _ => {
            let yearly = (model.horizon.steps() as f64).sqrt();
            let end = |share: f64, en: &str, zh: &str| {
                let z = normal::quantile(share);
                let held = draws.iter().filter_map(|draw| match *draw {
                    Draw::Parameter(k) => {
                        let at = match &model.parameters.list[k].rule {
                            ParameterRule::Rank { .. } => share,
                            // The volatility beside a drift.
                            _ if is_scale(study, draws, k) => 0.0,
                            _ => z,
                        };
                        Some(Held::Parameter(k, at))
                    }
                    Draw::Score(k) => Some(Held::Score(k, z / yearly)),
                    Draw::Factor(k) => Some(Held::Factor(k, z / yearly)),
                    Draw::Tail => Some(Held::Tail(z / yearly)),
                    Draw::Event(_) | Draw::Regime(_) => None,
                });
                of(both(en, zh), held.collect(), None)
            };
            vec![
                end(TENTH, "10th percentile", "第10百分位"),
                end(1.0 - TENTH, "90th percentile", "第90百分位"),
            ]
        }
    }
}

/// Whether another draw of the same input is made given this one.
fn is_scale(study: &Study<'_>, draws: &[Draw], parameter: usize) -> bool {
    draws.iter().any(|draw| match draw {
        Draw::Parameter(k) => {
            matches!(study.model.parameters.list[*k].rule, ParameterRule::Given { sd, .. } if sd == parameter)
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paired_difference_is_that_of_the_paths_that_differ() {
        // 300 gained, 100 lost of 10 000: 0.02, variance (0.04 - 0.0004)/10 000.
        let found = paired(300, 100, 10_000, 0.95);
        let reach = 1.959_964 * (0.0396_f64 / 10_000.0).sqrt();
        assert!((found.estimate - 0.02).abs() < 1e-15);
        assert!((found.high - 0.02 - reach).abs() < 1e-8 && (0.02 - found.low - reach).abs() < 1e-8);
        // None differs: up to what no hit leaves open.
        let none = paired(0, 0, 1000, 0.95);
        assert!((none.high - 0.003_682).abs() < 1e-6 && none.low == -none.high);
        assert_eq!(paired(0, 0, 0, 0.95).high, 1.0);
    }
}
