//! The most likely way to succeed: the point of the draws nearest to their middle at which all of it is met.

use super::space::{Bench, Space, WIDE};
use crate::simulate::{Broken, LANES, Row};

/// A bound on the draws, to first order: `low <= direction . z <= high`, the direction of length 1.
#[derive(Debug, Clone)]
pub(super) struct Face {
    /// The leaf whose target it bounds.
    pub(super) leaf: usize,
    pub(super) direction: Vec<f64>,
    pub(super) low: f64,
    pub(super) high: f64,
    /// What it holds the point back with: the change of |z|^2 / 2 per standard deviation of the bound.
    pub(super) pull: f64,
}

/// Where a search ended.
#[derive(Debug, Clone)]
pub(super) struct Design {
    pub(super) z: Vec<f64>,
    /// The leaves that it meets.
    pub(super) leaves: Vec<usize>,
    /// The bounds of all targets that it looked at, near that point.
    pub(super) faces: Vec<Face>,
}

const MOST_TURNS: usize = 40;
/// Turns after which what comes in steps stays where it is.
const TURNS_OF_STEPS: usize = 12;
/// Standard deviations within which a bound is met.
const CLOSE: f64 = 1e-3;
/// Nothing further out than this is looked at: its probability is below 1e-40.
const FURTHEST: f64 = 14.0;

/// Sequential quadratic programming for
///
/// ```text
/// min |z|^2 / 2   such that   g_k(z) >= 0 for all k
/// ```
///
/// In each turn every distance `g_k` is replaced by its tangent (slopes by central differences, every coordinate two lanes of a block), the
/// nearest point of the polyhedron found by Hildreth's method, and a step made towards it that lowers `|z|^2 / 2 + c sum max(0, -g_k)`.
/// With one bound this is the method of Hasofer and Lind (1974) with the step of Zhang and Der Kiureghian (1995).
///
/// None where it finds no success.
pub(super) fn search(
    space: &Space<'_>,
    bench: &mut Bench<'_>,
    leaves: &[usize],
    start: &[f64],
) -> Result<Option<Design>, Broken> {
    match attempt(space, bench, leaves, start) {
        // Far out a level may stop being a number: then nothing is found there.
        Err(Broken::Level(_) | Broken::Measure(_)) => Ok(None),
        other => other,
    }
}

fn attempt(
    space: &Space<'_>,
    bench: &mut Bench<'_>,
    leaves: &[usize],
    start: &[f64],
) -> Result<Option<Design>, Broken> {
    let mut look = Look { space, bench, z: space.rows(), leaves };
    let mut at = start.to_vec();
    // The second time a little further in, should the bound itself not be enough.
    for inside in [CLOSE, 0.02] {
        let (mut slopes, mut settled) = (look.slopes(&at)?, false);
        for turn in 0..MOST_TURNS {
            // What comes in steps would keep the rest from settling: in the end it stays where it is.
            settled |= turn >= TURNS_OF_STEPS;
            let still: Vec<bool> = space.steps.iter().map(|step| settled && *step == WIDE).collect();
            let (multipliers, aim) = nearest(&slopes, &at, &still, inside);
            let penalty = 1.0 + 2.0 * multipliers.iter().copied().fold(0.0, f64::max);
            let share = look.share(&at, &aim, &slopes, penalty)?;
            let moved = share * distance(&at, &aim);
            at.iter_mut().zip(&aim).for_each(|(z, aim)| *z += share * (aim - *z));
            slopes = look.slopes(&at)?;
            if moved < 0.1 * CLOSE {
                if settled {
                    break;
                }
                settled = true;
            }
        }
        if look.succeeds(&at)? {
            let faces = look.faces(&slopes, &at, &nearest(&slopes, &at, &vec![false; at.len()], inside).0);
            return Ok(Some(Design { z: at, leaves: leaves.to_vec(), faces }));
        }
    }
    Ok(None)
}

/// A distance near a point: its value in standard deviations, and where it grows.
struct Slope {
    row: usize,
    value: f64,
    /// What one standard deviation of it is in its own unit.
    size: f64,
    direction: Vec<f64>,
}

struct Look<'a, 's, 'b> {
    space: &'a Space<'s>,
    bench: &'a mut Bench<'b>,
    z: Vec<Row>,
    leaves: &'a [usize],
}

