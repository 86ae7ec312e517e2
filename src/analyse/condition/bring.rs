//! Bringing paths to where a condition wants them, by moving the normal scores of their years and nothing else.

use super::figure::Gauge;
use crate::model::{Model, MotionOp, ScoreCorrelation};
use crate::random::{Key, Transform, normal_lanes};
use crate::simulate::{Broken, Desk, Row, Streams, ZEROS};
use crate::time::Horizon;

/// What a score is moved by to see what hangs on it. Where states are linear in the scores any step gives the exact derivative; elsewhere
/// the repetition mends what it is off.
const STEP: f64 = 1.0 / 1024.0;

/// How far a path may be off in its latent form, relative to 1 plus its size.
const NEAR: f64 = 1e-12;

/// The same where nothing nearer is found.
const FINE: f64 = 1e-9;

/// Repetitions, where conditions are not linear in the scores.
const TURNS: usize = 40;

/// The most that one repetition moves a score, in standard deviations.
const FARTHEST: f64 = 10.0;

/// A variance this small a share of what it was before the other conditions were met is nothing but rounding.
const DEPENDENT: f64 = 1e-8;

/// A figure and where it has to be.
pub(super) struct Aim {
    pub(super) gauge: Gauge,
    pub(super) value: Wanted,
}

/// Where a path has to be.
pub(super) enum Wanted {
    /// The latent form of one value, the same on all paths.
    Fixed(f64),
    /// A value drawn on each path.
    Drawn { key: Key, law: Transform },
}

/// Conditions that are met together by moving the scores of some steps.
struct Stage {
    /// Positions in the aims.
    aims: Vec<usize>,
    /// First and last step whose scores move.
    steps: (usize, usize),
}

/// What moves paths: the same for all threads.
pub(super) struct Plan {
    aims: Vec<Aim>,
    stages: Vec<Stage>,
    /// Scores on which a condition can hang.
    moving: Vec<usize>,
    /// Scores that are correlated with one of these, and those correlations, in the order of `moving`.
    following: Vec<(usize, Vec<f64>)>,
    /// Correlations of the moving ones with each other, row after row.
    between: Vec<f64>,
    steps: usize,
}

impl Plan {
    /// `sequential`: whether only the scores of the year of a condition move.
    pub(super) fn new(model: &Model, aims: Vec<Aim>, sequential: bool) -> Self {
        let steps = aims.iter().map(|aim| aim.gauge.step).max().unwrap_or(0);
        let at = |step: usize| {
            let aims: Vec<usize> = (0..aims.len()).filter(|a| aims[*a].gauge.step == step).collect();
            (!aims.is_empty()).then_some(Stage { aims, steps: (step, step) })
        };
        let stages = match sequential {
            true => (1..=steps).filter_map(at).collect(),
            false if aims.is_empty() => Vec::new(),
            false => vec![Stage { aims: (0..aims.len()).collect(), steps: (1, steps) }],
        };
        let moving = scores_behind(model, aims.iter().map(|aim| aim.gauge.node));
        let rows: Vec<Vec<f64>> = moving.iter().map(|score| correlations(model, *score)).collect();
        let between = rows.iter().flat_map(|row| moving.iter().map(|score| row[*score])).collect();
        let following = (0..model.scores.len())
            .map(|score| (score, rows.iter().map(|row| row[score]).collect::<Vec<f64>>()))
            .filter(|(_, row)| row.iter().any(|rho| *rho != 0.0))
            .collect();
        Self { aims, stages, moving, following, between, steps }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.aims.is_empty()
    }

    pub(super) fn aims(&self) -> &[Aim] {
        &self.aims
    }
}

/// Scores of a node and of everything that it follows.
pub(super) fn scores_behind(model: &Model, nodes: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut waiting: Vec<usize> = nodes.collect();
    let mut seen = vec![false; model.nodes.len()];
    let mut scores = vec![false; model.scores.len()];
    while let Some(node) = waiting.pop() {
        if std::mem::replace(&mut seen[node], true) {
            continue;
        }
        let forced = match &model.nodes[node].motion {
            MotionOp::Formula(f) => {
                waiting.extend(f.inputs.iter().map(|input| input.node));
                continue;
            }
            MotionOp::Process(p) => {
                p.wander.iter().for_each(|wander| scores[wander.score] = true);
                &p.forced
            }
            MotionOp::Own(p) => &p.forced,
        };
        forced.noise.iter().for_each(|noise| scores[noise.score] = true);
        waiting.extend(forced.drivers.iter().map(|drive| drive.node));
    }
    (0..scores.len()).filter(|score| scores[*score]).collect()
}

