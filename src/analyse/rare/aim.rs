//! What has to happen, taken apart: targets with their distances, and the ways in which they make a success.

use crate::analyse::goal::{Goal, Success};
use crate::error::Result;
use crate::model::{ConditionOp, Model};
use crate::scenario::Scenario;
use crate::simulate::{Row, distances_of};
use std::ops::Range;

/// The most ways to succeed that are looked at.
const MOST_WAYS: usize = 6;

/// A goal as the search sees it.
pub(super) struct Aim {
    pub(super) success: Success,
    /// The targets that are bounded, each once.
    pub(super) leaves: Vec<Leaf>,
    want: Want,
}

/// A target that is bounded.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    pub(super) target: usize,
    /// Its distances among all of them.
    pub(super) rows: Range<usize>,
}

/// What makes a success of the leaves.
enum Want {
    Met(usize),
    AtLeast(usize, Vec<Want>),
}

impl Aim {
    pub(super) fn new(goal: &Goal, scenario: &Scenario, model: &Model) -> Result<Self> {
        let mut leaves = Vec::new();
        let members = goal.positions(scenario)?;
        let of: Vec<Want> = members.iter().map(|target| want(model, *target, &mut leaves)).collect();
        Ok(Self { success: goal.resolve(scenario)?, leaves, want: Want::AtLeast(of.len(), of) })
    }

    /// Number of distances.
    pub(super) fn rows(&self) -> usize {
        self.leaves.last().map_or(0, |leaf| leaf.rows.end)
    }

    /// One number a path that is not below 0 where it succeeds: the distance of the target that is furthest from being met, in units
    /// of `scales`; of those that would do, of the nearest.
    pub(super) fn score(&self, distances: &[Row], scales: &[f64]) -> Row {
        let worst = |leaf: &Leaf| -> Row {
            std::array::from_fn(|lane| {
                leaf.rows.clone().map(|row| distances[row][lane] / scales[row]).fold(f64::INFINITY, f64::min)
            })
        };
        let of_leaves: Vec<Row> = self.leaves.iter().map(worst).collect();
        score(&self.want, &of_leaves)
    }

    /// Sets of leaves, each of which makes a success when all of it is met; the likeliest first. All of them where they are
    /// few; `likely` is the probability of each leaf.
    pub(super) fn ways(&self, likely: &[f64]) -> Vec<Vec<usize>> {
        let mut ways = ways(&self.want, likely);
        ways.iter_mut().for_each(|way| {
            way.sort_unstable();
            way.dedup();
        });
        ways
    }
}

fn want(model: &Model, target: usize, leaves: &mut Vec<Leaf>) -> Want {
    match &model.targets[target].condition {
        ConditionOp::Combined { k, of } => {
            Want::AtLeast(*k, of.iter().map(|member| want(model, *member, leaves)).collect())
        }
        ConditionOp::Bounded { .. } => {
            let known = leaves.iter().position(|leaf| leaf.target == target);
            Want::Met(known.unwrap_or_else(|| {
                let from = leaves.last().map_or(0, |leaf| leaf.rows.end);
                leaves.push(Leaf { target, rows: from..from + distances_of(&model.targets[target]) });
                leaves.len() - 1
            }))
        }
    }
}

fn score(want: &Want, of_leaves: &[Row]) -> Row {
    match want {
        Want::Met(leaf) => of_leaves[*leaf],
        Want::AtLeast(k, of) => {
            let members: Vec<Row> = of.iter().map(|member| score(member, of_leaves)).collect();
            let mut sorted = Vec::with_capacity(members.len());
            std::array::from_fn(|lane: usize| {
                sorted.clear();
                sorted.extend(members.iter().map(|row| row[lane]));
                sorted.sort_unstable_by(|a, b| b.total_cmp(a));
                // The k-th best; a wish for nothing is granted.
                k.checked_sub(1).map_or(f64::INFINITY, |at| sorted[at])
            })
        }
    }
}

/// Ways to grant a wish, and what they would have as probability if all targets were independent.
fn ways(want: &Want, likely: &[f64]) -> Vec<Vec<usize>> {
    let product = |way: &Vec<usize>| way.iter().map(|leaf| likely[*leaf]).product::<f64>();
    match want {
        Want::Met(leaf) => vec![vec![*leaf]],
        Want::AtLeast(k, of) => {
            let mut members: Vec<Vec<Vec<usize>>> = of.iter().map(|member| ways(member, likely)).collect();
            let best = |member: &Vec<Vec<usize>>| member.iter().map(product).fold(0.0, f64::max);
            members.sort_by(|a, b| best(b).total_cmp(&best(a)));
            // The k likeliest members; then with one of the others instead of the least likely of them.
            let (chosen, others) = members.split_at((*k).min(members.len()));
            let mut sets = vec![chosen.to_vec()];
            for other in others.iter().take(MOST_WAYS) {
                let mut set = chosen.to_vec();
                if let Some(last) = set.last_mut() {
                    last.clone_from(other);
                }
                sets.push(set);
            }
            let mut out: Vec<Vec<usize>> = sets.iter().flat_map(|set| products(set)).collect();
            out.sort_by(|a, b| product(b).total_cmp(&product(a)));
            out.truncate(MOST_WAYS);
            out
        }
    }
}

