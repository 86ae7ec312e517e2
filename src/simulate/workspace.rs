//! The memory of one block of paths: allocated once a thread, used again for every block.

use super::rows::{Bits, LANES, Row, TILE, ZEROS};
use crate::formula::Scratch;
use crate::model::{Form, Model, Node, ScoreCorrelation};
use crate::time::Horizon;

/// Everything that is known of a block of paths while it is simulated.
pub(crate) struct Workspace {
    /// Number of the first path.
    pub(crate) first_path: u64,
    /// Paths of this block, at most [`LANES`]; the lanes beyond them are simulated and ignored.
    pub(crate) len: usize,
    pub(crate) steps: usize,
    /// One row a parameter.
    pub(crate) parameters: Vec<Row>,
    /// Levels, t0 … T, of the nodes whose levels are needed; of all of them where somebody looks at the block.
    pub(crate) levels: Years,
    /// Latent states, t0 … T, of the nodes that have them.
    pub(crate) states: Years,
    /// Whether the rows that are the same in all blocks are filled in.
    pub(crate) prepared: bool,
    /// dx of the year before, a row a node.
    pub(crate) growth: Vec<Row>,
    /// What a drift that moves is off its centre, a row each.
    pub(crate) wander: Vec<Row>,
    /// Normal scores of the year.
    pub(crate) scores: Vec<Row>,
    /// What an analysis adds to the correlated scores of the steps 1, 2, …, by their positions. Empty in a plain run.
    pub(crate) added: Vec<Vec<(usize, Row)>>,
    pub(crate) factors: Vec<Row>,
    /// What the actuals of a year imply of scores beyond what was drawn.
    pub(crate) surprises: Vec<Row>,
    /// Some lanes of all scores.
    pub(crate) tiles: Vec<[f64; TILE]>,
    pub(crate) tail: Row,
    /// Draws of all years, where a design makes them together.
    pub(crate) shocks: Vec<Row>,
    pub(crate) events: Vec<Row>,
    /// 1 where an event that happens once has happened.
    pub(crate) happened: Vec<Row>,
    /// State of each regime, as a number.
    pub(crate) regimes: Vec<Row>,
    /// Measure and margin of each target as at its year. Where it is judged by a state, the measure is what is counted of that
    /// (unless it is the state itself), and the margin is not known, until the block is shown.
    pub(crate) measures: Vec<Row>,
    pub(crate) margins: Vec<Row>,
    /// Per target, per step 1 ..= T: where the condition holds as at that step.
    pub(crate) met: Vec<Vec<Bits>>,
    /// The model's past levels, a row each.
    pub(crate) past: Vec<Row>,
    pub(crate) scratch: Box<[Row; 6]>,
    pub(crate) stack: Scratch,
}

impl Workspace {
    /// `shown`: whether an observer will look at the blocks.
    pub(crate) fn new(model: &Model, shown: bool) -> Self {
        let (steps, nodes) = (model.horizon.steps(), model.nodes.len());
        let factors = match &model.correlation {
            ScoreCorrelation::Factors { names, .. } => names.len(),
            _ => 0,
        };
        let rows = |n: usize| vec![ZEROS; n];
        Self {
            first_path: 0,
            len: LANES,
            steps,
            parameters: rows(model.parameters.list.len()),
            levels: Years::new(steps, model.nodes.iter().map(|n| n.needs_level || shown)),
            states: Years::new(steps, model.nodes.iter().map(|n| n.keeps_state)),
            prepared: false,
            growth: rows(nodes),
            wander: rows(model.wandering),
            scores: rows(model.scores.len()),
            added: Vec::new(),
            factors: rows(factors),
            surprises: rows(model.known_years.iter().map(|year| year.implied.len()).max().unwrap_or(0)),
            tiles: Vec::new(),
            tail: ZEROS,
            shocks: Vec::new(),
            events: rows(model.events.len()),
            happened: rows(model.events.len()),
            regimes: rows(model.regimes.len()),
            measures: rows(model.targets.len()),
            margins: rows(model.targets.len()),
            met: vec![vec![[0; LANES / 64]; steps]; model.targets.len()],
            past: model.past.iter().map(|level| [*level; LANES]).collect(),
            scratch: Box::new([ZEROS; 6]),
            stack: Scratch::default(),
        }
    }

    /// What is counted of a node at a step, 0 being the base year.
    pub(crate) fn counted(&self, node: &Node, at: usize, step: usize) -> &Row {
        match node.form {
            Form::State => self.states.at(at, step),
            Form::Level => self.levels.at(at, step),
        }
    }

    /// What is counted of a target's measure as at its year.
    pub(crate) fn measured(&self, model: &Model, target: usize) -> &Row {
        match &model.targets[target].latent {
            Some(latent) if latent.is_state() => self.states.at(latent.node, model.targets[target].step),
            _ => &self.measures[target],
        }
    }

    /// Turns what was counted into levels, measures and margins, for whoever looks at the block.
    pub(crate) fn show(&mut self, model: &Model) {
        for (n, node) in model.nodes.iter().enumerate().filter(|(_, node)| !node.needs_level) {
            for step in usize::from(node.fixed_start.is_some())..=self.steps {
                node.link.levels(self.states.at(n, step), self.levels.at_mut(n, step));
            }
        }
        self.show_targets(model);
    }