/// Correlations of a score with all scores of its year.
fn correlations(model: &Model, score: usize) -> Vec<f64> {
    let mut row = vec![0.0; model.scores.len()];
    match &model.correlation {
        ScoreCorrelation::Independent => {}
        ScoreCorrelation::Factors { rows, .. } => {
            for (other, (loads, _)) in rows.iter().enumerate() {
                let shared = |factor: usize| rows[score].0.iter().find(|(f, _)| *f == factor);
                row[other] = loads.iter().filter_map(|(f, load)| Some(load * shared(*f)?.1)).sum();
            }
        }
        ScoreCorrelation::Triangular { scores, factor } => {
            let n = scores.len();
            if let Some(own) = scores.iter().position(|s| *s == score) {
                for (k, other) in scores.iter().enumerate() {
                    let product = factor[own * n..][..n].iter().zip(&factor[k * n..][..n]);
                    row[*other] = product.map(|(a, b)| a * b).sum();
                }
            }
        }
    }
    row[score] = 1.0;
    row
}

/// The memory of moving a block.
pub(super) struct Mover<'p> {
    plan: &'p Plan,
    /// Where each aim is and has to be.
    now: Vec<Row>,
    wanted: Vec<Row>,
    /// `by[(aim * moving + score) * steps + step - 1]`: what an aim changes by for a standard deviation of a score.
    by: Vec<Row>,
    /// The path before it was moved again, score by score, and how much of a move is made.
    kept: Vec<Vec<Row>>,
    share: Row,
    /// What is still missed.
    missed: Row,
    scratch: Scratch,
}

/// How one repetition went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    /// All paths came much nearer.
    Quick,
    /// Some came nearer too slowly for the derivatives to be right.
    Slow,
    /// Some came further off and were taken back.
    Back,
}

/// Numbers of one path.
#[derive(Default)]
struct Scratch {
    variance: Vec<f64>,
    pull: Vec<f64>,
    moves: Vec<f64>,
}

