//! The two layers of uncertainty: what will happen, and what is not known.
//!
//! A second, smaller run has a few hundred paths for each draw of the parameters. The probability within a draw is
//! P(met | parameters) with a known Monte Carlo error, which is taken out of the spread. The same
//! paths say how much of the variance of each measure the parameters explain.

use super::block::{self, Broken};
use super::draw::Who;
use super::rows::{Bits, LANES, Row, and, count, dot};
use super::stop::Watch;
use super::streams::{Purpose, Streams};
use super::workspace::Workspace;
use crate::evidence::Evidence;
use crate::model::{ConditionOp, Model, ParameterRule};
use crate::outcome::{Basis, Spread};
use rayon::prelude::*;

/// Draws of the parameters.
const DRAWS: usize = 512;

/// Paths of a draw; a block has room for a few draws.
const PATHS: usize = 256;

/// Blocks whose paths have parameters of their own, for the shares of the variance.
const SHARE_BLOCKS: usize = 32_768 / LANES;

/// What the layers say of every target.
pub(crate) struct Layers {
    /// Per target; none when no parameter is uncertain.
    pub(crate) spreads: Vec<Option<Spread>>,
    /// Of all members met.
    pub(crate) all: Option<Spread>,
    /// Per target; none for a combination or a measure that does not vary.
    pub(crate) bases: Vec<Option<Shares>>,
}

/// How much of the variance of a measure the parameters explain.
pub(crate) struct Shares {
    pub(crate) basis: Basis,
    /// The weakest grade of a parameter that explains at least a tenth.
    pub(crate) weakest: Option<Evidence>,
}

/// Runs both layers.
pub(crate) fn run(model: &Model, seed: u64, members: &[usize], watch: &Watch) -> Result<Layers, Broken> {
    let streams = Streams::new(model, seed, Purpose::Layers);
    let list = &model.parameters.list;
    let shown = |p: usize| match list[p].rule {
        ParameterRule::Rank { shown, .. } => shown,
        _ => p,
    };
    let drawn: Vec<usize> = (0..list.len()).filter(|p| streams.parameters[*p].is_some()).map(shown).collect();
    let targets = model.targets.len();
    let bases = shares(model, &streams, &drawn, watch)?;
    if drawn.is_empty() {
        return Ok(Layers { spreads: vec![None; targets], all: None, bases });
    }
    // hits[draw][target], the last one being all members together.
    let hits: Vec<Vec<Vec<u64>>> = (0..DRAWS * PATHS / LANES)
        .into_par_iter()
        .map_init(
            || Workspace::new(model, false),
            |w, block| {
                watch.go_on()?;
                let first = (block * LANES) as u64;
                let who = Who::Draws { first: (block * LANES / PATHS) as u64, paths: PATHS };
                block::simulate(model, &streams, who, first, LANES, w)?;
                let met = |t: usize| w.met[t][model.targets[t].step - 1];
                let mut met: Vec<Bits> = (0..targets).map(met).collect();
                met.push(members.iter().fold([u64::MAX; LANES / 64], |all, t| and(&all, &met[*t])));
                let of_draw = |draw: usize| {
                    let words = draw * PATHS / 64..(draw + 1) * PATHS / 64;
                    met.iter().map(|bits| count(&bits[words.clone()])).collect()
                };
                Ok((0..LANES / PATHS).map(of_draw).collect())
            },
        )
        .collect::<Result<_, _>>()?;
    let hits = hits.concat();
    let spread = |target: usize| Some(spread(&hits.iter().map(|h| h[target]).collect::<Vec<_>>()));
    Ok(Layers { spreads: (0..targets).map(spread).collect(), all: spread(targets), bases })
}