    /// Turns what was counted of the targets into measures and margins.
    pub(crate) fn show_targets(&mut self, model: &Model) {
        for (target, op) in model.targets.iter().enumerate() {
            let Some(latent) = &op.latent else { continue };
            let mut row = *self.measured(model, target);
            self.margins[target] = row;
            latent.margin.in_place(&mut self.margins[target]);
            latent.measure.in_place(&mut row);
            self.measures[target] = row;
        }
    }

    /// What an observer sees of it.
    pub(crate) fn block(&self, horizon: Horizon) -> Block<'_> {
        Block { workspace: self, horizon }
    }
}

/// Rows of some nodes in every step.
pub(crate) struct Years {
    /// Where the rows of a node begin; none for a node without rows.
    starts: Vec<Option<usize>>,
    rows: Vec<Row>,
}

impl Years {
    fn new(steps: usize, wanted: impl Iterator<Item = bool>) -> Self {
        let mut length = 0;
        let mut start = |wanted: bool| {
            let start = length;
            length += if wanted { steps + 1 } else { 0 };
            wanted.then_some(start)
        };
        let starts = wanted.map(&mut start).collect();
        Self { starts, rows: vec![ZEROS; length] }
    }

    /// Whether a node has rows.
    pub(crate) fn has(&self, node: usize) -> bool {
        self.starts[node].is_some()
    }

    fn place(&self, node: usize, step: usize) -> usize {
        let Some(start) = self.starts[node] else {
            unreachable!("only rows that the model asks for are read")
        };
        start + step
    }

    pub(crate) fn at(&self, node: usize, step: usize) -> &Row {
        &self.rows[self.place(node, step)]
    }

    pub(crate) fn at_mut(&mut self, node: usize, step: usize) -> &mut Row {
        let place = self.place(node, step);
        &mut self.rows[place]
    }

    /// The row of a step, to be written, and all others, to be read.
    pub(crate) fn split(&mut self, node: usize, step: usize) -> (&mut Row, Others<'_>) {
        let place = self.place(node, step);
        let (before, rest) = self.rows.split_at_mut(place);
        let (row, after) = rest.split_at_mut(1);
        (&mut row[0], Others { starts: &self.starts, before, after })
    }
}

/// All rows but one.
#[derive(Clone, Copy)]
pub(crate) struct Others<'a> {
    starts: &'a [Option<usize>],
    before: &'a [Row],
    after: &'a [Row],
}

impl<'a> Others<'a> {
    /// None for the one row that is left out, and for a node without rows.
    pub(crate) fn at(&self, node: usize, step: usize) -> Option<&'a Row> {
        let place = self.starts[node]? + step;
        match place.checked_sub(self.before.len()) {
            None => self.before.get(place),
            Some(after) => self.after.get(after.checked_sub(1)?),
        }
    }
}

/// A simulated block of paths, as an [`super::Observer`] sees it. Positions of indicators and
/// targets are those in the scenario: `scenario.indicators().get_index_of("gdp")`.
#[derive(Clone, Copy)]
pub struct Block<'a> {
    workspace: &'a Workspace,
    horizon: Horizon,
}

impl Block<'_> {
    pub(crate) fn workspace(&self) -> &Workspace {
        self.workspace
    }

    /// Number of the first path of the block; the others follow.
    pub fn first_path(&self) -> u64 {
        self.workspace.first_path
    }

    /// Paths of the block.
    pub fn len(&self) -> usize {
        self.workspace.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.workspace.len == 0
    }

    /// Base year and last year.
    pub fn horizon(&self) -> Horizon {
        self.horizon
    }

    /// Levels of an indicator at a step (0: the base year), one a path, in its unit; none outside the plan.
    pub fn level(&self, indicator: usize, step: usize) -> Option<&[f64]> {
        let known = indicator < self.workspace.growth.len() && step <= self.workspace.steps;
        known.then(|| &self.workspace.levels.at(indicator, step)[..self.workspace.len])
    }

    /// The measure of a target as at its year, one a path; none for an unknown target, zeros for a combination.
    pub fn measure(&self, target: usize) -> Option<&[f64]> {
        self.workspace.measures.get(target).map(|row| &row[..self.workspace.len])
    }

    /// The margin of a target as at its year, positive when met, one a path; none for an unknown target, zeros
    /// for a combination.
    pub fn margin(&self, target: usize) -> Option<&[f64]> {
        self.workspace.margins.get(target).map(|row| &row[..self.workspace.len])
    }

    /// Where the condition of a target holds as at a step from 1 on; lanes beyond the paths do not count.
    pub(super) fn met(&self, target: usize, step: usize) -> &Bits {
        &self.workspace.met[target][step - 1]
    }

    /// Whether a target is met on a path of the block (0 .. len) as at a step; `false` outside.
    pub fn is_met(&self, target: usize, step: usize, lane: usize) -> bool {
        let steps = self.workspace.met.get(target);
        let bits = step.checked_sub(1).and_then(|k| steps?.get(k));
        lane < self.workspace.len && bits.is_some_and(|bits| bits[lane / 64] >> (lane % 64) & 1 == 1)
    }
}

impl std::fmt::Debug for Block<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Block").field("first_path", &self.first_path()).field("len", &self.len()).finish()
    }
}
