//! What is remembered of the paths: sums that are merged in the order of the paths.

use super::tilt::Tilt;
use crate::analyse::Estimate;
use crate::outcome::Probability;
use crate::simulate::{Bits, Row, count};
use crate::stats::{normal, wilson_of};

/// Means and covariances of the figures that values are given for, over the unconditional paths.
#[derive(Debug, Clone, Default)]
pub(super) struct Law {
    n: f64,
    mean: Vec<f64>,
    /// Sums of products of distances to the mean, row after row.
    products: Vec<f64>,
}

impl Law {
    /// Adds a block, a row a figure.
    pub(super) fn add(&mut self, rows: &[Row], len: usize) {
        let k = rows.len();
        let mean: Vec<f64> = rows.iter().map(|row| row[..len].iter().sum::<f64>() / len as f64).collect();
        let mut products = vec![0.0; k * k];
        for a in 0..k {
            for b in 0..k {
                let both = rows[a][..len].iter().zip(&rows[b][..len]);
                products[a * k + b] = both.map(|(x, y)| (x - mean[a]) * (y - mean[b])).sum();
            }
        }
        self.merge(Self { n: len as f64, mean, products });
    }

    /// Chan, Golub and LeVeque (1983), as in [`crate::stats::Moments`].
    pub(super) fn merge(&mut self, later: Self) {
        if self.n == 0.0 {
            *self = later;
        } else if later.n > 0.0 {
            let (k, n) = (self.mean.len(), self.n + later.n);
            let off: Vec<f64> = later.mean.iter().zip(&self.mean).map(|(b, a)| b - a).collect();
            for a in 0..k {
                for b in 0..k {
                    let between = off[a] * off[b] * self.n * later.n / n;
                    self.products[a * k + b] += later.products[a * k + b] + between;
                }
                self.mean[a] += off[a] * later.n / n;
            }
            self.n = n;
        }
    }

    pub(super) fn mean(&self, figure: usize) -> f64 {
        self.mean[figure]
    }

    pub(super) fn covariance(&self, a: usize, b: usize) -> f64 {
        self.products[a * self.mean.len() + b] / (self.n - 1.0).max(1.0)
    }
}

/// Sums over weighted paths, of which probabilities and their errors are made. A path has a weight w (0 where it was not kept) and features
/// h = (1, g), g being what the views are about; m and u say whether something happens on it with and without the conditions.
#[derive(Debug, Clone)]
pub(super) struct Weighed {
    /// Sums of w h h' and of w^2 h h', row after row.
    once: Vec<f64>,
    twice: Vec<f64>,
    events: Vec<Event>,
}

#[derive(Debug, Clone)]
struct Event {
    before: u64,
    hits: u64,
    /// Sums of w m h, w^2 m h, w u h.
    met: Vec<f64>,
    met_twice: Vec<f64>,
    unconditional: Vec<f64>,
    /// Sum of w m u.
    both: f64,
}

impl Weighed {
    pub(super) fn new(events: usize, views: usize) -> Self {
        let d = 1 + views;
        let event = Event {
            before: 0,
            hits: 0,
            met: vec![0.0; d],
            met_twice: vec![0.0; d],
            unconditional: vec![0.0; d],
            both: 0.0,
        };
        Self { once: vec![0.0; d * d], twice: vec![0.0; d * d], events: vec![event; events] }
    }

    /// Adds a block: the lanes kept, their features, the lanes on which each thing happens without and with the conditions. Returns the
    /// weights.
    pub(super) fn add(
        &mut self,
        tilt: &Tilt,
        kept: &Bits,
        features: &[Row],
        before: &[Bits],
        after: &[Bits],
    ) -> Row {
        let d = 1 + features.len();
        let mut weights = crate::simulate::ZEROS;
        let mut h = vec![1.0; d];
        for (event, (before, after)) in self.events.iter_mut().zip(before.iter().zip(after)) {
            event.before += count(before);
            event.hits += count(&crate::simulate::and(after, kept));
        }
        for lane in lanes(kept) {
            h.iter_mut().skip(1).zip(features).for_each(|(h, row)| *h = row[lane]);
            let w = tilt.weight(h.iter().skip(1).copied());
            weights[lane] = w;
            for (i, x) in h.iter().enumerate() {
                for (j, y) in h.iter().enumerate() {
                    self.once[i * d + j] += w * x * y;
                    self.twice[i * d + j] += w * w * x * y;
                }
            }
            let holds = |bits: &Bits| bits[lane / 64] >> (lane % 64) & 1 == 1;
            for (event, (before, after)) in self.events.iter_mut().zip(before.iter().zip(after)) {
                let (m, u) = (holds(after), holds(before));
                event.both += if m && u { w } else { 0.0 };
                for (k, x) in h.iter().enumerate() {
                    if m {
                        event.met[k] += w * x;
                        event.met_twice[k] += w * w * x;
                    }
                    if u {
                        event.unconditional[k] += w * x;
                    }
                }
            }
        }
        weights
    }