/// The spread of P(met | parameters) behind the counts of its draws.
///
/// The variance of the counted shares is that of the probabilities plus that of counting, p(1-p)/(n-1) within a
/// draw (Sun, Apley and Staum 2011, Operations Research 59(4)); the shares are drawn together until only the
/// first is left, and their tenth and ninetieth percentile are read off.
fn spread(hits: &[u64]) -> Spread {
    let (draws, n) = (hits.len() as f64, PATHS as f64);
    let shares: Vec<f64> = hits.iter().map(|h| *h as f64 / n).collect();
    let mean = shares.iter().sum::<f64>() / draws;
    let raw = shares.iter().map(|p| (p - mean) * (p - mean)).sum::<f64>() / (draws - 1.0);
    let counting = shares.iter().map(|p| p * (1.0 - p) / (n - 1.0)).sum::<f64>() / draws;
    let variance = (raw - counting).max(0.0);
    let together = if raw > 0.0 { (variance / raw).sqrt() } else { 0.0 };
    let mut drawn: Vec<f64> = shares.iter().map(|p| (mean + together * (p - mean)).clamp(0.0, 1.0)).collect();
    drawn.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| drawn[(share * (draws - 1.0)).round() as usize];
    Spread { sd: variance.sqrt(), low: at(0.1), high: at(0.9), draws: hits.len() as u32 }
}

/// Sums for the correlation of each parameter with each measure.
struct Sums {
    measure: Vec<[f64; 2]>,
    parameter: Vec<[f64; 2]>,
    both: Vec<f64>,
}

/// First-order shares of the variance of each measure, in its latent form where it has one: squared correlations with the parameters, which are
/// independent of each other, both bent (see [`bend`]).
fn shares(
    model: &Model,
    streams: &Streams,
    drawn: &[usize],
    watch: &Watch,
) -> Result<Vec<Option<Shares>>, Broken> {
    let bounded: Vec<usize> = (0..model.targets.len())
        .filter(|t| matches!(model.targets[*t].condition, ConditionOp::Bounded { .. }))
        .collect();
    let mut first = Workspace::new(model, false);
    // Beyond the blocks of the draws, so that no path is used twice.
    let offset = (DRAWS * PATHS) as u64;
    block::simulate(model, streams, Who::Each, offset, LANES, &mut first)?;
    if drawn.is_empty() {
        // Nothing is uncertain but what will happen.
        let basis = Basis { shocks: 1.0, parameters: 0.0, assumptions: 0.0 };
        let varies = |row: &Row| row.iter().any(|x| *x != row[0]);
        let mut bases: Vec<Option<Shares>> = (0..model.targets.len()).map(|_| None).collect();
        for target in bounded {
            bases[target] = varies(first.measured(model, target)).then_some(Shares { basis, weakest: None });
        }
        return Ok(bases);
    }
    let centres: Vec<(f64, f64)> = bounded.iter().map(|t| centre(first.measured(model, *t))).collect();
    let parameters: Vec<(f64, f64)> = drawn.iter().map(|p| centre(&first.parameters[*p])).collect();
    let parts: Vec<Sums> = (0..SHARE_BLOCKS)
        .into_par_iter()
        .map_init(
            || Workspace::new(model, false),
            |w, block| {
                watch.go_on()?;
                let path = offset + (block * LANES) as u64;
                block::simulate(model, streams, Who::Each, path, LANES, w)?;
                Ok(sums(model, &bounded, &centres, drawn, &parameters, w))
            },
        )
        .collect::<Result<_, _>>()?;
    let mut total = Sums {
        measure: vec![[0.0; 2]; bounded.len()],
        parameter: vec![[0.0; 2]; drawn.len()],
        both: vec![0.0; bounded.len() * drawn.len()],
    };
    for part in &parts {
        let add = |total: &mut [f64; 2], part: &[f64; 2]| *total = [total[0] + part[0], total[1] + part[1]];
        total.measure.iter_mut().zip(&part.measure).for_each(|(t, p)| add(t, p));
        total.parameter.iter_mut().zip(&part.parameter).for_each(|(t, p)| add(t, p));
        total.both.iter_mut().zip(&part.both).for_each(|(t, p)| *t += p);
    }
    let mut bases: Vec<Option<Shares>> = (0..model.targets.len()).map(|_| None).collect();
    for (m, target) in bounded.iter().enumerate() {
        bases[*target] = explained(model, &total, m, drawn);
    }
    Ok(bases)
}

/// Median and twice the robust standard deviation of a row.
fn centre(row: &Row) -> (f64, f64) {
    let mut sorted = *row;
    sorted.sort_unstable_by(f64::total_cmp);
    let scale = (sorted[LANES * 3 / 4] - sorted[LANES / 4]) / 1.349 * 2.0;
    (sorted[LANES / 2], if scale > 0.0 { scale } else { 1.0 })
}