impl<'p> Mover<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        let aims = plan.aims.len();
        Self {
            plan,
            now: vec![ZEROS; aims],
            wanted: vec![ZEROS; aims],
            by: vec![ZEROS; aims * plan.moving.len() * plan.steps],
            kept: vec![vec![ZEROS; plan.following.len()]; plan.steps],
            share: ZEROS,
            missed: ZEROS,
            scratch: Scratch::default(),
        }
    }

    /// Where each aim was when the block was last looked at, in its latent form.
    pub(super) fn read(&mut self, desk: &Desk<'_>) -> &[Row] {
        for (aim, now) in self.plan.aims.iter().zip(&mut self.now) {
            aim.gauge.read(&desk.workspace, now);
        }
        &self.now
    }

    /// Moves a block that was simulated with these draws to where all conditions want it, and leaves it simulated. A path that cannot be
    /// brought there adds to the count of the condition that it misses.
    pub(super) fn bring(
        &mut self,
        desk: &mut Desk<'_>,
        streams: &Streams,
        first: u64,
        len: usize,
        stuck: &mut [u64],
    ) -> Result<(), Broken> {
        if self.plan.is_empty() {
            return Ok(());
        }
        self.wish(desk.model.horizon, first);
        let nothing: Vec<(usize, Row)> =
            self.plan.following.iter().map(|(score, _)| (*score, ZEROS)).collect();
        desk.workspace.added = vec![nothing; self.plan.steps];
        let plan = self.plan;
        for stage in &plan.stages {
            self.stage(stage, desk, streams, first, len, stuck)?;
        }
        desk.workspace.added.clear();
        Ok(())
    }

    /// Where each path has to be.
    fn wish(&mut self, horizon: Horizon, first: u64) {
        for (aim, wanted) in self.plan.aims.iter().zip(&mut self.wanted) {
            match &aim.value {
                Wanted::Fixed(x) => wanted.fill(*x),
                Wanted::Drawn { key, law } => {
                    let mut z = ZEROS;
                    normal_lanes(*key, first, (horizon.base().0 + aim.gauge.step as i32) as u32, &mut z);
                    law.apply_lanes(&z, wanted);
                    // A law that ends at a bound of the link may touch it to the last bit: the nearest value within.
                    wanted.iter_mut().for_each(|x| *x = aim.gauge.latent(*x).unwrap_or(f64::NAN));
                }
            }
        }
    }

    fn stage(
        &mut self,
        stage: &Stage,
        desk: &mut Desk<'_>,
        streams: &Streams,
        first: u64,
        len: usize,
        stuck: &mut [u64],
    ) -> Result<(), Broken> {
        self.share.fill(1.0);
        self.read(desk);
        self.missed = self.misses(stage);
        let mut slow = true;
        for _ in 0..TURNS {
            if self.missed[..len].iter().all(|missed| *missed <= NEAR) {
                return Ok(());
            }
            if slow {
                self.differentiate(stage, desk, streams, first, len)?;
            }
            for (kept, added) in self.kept.iter_mut().zip(&desk.workspace.added) {
                kept.iter_mut().zip(added).for_each(|(kept, (_, row))| *kept = *row);
            }
            for lane in 0..len {
                if !(self.missed[lane] <= NEAR) {
                    self.push(stage, desk, lane);
                }
            }
            desk.simulate_with(streams, first, len)?;
            self.read(desk);
            let turn = self.settle(stage, desk, len);
            slow = turn != Turn::Quick;
            if turn == Turn::Back {
                desk.simulate_with(streams, first, len)?;
                self.read(desk);
            }
        }
        for lane in 0..len {
            let is_off = |aim: &&usize| {
                let (now, wanted) = (self.now[**aim][lane], self.wanted[**aim][lane]);
                !((wanted - now).abs() <= FINE * (1.0 + wanted.abs()))
            };
            if let Some(aim) = stage.aims.iter().find(is_off) {
                stuck[*aim] += 1;
            }
        }
        Ok(())
    }

    /// How far each path is off, the worst condition of a stage, relative to 1 plus its size.
    fn misses(&self, stage: &Stage) -> Row {
        let mut worst = ZEROS;
        for aim in &stage.aims {
            for ((worst, wanted), now) in worst.iter_mut().zip(&self.wanted[*aim]).zip(&self.now[*aim]) {
                let missed = (wanted - now).abs() / (1.0 + wanted.abs());
                if missed > *worst || missed.is_nan() {
                    *worst = missed;
                }
            }
        }
        worst
    }

    /// Takes back what brought a path further off, to try half of it.
    fn settle(&mut self, stage: &Stage, desk: &mut Desk<'_>, len: usize) -> Turn {
        let missed = self.misses(stage);
        let mut turn = Turn::Quick;
        for lane in 0..len {
            let before = self.missed[lane];
            if before <= NEAR {
                continue;
            }
            if missed[lane] < before {
                if missed[lane] > NEAR && missed[lane] > 0.01 * before {
                    turn = turn.max(Turn::Slow);
                }
                self.missed[lane] = missed[lane];
                self.share[lane] = f64::min(1.0, 2.0 * self.share[lane]);
            } else if missed[lane] <= FINE {
                // As near as rounding lets it come.
                self.missed[lane] = 0.0;
            } else {
                for (added, kept) in desk.workspace.added.iter_mut().zip(&self.kept) {
                    added.iter_mut().zip(kept).for_each(|((_, row), kept)| row[lane] = kept[lane]);
                }
                self.share[lane] *= 0.5;
                turn = Turn::Back;
            }
        }
        turn
    }

    /// What each aim changes by for each score of each year, by simulating the block once for each.
    fn differentiate(
        &mut self,
        stage: &Stage,
        desk: &mut Desk<'_>,
        streams: &Streams,
        first: u64,
        len: usize,
    ) -> Result<(), Broken> {
        let mut moved = ZEROS;
        for (j, score) in self.plan.moving.iter().enumerate() {
            let Some(place) = self.plan.following.iter().position(|(s, _)| s == score) else { continue };
            for step in stage.steps.0..=stage.steps.1 {
                let before = desk.workspace.added[step - 1][place].1;
                desk.workspace.added[step - 1][place].1.iter_mut().for_each(|x| *x += STEP);
                desk.simulate_with(streams, first, len)?;
                desk.workspace.added[step - 1][place].1 = before;
                for aim in &stage.aims {
                    self.plan.aims[*aim].gauge.read(&desk.workspace, &mut moved);
                    let at = (aim * self.plan.moving.len() + j) * self.plan.steps + step - 1;
                    for ((by, moved), now) in self.by[at].iter_mut().zip(&moved).zip(&self.now[*aim]) {
                        *by = (moved - now) / STEP;
                    }
                }
            }
        }
        Ok(())
    }

    /// z += R J' (J R J')^-1 (b - f): the nearest scores, measured by their correlation, that meet all conditions to first order.
    fn push(&mut self, stage: &Stage, desk: &mut Desk<'_>, lane: usize) {
        let (plan, k, p) = (self.plan, stage.aims.len(), self.plan.moving.len());
        let steps = stage.steps.0..=stage.steps.1;
        let by =
            |a: usize, j: usize, step: usize| self.by[(stage.aims[a] * p + j) * plan.steps + step - 1][lane];
        let Scratch { variance, pull, moves } = &mut self.scratch;
        variance.clear();
        variance.resize(k * k, 0.0);
        for step in steps.clone() {
            for a in 0..k {
                for i in (0..p).filter(|i| by(a, *i, step) != 0.0) {
                    for b in 0..=a {
                        let across: f64 = (0..p).map(|j| plan.between[i * p + j] * by(b, j, step)).sum();
                        variance[a * k + b] += by(a, i, step) * across;
                    }
                }
            }
        }
        pull.clear();
        pull.extend(stage.aims.iter().map(|aim| self.wanted[*aim][lane] - self.now[*aim][lane]));
        if !solve(variance, pull) {
            return;
        }
        moves.clear();
        let mut longest: f64 = 0.0;
        for step in steps.clone() {
            let along = |j: usize| -> f64 { (0..k).map(|a| by(a, j, step) * pull[a]).sum() };
            for (_, row) in &plan.following {
                let move_by: f64 = row.iter().enumerate().map(|(j, rho)| rho * along(j)).sum();
                longest = longest.max(move_by.abs());
                moves.push(move_by);
            }
        }
        if !moves.iter().all(|x| x.is_finite()) {
            return;
        }
        let share = self.share[lane] * FARTHEST / longest.max(FARTHEST);
        for (step, moves) in steps.zip(moves.chunks(plan.following.len())) {
            for ((_, row), by) in desk.workspace.added[step - 1].iter_mut().zip(moves) {
                row[lane] += share * by;
            }
        }
    }
}