/// One way of each member together, in every combination up to the most.
fn products(members: &[Vec<Vec<usize>>]) -> Vec<Vec<usize>> {
    members.iter().fold(vec![Vec::new()], |so_far, member| {
        let both = so_far.iter().flat_map(|before| member.iter().map(move |way| [&before[..], way].concat()));
        both.take(MOST_WAYS).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;
    use crate::simulate::ZEROS;

    /// Four bounded targets a to d, one of them two-sided, and goals over them.
    fn plan() -> Scenario {
        let normal = || {
            let draft = IndicatorDraft::new("X", "1").link(Link::Identity).baseline(0.0);
            draft.process(RandomWalk::new(0.0, 1.0))
        };
        let mut plan = Scenario::builder("Plan", 2025, 2026).correlation(CorrelationDraft::Independent);
        for id in ["a", "b", "c", "d"] {
            plan = plan.indicator(id, normal());
        }
        plan.target("a", TargetDraft::level("a").at_least(1.0))
            .target("b", TargetDraft::level("b").about(0.0, 0.5))
            .target("c", TargetDraft::level("c").at_most(-1.0))
            .target("d", TargetDraft::level("d").at_least(2.0))
            .target("two", TargetDraft::at_least_k(2, ["a", "c", "d"]))
            .target("any", TargetDraft::any(["a", "d"]))
            .target("deep", TargetDraft::all(["b", "any", "a"]))
            .build()
            .expect("a plan")
    }

    fn with(goal: &str, check: impl FnOnce(Aim, &dyn Fn(&[usize]) -> Vec<String>)) {
        let scenario = plan();
        let model = Model::compile(&scenario).expect("it compiles");
        let aim = Aim::new(&Goal::target(goal), &scenario, &model).expect("a goal");
        let ids: Vec<String> = scenario.targets().keys().map(ToString::to_string).collect();
        let of: Vec<String> = aim.leaves.iter().map(|leaf| ids[leaf.target].clone()).collect();
        check(aim, &|way| way.iter().map(|leaf| of[*leaf].clone()).collect());
    }

    #[test]
    fn ways_come_from_the_likeliest_on() {
        with("two", |aim, ids| {
            // a 0.2, c 0.5, d 0.1: a and c, then c with d. a with d takes two changes and is not looked at.
            let ways = aim.ways(&[0.2, 0.5, 0.1]);
            let names: Vec<_> = ways.iter().map(|way| ids(way)).collect();
            assert_eq!(names, [["a", "c"], ["c", "d"]]);
        });
        with("any", |aim, ids| {
            let names: Vec<_> = aim.ways(&[0.1, 0.3]).iter().map(|way| ids(way)).collect();
            assert_eq!(names, [["d"], ["a"]]);
        });
        with("deep", |aim, ids| {
            // a twice is a once, and b has two distances.
            assert_eq!((aim.leaves.len(), aim.rows()), (3, 4));
            let names: Vec<_> = aim.ways(&[0.5, 0.6, 0.1]).iter().map(|way| ids(way)).collect();
            assert_eq!(names[0], ["b", "a"]);
        });
    }

    #[test]
    fn the_score_is_that_of_the_target_that_decides() {
        let row = |value: f64| {
            let mut row = ZEROS;
            row.fill(value);
            row
        };
        with("two", |aim, _| {
            // Distances -1, 3 and -4 in units of 1, 2 and 1: the second best of -1, 1.5, -4.
            assert_eq!(aim.score(&[row(-1.0), row(3.0), row(-4.0)], &[1.0, 2.0, 1.0])[0], -1.0);
        });
        with("any", |aim, _| assert_eq!(aim.score(&[row(-1.0), row(-0.5)], &[1.0, 1.0])[5], -0.5));
        with("deep", |aim, ids| {
            assert_eq!(ids(&[0, 1, 2]), ["b", "a", "d"]);
            // b -0.2 on one of its sides, a 0.4, d -3: all of b, any of a and d, and a.
            let distances = [row(0.8), row(-0.2), row(0.4), row(-3.0)];
            assert_eq!(aim.score(&distances, &[1.0; 4])[0], -0.2);
            let distances = [row(0.8), row(0.2), row(0.1), row(-3.0)];
            assert_eq!(aim.score(&distances, &[1.0; 4])[0], 0.1);
        });
    }
}