fn sums(
    model: &Model,
    bounded: &[usize],
    centres: &[(f64, f64)],
    drawn: &[usize],
    parameters: &[(f64, f64)],
    w: &Workspace,
) -> Sums {
    let bent: Vec<Row> =
        bounded.iter().zip(centres).map(|(t, at)| w.measured(model, *t).map(|x| bend(x, *at))).collect();
    let drawn: Vec<Row> =
        drawn.iter().zip(parameters).map(|(p, at)| w.parameters[*p].map(|x| bend(x, *at))).collect();
    let once = |row: &Row| [row.iter().sum::<f64>(), dot(row, row)];
    Sums {
        measure: bent.iter().map(once).collect(),
        parameter: drawn.iter().map(once).collect(),
        both: bent.iter().flat_map(|y| drawn.iter().map(|x| dot(y, x))).collect(),
    }
}

/// u / (1 + |u|) with u the distance to a median in twice the standard deviation: a heavy tail does not decide, and
/// nothing cancels where the spread is small beside the level.
fn bend(x: f64, (centre, scale): (f64, f64)) -> f64 {
    let u = (x - centre) / scale;
    u / (1.0 + u.abs())
}

fn explained(model: &Model, total: &Sums, measure: usize, drawn: &[usize]) -> Option<Shares> {
    let n = (SHARE_BLOCKS * LANES) as f64;
    let variance = |s: &[f64; 2]| s[1] / n - (s[0] / n) * (s[0] / n);
    let y = &total.measure[measure];
    let of_measure = variance(y);
    if !(of_measure > 1e-18) {
        return None;
    }
    let (mut parameters, mut assumptions, mut weakest) = (0.0, 0.0, None);
    for (k, p) in drawn.iter().enumerate() {
        let x = &total.parameter[k];
        let covariance = total.both[measure * drawn.len() + k] / n - (x[0] / n) * (y[0] / n);
        let of_parameter = variance(x);
        if !(of_parameter > 0.0) {
            continue;
        }
        // A squared sample correlation of independent numbers is 1/n on average.
        let share = (covariance * covariance / (of_parameter * of_measure) - 1.0 / n).max(0.0);
        let evidence = model.parameters.list[*p].evidence;
        if evidence == Evidence::Assumption {
            assumptions += share;
        } else {
            parameters += share;
        }
        if share >= 0.1 {
            weakest = weakest.max(Some(evidence));
        }
    }
    // Estimated one by one, they can add to a little more than everything.
    let sum = f64::max(1.0, parameters + assumptions);
    (parameters, assumptions) = (parameters / sum, assumptions / sum);
    let shocks = (1.0 - parameters - assumptions).max(0.0);
    Some(Shares { basis: Basis { shocks, parameters, assumptions }, weakest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counting_alone_is_no_spread() {
        // Binomial counts of n = 256 at p = 0.3, by the inverse of the law at evenly spread ranks.
        let counts: Vec<u64> = (0..DRAWS)
            .map(|k| {
                let rank = (k as f64 + 0.5) / DRAWS as f64;
                let z = crate::stats::normal::quantile(rank);
                (256.0 * 0.3 + z * (256.0_f64 * 0.3 * 0.7).sqrt()).round() as u64
            })
            .collect();
        let spread = spread(&counts);
        // Four standard errors of a variance from 512 draws: 4 sqrt(2/511) = 25 % of p(1-p)/n.
        assert!(spread.sd < (0.25 * 0.3 * 0.7 / 256.0_f64).sqrt(), "{spread:?}");
    }

    #[test]
    fn a_real_spread_is_found_again() {
        // P is 0.2 or 0.6, half of the draws each: mean 0.4, standard deviation 0.2.
        let counts: Vec<u64> = (0..DRAWS).map(|k| if k % 2 == 0 { 51 } else { 154 }).collect();
        let spread = spread(&counts);
        assert!((spread.sd - 0.2).abs() < 0.005, "{spread:?}");
        assert!((spread.low - 0.2).abs() < 0.01 && (spread.high - 0.6).abs() < 0.01, "{spread:?}");
    }
}