/// b becomes x with A x = b, for a symmetric A (its lower half is read, and overwritten by its factor); false where a row of it is
/// nothing, or follows from those before it.
pub(super) fn solve(a: &mut [f64], b: &mut [f64]) -> bool {
    let k = b.len();
    for i in 0..k {
        for j in 0..=i {
            let own = a[i * k + i];
            let sum: f64 = (0..j).map(|m| a[i * k + m] * a[j * k + m]).sum();
            let rest = a[i * k + j] - sum;
            if i > j {
                a[i * k + j] = rest / a[j * k + j];
            } else if rest > DEPENDENT * own && rest > 0.0 {
                a[i * k + i] = rest.sqrt();
            } else {
                return false;
            }
        }
    }
    for i in 0..k {
        let known: f64 = (0..i).map(|m| a[i * k + m] * b[m]).sum();
        b[i] = (b[i] - known) / a[i * k + i];
    }
    for i in (0..k).rev() {
        let known: f64 = (i + 1..k).map(|m| a[m * k + i] * b[m]).sum();
        b[i] = (b[i] - known) / a[i * k + i];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equations_that_can_be_done_by_hand() {
        // 4 * 1.375 + 2 * 1.25 = 8 and 2 * 1.375 + 5 * 1.25 = 9.
        let mut x = [8.0, 9.0];
        assert!(solve(&mut [4.0, 0.0, 2.0, 5.0], &mut x));
        assert!((x[0] - 1.375).abs() < 1e-15 && (x[1] - 1.25).abs() < 1e-15, "{x:?}");
        assert!(!solve(&mut [0.0], &mut [1.0]));
        assert!(!solve(&mut [4.0, 0.0, 2.0, 1.0], &mut [1.0, 2.0]));
    }
}
