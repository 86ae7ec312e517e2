//! Years that are over: what is set in them, and what that says of the innovations of others.

use super::coefficient::Coefficient;
use super::motion::{Forced, MotionOp, Node};
use super::{Model, ScoreCorrelation};
use crate::correlation::cholesky_solved;
use crate::innovation::Law;

/// A direction in which the innovations of what is known leave less than this of the variance is one that they have already.
const SINGULAR: f64 = 1e-9;

/// One year in which something is known.
#[derive(Debug, Default)]
pub(crate) struct KnownYear {
    /// Nodes that are settled before the others move, in the order of evaluation: known ones, and formulas of nothing but these.
    pub(crate) settled: Vec<usize>,
    /// Known nodes whose innovation can be told, and is correlated with others that cannot.
    pub(crate) implied: Vec<usize>,
    /// For each other score: its regression on the scores of those.
    pub(crate) gains: Vec<(usize, Vec<f64>)>,
}

/// The years in which something is known, from the first step on.
pub(super) fn years(model: &Model) -> Vec<KnownYear> {
    let last = model.nodes.iter().map(|node| node.known.len()).max().unwrap_or(0);
    (1..=last).map(|step| year(model, step)).collect()
}

fn year(model: &Model, step: usize) -> KnownYear {
    let nodes = &model.nodes;
    let mut is_settled = vec![false; nodes.len()];
    let mut settled = Vec::new();
    for &n in &model.order {
        is_settled[n] = nodes[n].is_known(step)
            || match &nodes[n].motion {
                MotionOp::Formula(f) => f.inputs.iter().all(|i| i.lag > 0 || is_settled[i.node]),
                MotionOp::Process(_) | MotionOp::Own(_) => false,
            };
        if is_settled[n] {
            settled.push(n);
        }
    }
    let told = |n: &usize| {
        let drivers_settled =
            |forced: &Forced| forced.drivers.iter().all(|drive| drive.lag > 0 || is_settled[drive.node]);
        nodes[*n].is_known(step)
            && score_of(&nodes[*n]).is_some()
            && forced_of(&nodes[*n]).is_some_and(drivers_settled)
    };
    let candidates: Vec<usize> = settled.iter().copied().filter(told).collect();
    // Scores of all other known nodes are never used.
    let free: Vec<usize> = {
        let taken: Vec<usize> =
            nodes.iter().filter(|node| node.is_known(step)).filter_map(any_score).collect();
        (0..model.scores.len()).filter(|score| !taken.contains(score)).collect()
    };
    let score = |n: usize| score_of(&nodes[n]).unwrap_or_default();
    let matters =
        |n: &usize| free.iter().any(|other| correlation(&model.correlation, score(*n), *other) != 0.0);
    let mut implied: Vec<usize> = candidates.into_iter().filter(matters).collect();
    let among = |a: usize, b: usize| correlation(&model.correlation, score(a), score(b));
    let root = independent(&mut implied, among);
    let gains = free.into_iter().filter_map(|other| {
        let with: Vec<f64> =
            implied.iter().map(|n| correlation(&model.correlation, other, score(*n))).collect();
        with.iter().any(|x| *x != 0.0).then(|| (other, cholesky_solved(|k, j| root[k][j], with)))
    });
    KnownYear { gains: gains.collect(), settled, implied }
}

impl Node {
    /// Whether its value in a step is known.
    pub(crate) fn is_known(&self, step: usize) -> bool {
        step >= 1 && step <= self.known.len()
    }
}

fn forced_of(node: &Node) -> Option<&Forced> {
    match &node.motion {
        MotionOp::Process(p) => Some(&p.forced),
        MotionOp::Own(p) => Some(&p.forced),
        MotionOp::Formula(_) => None,
    }
}

fn any_score(node: &Node) -> Option<usize> {
    forced_of(node)?.noise.as_ref().map(|noise| noise.score)
}

/// The score of a node whose innovation follows from its growth: a normal one, of the growth equation.
fn score_of(node: &Node) -> Option<usize> {
    let MotionOp::Process(p) = &node.motion else { return None };
    let noise = p.forced.noise.as_ref()?;
    let moves = !matches!(&noise.volatility, Coefficient::Course(years) if years.contains(&0.0));
    (matches!(noise.law, Law::Normal) && moves).then_some(noise.score)
}

/// Correlation of two scores.
fn correlation(of: &ScoreCorrelation, a: usize, b: usize) -> f64 {
    if a == b {
        return 1.0;
    }
    match of {
        ScoreCorrelation::Independent => 0.0,
        ScoreCorrelation::Factors { rows, .. } => {
            let load = |factor: usize| rows[b].0.iter().find(|(k, _)| *k == factor).map_or(0.0, |(_, x)| *x);
            rows[a].0.iter().map(|(factor, x)| x * load(*factor)).sum()
        }
        ScoreCorrelation::Triangular { scores, factor } => {
            let place = |score: usize| scores.iter().position(|s| *s == score);
            let (Some(a), Some(b)) = (place(a), place(b)) else { return 0.0 };
            let row = |k: usize| &factor[k * scores.len()..][..scores.len()];
            row(a).iter().zip(row(b)).map(|(x, y)| x * y).sum()
        }
    }
}

/// The Cholesky factor of the correlation of those that are not a combination of the ones before; the others are left out.
fn independent(of: &mut Vec<usize>, among: impl Fn(usize, usize) -> f64) -> Vec<Vec<f64>> {
    let mut root: Vec<Vec<f64>> = Vec::new();
    let mut kept: Vec<usize> = Vec::new();
    for &n in of.iter() {
        let mut row: Vec<f64> = Vec::with_capacity(kept.len() + 1);
        for (k, &other) in kept.iter().enumerate() {
            let before: f64 = row.iter().zip(&root[k]).map(|(x, y)| x * y).sum();
            row.push((among(n, other) - before) / root[k][k]);
        }
        let left = 1.0 - row.iter().map(|x| x * x).sum::<f64>();
        if left > SINGULAR {
            row.push(left.sqrt());
            root.push(row);
            kept.push(n);
        }
    }
    *of = kept;
    root
}
