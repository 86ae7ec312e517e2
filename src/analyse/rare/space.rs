//! The draws of a path as a vector of standard normals, and how far the paths of a block are from success.

use super::aim::Aim;
use crate::innovation::Law;
use crate::model::{Forced, Model, MotionOp, ParameterRule};
use crate::simulate::{Bits, Broken, Desk, Draw, LANES, Row, ZEROS};

/// What the draws are, of which model, and what has to happen.
pub(super) struct Space<'m> {
    pub(super) model: &'m Model,
    pub(super) aim: Aim,
    /// What each coordinate is.
    pub(super) draws: Vec<Draw>,
    /// By how much each coordinate is moved to see what hangs on it; 0 where that cannot be seen.
    pub(super) steps: Vec<f64>,
    seed: u64,
}

/// What a thread needs to simulate blocks with given draws.
pub(super) struct Bench<'m> {
    desk: Desk<'m>,
    /// The distances of the block, see [`Aim`].
    pub(super) distances: Vec<Row>,
}

impl<'m> Space<'m> {
    pub(super) fn new(model: &'m Model, aim: Aim, seed: u64) -> Self {
        let draws = Desk::given(model, seed, false).design().draws();
        let uneven = has_steps(model);
        let step = |draw: &Draw| match draw {
            Draw::Parameter(p) if matches!(model.parameters.list[*p].rule, ParameterRule::Rank { .. }) => {
                WIDE
            }
            Draw::Score { .. } | Draw::Factor { .. } if uneven => WIDE,
            Draw::Parameter(_) | Draw::Score { .. } | Draw::Factor { .. } => NARROW,
            Draw::Tail { .. } | Draw::Severity { .. } => NARROW,
            // Something happens or not: there is no slope.
            Draw::Occurrence { .. } | Draw::Regime { .. } => 0.0,
        };
        let steps = draws.iter().map(step).collect();
        Self { model, aim, draws, steps, seed }
    }

    /// Number of coordinates.
    pub(super) fn size(&self) -> usize {
        self.draws.len()
    }

    /// `shown`: whether levels will be read.
    pub(super) fn bench(&self, shown: bool) -> Bench<'m> {
        Bench { desk: Desk::given(self.model, self.seed, shown), distances: vec![ZEROS; self.aim.rows()] }
    }

    /// A row for each coordinate.
    pub(super) fn rows(&self) -> Vec<Row> {
        vec![ZEROS; self.size()]
    }
}

/// Half of the difference over which a slope is taken, in standard deviations.
const NARROW: f64 = 0.02;
/// The same where values come in steps.
pub(super) const WIDE: f64 = 0.5;

/// Whether an innovation is resampled, so that it moves in steps.
fn has_steps(model: &Model) -> bool {
    let uneven = |forced: &Forced| {
        forced.noise.as_ref().is_some_and(|noise| matches!(&noise.law, Law::Shaped(law) if !law.is_smooth()))
    };
    model.nodes.iter().any(|node| match &node.motion {
        MotionOp::Process(p) => uneven(&p.forced),
        MotionOp::Own(p) => uneven(&p.forced),
        MotionOp::Formula(_) => false,
    })
}

impl Bench<'_> {
    /// Independent standard normals for all coordinates of a block.
    pub(super) fn normals(&mut self, first: u64, z: &mut [Row]) {
        self.desk.design().normals(first, z);
    }

    /// Simulates a block with these draws. `first` addresses what cannot be given: the draws of processes of the user's own.
    pub(super) fn simulate(&mut self, z: &[Row], first: u64, len: usize) -> Result<(), Broken> {
        self.desk.design().give(z);
        self.desk.simulate(first, len)
    }

    /// Where the paths of the block succeed.
    pub(super) fn hits(&self, aim: &Aim) -> Bits {
        aim.success.bits(&self.desk.workspace)
    }

    /// Reads how far each target is from being met.
    pub(super) fn measure(&mut self, aim: &Aim) {
        for leaf in &aim.leaves {
            let out = &mut self.distances[leaf.rows.clone()];
            self.desk.workspace.distances(self.desk.model, leaf.target, out);
        }
    }

    /// Levels of an indicator on the first path of the block, from the base year on.
    pub(super) fn course(&self, indicator: usize) -> Vec<f64> {
        let w = &self.desk.workspace;
        (0..=w.steps).map(|step| w.levels.at(indicator, step)[0]).collect()
    }

    /// Fills in all levels; the desk was made to show.
    pub(super) fn show(&mut self) {
        self.desk.workspace.show(self.desk.model);
    }
}

/// Calls back for every lane whose bit is set.
pub(super) fn each_lane(bits: &Bits, mut visit: impl FnMut(usize)) {
    for lane in 0..LANES {
        if bits[lane / 64] >> (lane % 64) & 1 == 1 {
            visit(lane);
        }
    }
}
