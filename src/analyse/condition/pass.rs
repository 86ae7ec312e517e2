//! One pass over the paths: simulated, moved, kept or drawn anew, weighed, counted.

use super::bring::{Mover, Plan};
use super::figure::Gauge;
use super::gather::{Law, Weighed, lanes};
use super::tilt::Tilt;
use crate::analyse::goal::Success;
use crate::model::Model;
use crate::simulate::{
    Bits, Broken, Desk, LANES, NotFinite, Row, Streams, ZEROS, and, bits, count, first_lanes,
};
use crate::stats::Histogram;
use std::sync::Mutex;

/// What a path has to meet to be kept.
pub(super) enum Filter {
    /// A bound on the latent form of a figure: at least, or at most.
    Bound { gauge: Gauge, at_least: bool, edge: f64 },
    /// A target is met, or missed.
    Goal { success: Success, met: bool },
}

/// What a view is about.
pub(super) struct Viewed {
    pub(super) gauge: Gauge,
    /// The value of the view, in the unit of the figure.
    pub(super) value: f64,
    /// The share of the paths that does not exceed it; none for a mean.
    pub(super) share: Option<f64>,
}

impl Viewed {
    /// What has to be 0 on average.
    pub(super) fn feature(&self, value: f64) -> f64 {
        match self.share {
            Some(share) => f64::from(u8::from(value <= self.value)) - share,
            None => value - self.value,
        }
    }
}

/// What a pass is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// How many paths meet the filters.
    Mass,
    /// The values that views are about, of every path: the one thing whose memory grows with the number of paths.
    Views,
    /// The answer.
    Answer,
}

/// Multiples that weights are rounded to where values are counted; the share that rounding adds to one path is below a millionth.
const WHOLE: f64 = 1_048_576.0;

/// What all threads share.
pub(super) struct Course<'a> {
    pub(super) model: &'a Model,
    pub(super) plan: &'a Plan,
    /// The draws of the run, and those of other futures for the same parameters.
    pub(super) tries: &'a [Streams],
    pub(super) filters: &'a [Filter],
    pub(super) views: &'a [Viewed],
    pub(super) tilt: &'a Tilt,
    /// What probabilities are asked for.
    pub(super) events: &'a [Success],
    /// Empty histograms of the levels, node by node, t0 … T.
    pub(super) cells: &'a [Histogram],
    /// Levels that sums are taken around, in the same order.
    pub(super) centres: &'a [f64],
    /// Histograms that no thread works on. Counts are whole numbers: whose they are makes no difference.
    pub(super) idle: &'a Mutex<Vec<Vec<Histogram>>>,
    pub(super) purpose: Purpose,
}

/// What a thread needs.
pub(super) struct Bench<'a> {
    desk: Desk<'a>,
    mover: Mover<'a>,
    /// Levels, viewed values, and what happens, on the futures kept so far.
    levels: Vec<Row>,
    viewed: Vec<Row>,
    after: Vec<Bits>,
    cells: Vec<Histogram>,
    idle: &'a Mutex<Vec<Vec<Histogram>>>,
}

impl Drop for Bench<'_> {
    fn drop(&mut self) {
        if let Ok(mut idle) = self.idle.lock() {
            idle.push(std::mem::take(&mut self.cells));
        }
    }
}

/// What is gathered of some paths.
pub(super) struct Part {
    pub(super) law: Law,
    /// Per given value: paths that could not be brought to it.
    pub(super) stuck: Vec<u64>,
    /// Per filter: paths that meet it as first drawn; and those that meet all.
    pub(super) masses: Vec<u64>,
    pub(super) mass: u64,
    pub(super) kept: u64,
    /// Per view: the values of the paths kept.
    pub(super) viewed: Vec<Vec<f64>>,
    pub(super) weighed: Weighed,
    /// Per cell, of distances y to its centre: sums of w y, w y^2, w^2 y, w^2 y^2.
    pub(super) levels: Vec<[f64; 4]>,
}