impl Look<'_, '_, '_> {
    /// The distances (a row of the result each) at points; `place` says by how much a coordinate is off `base` at a point.
    fn values(
        &mut self,
        base: &[f64],
        points: usize,
        place: impl Fn(usize, &mut [Row], usize),
    ) -> Result<Vec<Vec<f64>>, Broken> {
        let rows = self.rows();
        let mut out = vec![Vec::with_capacity(points); rows.len()];
        for first in (0..points).step_by(LANES) {
            for (row, base) in self.z.iter_mut().zip(base) {
                row.fill(*base);
            }
            let len = (points - first).min(LANES);
            for lane in 0..len {
                place(first + lane, &mut self.z, lane);
            }
            self.bench.simulate(&self.z, 0, len)?;
            self.bench.measure(&self.space.aim);
            for (out, row) in out.iter_mut().zip(&rows) {
                out.extend_from_slice(&self.bench.distances[*row][..len]);
            }
        }
        Ok(out)
    }

    /// The distances of the leaves.
    fn rows(&self) -> Vec<usize> {
        self.leaves.iter().flat_map(|leaf| self.space.aim.leaves[*leaf].rows.clone()).collect()
    }

    fn slopes(&mut self, at: &[f64]) -> Result<Vec<Slope>, Broken> {
        let (steps, size) = (self.space.steps.clone(), at.len());
        let values = self.values(at, 2 * size + 1, |point, z, lane| {
            if let Some(coordinate) = point.checked_sub(1) {
                let step = steps[coordinate / 2];
                z[coordinate / 2][lane] += if coordinate % 2 == 0 { step } else { -step };
            }
        })?;
        let rows = self.rows();
        let slopes = values.iter().zip(rows).filter_map(|(values, row)| {
            let slope = |i: usize| match steps[i] {
                0.0 => 0.0,
                step => (values[2 * i + 1] - values[2 * i + 2]) / (2.0 * step),
            };
            let mut direction: Vec<f64> = (0..size).map(slope).collect();
            let length = dot(&direction, &direction).sqrt();
            direction.iter_mut().for_each(|a| *a /= length);
            // What nothing moves is met or not, whatever the draws.
            (length > 0.0 && length.is_finite()).then(|| Slope {
                row,
                value: values[0] / length,
                size: length,
                direction,
            })
        });
        Ok(slopes.collect())
    }

    /// How far to go towards `aim`: the share of the way at which it is best.
    fn share(&mut self, at: &[f64], aim: &[f64], slopes: &[Slope], penalty: f64) -> Result<f64, Broken> {
        let shares = [0.0, 1.0, 0.8, 0.6, 0.4, 0.25, 0.15, 0.08, 0.04, 0.02, 0.01];
        let values = self.values(at, shares.len(), |point, z, lane| {
            for ((row, at), aim) in z.iter_mut().zip(at).zip(aim) {
                row[lane] = at + shares[point] * (aim - at);
            }
        })?;
        let rows = self.rows();
        let merit = |point: usize| {
            let length: f64 =
                at.iter().zip(aim).map(|(at, aim)| at + shares[point] * (aim - at)).map(|z| z * z).sum();
            let missed = slopes.iter().map(|slope| {
                let values = rows.iter().position(|row| *row == slope.row).map(|k| &values[k]);
                values.map_or(0.0, |values| f64::max(0.0, CLOSE - values[point] / slope.size))
            });
            0.5 * length + penalty * missed.sum::<f64>()
        };
        let best = (0..shares.len()).min_by(|a, b| merit(*a).total_cmp(&merit(*b)));
        Ok(best.map_or(0.0, |point| shares[point]))
    }

    fn succeeds(&mut self, at: &[f64]) -> Result<bool, Broken> {
        self.values(at, 1, |_, _, _| {})?;
        Ok(self.bench.hits(&self.space.aim)[0] & 1 == 1)
    }

    fn faces(&self, slopes: &[Slope], at: &[f64], multipliers: &[f64]) -> Vec<Face> {
        let leaf = |row: usize| {
            let holds = |leaf: &&usize| self.space.aim.leaves[**leaf].rows.contains(&row);
            self.leaves.iter().find(holds).copied().unwrap_or_default()
        };
        let face = |(slope, pull): (&Slope, &f64)| Face {
            leaf: leaf(slope.row),
            direction: slope.direction.clone(),
            low: dot(&slope.direction, at) - slope.value,
            high: f64::INFINITY,
            pull: *pull,
        };
        slopes.iter().zip(multipliers).map(face).collect()
    }
}