    pub(super) fn merge(&mut self, later: &Self) {
        let add = |total: &mut [f64], later: &[f64]| total.iter_mut().zip(later).for_each(|(t, l)| *t += l);
        add(&mut self.once, &later.once);
        add(&mut self.twice, &later.twice);
        for (event, later) in self.events.iter_mut().zip(&later.events) {
            event.before += later.before;
            event.hits += later.hits;
            event.both += later.both;
            add(&mut event.met, &later.met);
            add(&mut event.met_twice, &later.met_twice);
            add(&mut event.unconditional, &later.unconditional);
        }
    }

    /// Sum of the weights, and of their squares.
    pub(super) fn weight(&self) -> (f64, f64) {
        (self.once[0], self.twice[0])
    }

    /// How many equally weighted paths they are worth (Kong 1992, Technical report 348, University of Chicago).
    pub(super) fn effective(&self) -> f64 {
        if self.twice[0] > 0.0 { self.once[0] * self.once[0] / self.twice[0] } else { 0.0 }
    }

    /// The probability of something given the conditions, without them, and the difference; `kept` of `paths` paths meet the conditions.
    ///
    /// Errors by the delta method. With W the sum of the weights, the share P = sum of w m / W, and beta the regression of m on g under the
    /// weights, path s adds
    ///
    /// ```text
    /// a = n w (m - P - beta' g) / W      to the probability given the conditions (beta: the views hold on these very paths)
    /// a - (u - P_u)                      to the difference
    /// ```
    ///
    /// and errors are those of means of these. Half a path is added to each cell of the table of m and u, so that few turned paths do not
    /// pass for none (Agresti and Min 2005, Statistics in Medicine 24, 729-740).
    pub(super) fn chance(
        &self,
        event: usize,
        (kept, paths): (u64, u64),
        confidence: f64,
    ) -> (Probability, Probability, Estimate) {
        let event = &self.events[event];
        let d = event.met.len();
        let (n, total) = (paths as f64, self.once[0]);
        let share = event.met[0] / total;
        let unconditional = Probability::counted(event.before, paths, confidence);
        let mean: Vec<f64> = (1..d).map(|v| self.once[v] / total).collect();
        let mut spread: Vec<f64> = (1..d)
            .flat_map(|i| (1..d).map(move |j| (i, j)))
            .map(|(i, j)| self.once[i * d + j] / total - mean[i - 1] * mean[j - 1])
            .collect();
        let mut beta: Vec<f64> = (1..d).map(|v| event.met[v] / total - share * mean[v - 1]).collect();
        if !super::bring::solve(&mut spread, &mut beta) {
            beta.fill(0.0);
        }
        let shift: f64 = beta.iter().zip(&mean).map(|(b, g)| b * g).sum();
        let gamma: Vec<f64> = std::iter::once(shift - share).chain(beta.iter().map(|b| -b)).collect();
        let along = |row: &[f64]| row.iter().zip(&gamma).map(|(x, c)| x * c).sum::<f64>();
        let squares: f64 = (0..d).map(|i| gamma[i] * along(&self.twice[i * d..][..d])).sum();
        let own = (n / total) * (n / total) * (event.met_twice[0] + 2.0 * along(&event.met_twice) + squares);
        let across = n / total * (event.both + along(&event.unconditional));
        let p = unconditional.estimate;
        let error = ((own - 2.0 * across + n * p * (1.0 - p)).max(0.0) + 1.0).sqrt() / n;
        let probability = if d == 1 {
            Probability::counted(event.hits, kept, confidence)
        } else {
            let worth = n * n * share * (1.0 - share) / own;
            let worth = if worth.is_finite() && own > 0.0 { worth } else { self.effective() };
            let interval = wilson_of(share * worth, (1.0 - share) * worth, confidence);
            Probability {
                hits: event.hits,
                paths: kept,
                estimate: share,
                low: interval.low,
                high: interval.high,
            }
        };
        let estimate = probability.estimate - p;
        let half = normal::two_sided(confidence) * error;
        let shift =
            Estimate { estimate, error, low: (estimate - half).max(-1.0), high: (estimate + half).min(1.0) };
        (probability, unconditional, shift)
    }
}

/// The lanes of a set.
pub(super) fn lanes(bits: &Bits) -> impl Iterator<Item = usize> + '_ {
    bits.iter().enumerate().flat_map(|(k, word)| {
        let mut word = *word;
        std::iter::from_fn(move || {
            (word != 0).then(|| {
                let lane = word.trailing_zeros() as usize;
                word &= word - 1;
                64 * k + lane
            })
        })
    })
}