impl Part {
    pub(super) fn merge(&mut self, later: Self) {
        self.law.merge(later.law);
        let add = |total: &mut [u64], later: &[u64]| total.iter_mut().zip(later).for_each(|(t, l)| *t += l);
        add(&mut self.stuck, &later.stuck);
        add(&mut self.masses, &later.masses);
        self.mass += later.mass;
        self.kept += later.kept;
        self.viewed.iter_mut().zip(later.viewed).for_each(|(total, later)| total.extend(later));
        self.weighed.merge(&later.weighed);
        for (total, later) in self.levels.iter_mut().zip(&later.levels) {
            total.iter_mut().zip(later).for_each(|(t, l)| *t += l);
        }
    }
}

impl<'a> Course<'a> {
    pub(super) fn start(&self) -> Part {
        Part {
            law: Law::default(),
            stuck: vec![0; self.plan.aims().len()],
            masses: vec![0; self.filters.len()],
            mass: 0,
            kept: 0,
            viewed: vec![Vec::new(); self.views.len()],
            weighed: Weighed::new(self.events.len(), self.views.len()),
            levels: vec![[0.0; 4]; self.cells.len()],
        }
    }

    pub(super) fn bench(&self, seed: u64) -> Bench<'a> {
        let free = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        Bench {
            desk: Desk::new(self.model, seed, true),
            mover: Mover::new(self.plan),
            levels: vec![ZEROS; self.cells.len()],
            viewed: vec![ZEROS; self.views.len()],
            after: vec![[0; LANES / 64]; self.events.len()],
            cells: free.unwrap_or_else(|| self.cells.to_vec()),
            idle: self.idle,
        }
    }

    /// Simulates `len` paths from a path on, and gathers from them.
    pub(super) fn block(
        &self,
        bench: &mut Bench<'a>,
        first: u64,
        len: usize,
        part: &mut Part,
    ) -> Result<(), Broken> {
        let valid = first_lanes(len);
        let before = self.unconditional(bench, first, len, part)?;
        let mut kept: Bits = [0; LANES / 64];
        let tries = if self.purpose == Purpose::Mass { &self.tries[..1] } else { self.tries };
        for (number, streams) in tries.iter().enumerate() {
            if number > 0 {
                bench.desk.simulate_with(streams, first, len)?;
            }
            bench.mover.bring(&mut bench.desk, streams, first, len, &mut part.stuck)?;
            let mut meets = valid;
            for (k, filter) in self.filters.iter().enumerate() {
                let holds = and(&valid, &filter.bits(bench));
                if number == 0 {
                    part.masses[k] += count(&holds);
                }
                meets = and(&meets, &holds);
            }
            if number == 0 {
                part.mass += count(&meets);
            }
            let fresh: Bits = std::array::from_fn(|k| meets[k] & !kept[k]);
            kept = std::array::from_fn(|k| kept[k] | fresh[k]);
            if self.purpose != Purpose::Mass {
                self.keep(bench, &fresh)?;
            }
            if kept == valid {
                break;
            }
        }
        part.kept += count(&kept);
        match self.purpose {
            Purpose::Mass => {}
            Purpose::Views => {
                for (values, row) in part.viewed.iter_mut().zip(&bench.viewed) {
                    values.extend(lanes(&kept).map(|lane| row[lane]));
                }
            }
            Purpose::Answer => self.count(bench, &kept, &before, part),
        }
        Ok(())
    }

    /// The block as the plan has it: where the given figures are, and what happens.
    fn unconditional(
        &self,
        bench: &mut Bench<'a>,
        first: u64,
        len: usize,
        part: &mut Part,
    ) -> Result<Vec<Bits>, Broken> {
        bench.desk.simulate_with(&self.tries[0], first, len)?;
        if !self.plan.is_empty() {
            part.law.add(bench.mover.read(&bench.desk), len);
        }
        Ok(self.events.iter().map(|event| event.bits(&bench.desk.workspace)).collect())
    }

    /// Keeps the futures of some lanes.
    fn keep(&self, bench: &mut Bench<'a>, fresh: &Bits) -> Result<(), Broken> {
        if count(fresh) == 0 {
            return Ok(());
        }
        let w = &mut bench.desk.workspace;
        for (view, kept) in self.views.iter().zip(&mut bench.viewed) {
            let mut row = ZEROS;
            view.gauge.read(w, &mut row);
            view.gauge.values(&mut row);
            lanes(fresh).for_each(|lane| kept[lane] = row[lane]);
        }
        if self.purpose != Purpose::Answer {
            return Ok(());
        }
        for (event, after) in self.events.iter().zip(&mut bench.after) {
            let now = event.bits(w);
            *after = std::array::from_fn(|k| after[k] & !fresh[k] | now[k] & fresh[k]);
        }
        w.show(self.model);
        let per_node = w.steps + 1;
        for (cell, kept) in bench.levels.iter_mut().enumerate() {
            let (node, step) = (cell / per_node, cell % per_node);
            let row = w.levels.at(node, step);
            for lane in lanes(fresh) {
                if !row[lane].is_finite() {
                    return Err(Broken::Level(NotFinite { node, step }));
                }
                kept[lane] = row[lane];
            }
        }
        Ok(())
    }

    /// Counts the futures kept.
    fn count(&self, bench: &mut Bench<'a>, kept: &Bits, before: &[Bits], part: &mut Part) {
        let mut features = bench.viewed.clone();
        for (view, row) in self.views.iter().zip(&mut features) {
            row.iter_mut().for_each(|x| *x = view.feature(*x));
        }
        let weights = part.weighed.add(self.tilt, kept, &features, before, &bench.after);
        let kept: Vec<usize> = lanes(kept).collect();
        let times: Vec<u64> = kept.iter().map(|lane| (weights[*lane] * WHOLE).round() as u64).collect();
        let mut values = Vec::with_capacity(kept.len());
        let rows = bench.levels.iter().zip(&mut bench.cells).zip(self.centres);
        for ((levels, histogram), (centre, sums)) in
            rows.map(|((l, h), c)| (l, h, c)).zip(&mut part.levels).map(|((l, h, c), s)| ((l, h), (c, s)))
        {
            values.clear();
            values.extend(kept.iter().map(|lane| levels[*lane]));
            match self.views {
                [] => histogram.add_lanes(&values),
                _ => histogram.add_each(&values, &times),
            }
            for (value, lane) in values.iter().zip(&kept) {
                let (y, w) = (value - centre, weights[*lane]);
                let (wy, wyy) = (w * y, w * y * y);
                let add = [wy, wyy, w * wy, w * wyy];
                sums.iter_mut().zip(add).for_each(|(sum, x)| *sum += x);
            }
        }
    }

    /// A block of a pilot: which given values some of its paths cannot reach, and the levels of each cell.
    pub(super) fn pilot(
        model: &Model,
        plan: &Plan,
        seed: u64,
        draws: &Streams,
    ) -> Result<(Vec<u64>, Vec<Row>), Broken> {
        let mut desk = Desk::new(model, seed, true);
        let mut stuck = vec![0; plan.aims().len()];
        desk.simulate_with(draws, 0, LANES)?;
        Mover::new(plan).bring(&mut desk, draws, 0, LANES, &mut stuck)?;
        let w = &mut desk.workspace;
        w.show(model);
        let cells = (0..model.nodes.len()).flat_map(|node| (0..=w.steps).map(move |step| (node, step)));
        let levels = cells.map(|(node, step)| *w.levels.at(node, step)).collect();
        Ok((stuck, levels))
    }
}

impl Filter {
    /// The lanes that meet it.
    fn bits(&self, bench: &Bench<'_>) -> Bits {
        let w = &bench.desk.workspace;
        match self {
            Self::Bound { gauge, at_least, edge } => {
                let mut row = ZEROS;
                gauge.read(w, &mut row);
                let edge = *edge;
                if *at_least { bits(&row, move |x| x >= edge) } else { bits(&row, move |x| x <= edge) }
            }
            Self::Goal { success, met } => {
                let holds = success.bits(w);
                std::array::from_fn(|k| if *met { holds[k] } else { !holds[k] })
            }
        }
    }
}