/// The nearest point to 0 of the polyhedron of tangents, some coordinates being held, and the multipliers of the bounds there. Multipliers are
/// limited, so that there is an answer where there is no such point.
///
/// Hildreth (1957), A quadratic programming procedure, Naval Research Logistics Quarterly 4(1), 79-85: the dual, one
/// multiplier at a time.
fn nearest(slopes: &[Slope], at: &[f64], still: &[bool], inside: f64) -> (Vec<f64>, Vec<f64>) {
    const MOST: f64 = 200.0;
    let free = |slope: &Slope| -> Vec<f64> {
        slope.direction.iter().zip(still).map(|(a, still)| if *still { 0.0 } else { *a }).collect()
    };
    let directions: Vec<Vec<f64>> = slopes.iter().map(free).collect();
    let bound = |(slope, direction): (&Slope, &Vec<f64>)| dot(direction, at) - slope.value + inside;
    let bounds: Vec<f64> = slopes.iter().zip(&directions).map(bound).collect();
    let products: Vec<Vec<f64>> =
        directions.iter().map(|a| directions.iter().map(|b| dot(a, b)).collect()).collect();
    let mut multipliers = vec![0.0; slopes.len()];
    for _ in 0..5000 {
        let mut change = 0.0_f64;
        for k in 0..slopes.len() {
            if !(products[k][k] > 1e-12) {
                continue;
            }
            let reached = dot(&products[k], &multipliers);
            let next = f64::clamp(multipliers[k] + (bounds[k] - reached) / products[k][k], 0.0, MOST);
            change = change.max((next - multipliers[k]).abs());
            multipliers[k] = next;
        }
        if change < 1e-9 {
            break;
        }
    }
    let mut point: Vec<f64> = at.iter().zip(still).map(|(z, still)| if *still { *z } else { 0.0 }).collect();
    for (direction, multiplier) in directions.iter().zip(&multipliers) {
        point.iter_mut().zip(direction).for_each(|(z, a)| *z += multiplier * a);
    }
    let length = dot(&point, &point).sqrt();
    if length > FURTHEST {
        point.iter_mut().for_each(|z| *z *= FURTHEST / length);
    }
    (multipliers, point)
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyse::goal::Goal;
    use crate::analyse::rare::aim::Aim;
    use crate::model::Model;
    use crate::prelude::*;

    /// Two standard normals after one year, and what is made of them.
    fn plan(formula: &str, targets: &[(&str, f64)]) -> Scenario {
        let normal = || {
            let draft = IndicatorDraft::new("X", "1").link(Link::Identity).baseline(0.0);
            draft.process(RandomWalk::new(0.0, 1.0))
        };
        let mut plan = Scenario::builder("Plan", 2025, 2026)
            .correlation(CorrelationDraft::Independent)
            .indicator("a", normal())
            .indicator("b", normal())
            .indicator("made", IndicatorDraft::new("Made", "1").link(Link::Identity).formula(formula));
        for (k, (of, bound)) in targets.iter().enumerate() {
            plan = plan.target(format!("t{k}"), TargetDraft::level(*of).at_least(*bound));
        }
        plan.build().expect("a plan")
    }

    fn found(scenario: &Scenario) -> Option<Design> {
        let model = Model::compile(scenario).expect("it compiles");
        let aim = Aim::new(&Goal::All, scenario, &model).expect("a goal");
        let leaves: Vec<usize> = (0..aim.leaves.len()).collect();
        let space = Space::new(&model, aim, 7);
        search(&space, &mut space.bench(false), &leaves, &vec![0.0; space.size()]).expect("it simulates")
    }

    #[track_caller]
    fn near(found: &[f64], truth: &[f64]) {
        let is_near = found.len() == truth.len() && distance(found, truth) < 3.0 * CLOSE;
        assert!(is_near, "{found:?} instead of {truth:?}");
    }

    #[test]
    fn a_line_is_nearest_along_its_normal() {
        // 3 a + 4 b >= 10 is 2 standard deviations off, along (0.6, 0.8).
        let design = found(&plan("3 * a + 4 * b", &[("made", 10.0)])).expect("a way");
        near(&design.z, &[1.2, 1.6]);
        let face = &design.faces[0];
        near(&face.direction, &[0.6, 0.8]);
        near(&[face.low, face.pull], &[2.0, 2.0]);
        assert_eq!(face.high, f64::INFINITY);
    }

    #[test]
    fn a_corner_holds_the_point_by_both_of_its_lines() {
        // a >= 2 and (a + b) / sqrt 2 >= 3 / sqrt 2: (2, 1) = 1 (1, 0) + sqrt 2 (1, 1) / sqrt 2. The third is met there with 5 to spare.
        let design = found(&plan("a + b", &[("a", 2.0), ("made", 3.0), ("b", -4.0)])).expect("a way");
        near(&design.z, &[2.0, 1.0]);
        near(&design.faces.iter().map(|face| face.pull).collect::<Vec<_>>(), &[1.0, 2.0_f64.sqrt(), 0.0]);
        near(
            &design.faces.iter().map(|face| face.low).collect::<Vec<_>>(),
            &[2.0, 3.0 / 2.0_f64.sqrt(), -4.0],
        );
    }

    #[test]
    fn a_curve_is_nearest_where_its_tangent_is() {
        // e^a + e^b >= 2 e^0.5 is nearest at (0.5, 0.5): by symmetry z is along (1, 1), and the set beyond curves away from 0.
        let design = found(&plan("exp(a) + exp(b)", &[("made", 2.0 * libm::exp(0.5))])).expect("a way");
        near(&design.z, &[0.5, 0.5]);
        near(&design.faces[0].direction, &[0.5_f64.sqrt(); 2]);
        near(&[design.faces[0].low], &[0.5_f64.sqrt()]);
    }

    #[test]
    fn nothing_has_to_happen_where_the_middle_succeeds_and_nothing_can_where_targets_exclude_each_other() {
        near(&found(&plan("a + b", &[("made", -1.0)])).expect("a way").z, &[0.0, 0.0]);
        assert!(found(&plan("-a", &[("a", 1.0), ("made", -0.5)])).is_none());
    }
}
