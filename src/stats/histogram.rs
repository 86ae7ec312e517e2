//! Layer 1: quantiles of any number of values in a fixed amount of memory.

use super::bins::{BINS, Bins};
use crate::math::simd;

/// Values whose bins are found together.
const CHUNK: usize = 128;
/// Extremes that are kept side by side.
const WIDTH: usize = 16;

/// Counts of values in 4096 bins on a scale that is even about the centre and logarithmic further out:
///
/// ```text
/// u = (x - centre) / scale,   bins equal in u up to |u| = 1, of twice that width up to 3, of four times up to 7, … up to 255
/// ```
///
/// The bin of a value is read off the leading bits of `1 + |u|`, without a division. Values still further out are in the bins
/// at the ends, so that every real number has its bin. Centre and
/// scale come from a pilot; the exact least and greatest value are kept beside the counts.
/// Counts are whole numbers: merging in any order gives the same bits.
///
/// Between the edges of bins, where it is known exactly, the distribution function is a monotone cubic: Fritsch and Butland
/// (1984), A method for constructing local monotone piecewise cubic interpolants, SIAM J. Sci. Stat. Comput. 5(2), 300-304.
/// With a million values of a normal or log-normal law the root mean
/// square of what this adds, from the 0.1 % to the 99.9 % quantile, is below a tenth of the Monte Carlo error of
/// the quantiles themselves (a test shows it).
///
/// ```
/// use plancast::stats::Histogram;
/// let values: Vec<f64> = (1..=1000).map(f64::from).collect();
/// let mut histogram = Histogram::from_pilot(&values[400..600]);
/// histogram.add_lanes(&values);
/// assert_eq!(histogram.max(), Some(1000.0));
/// assert!((histogram.quantile(0.9).unwrap() - 900.0).abs() < 2.0);
/// ```
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Written")]
pub struct Histogram {
    bins: Bins,
    /// Counts since the last time that they were settled; small, so that they stay in the cache.
    live: Vec<u32>,
    /// Values in `live`.
    fresh: u64,
    /// Older counts; empty until `live` could overflow.
    settled: Vec<u64>,
    min: f64,
    max: f64,
}

/// A histogram as it was written, which may be anything.
#[derive(serde::Deserialize)]
struct Written {
    bins: Bins,
    live: Vec<u32>,
    fresh: u64,
    settled: Vec<u64>,
    min: f64,
    max: f64,
}

impl TryFrom<Written> for Histogram {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let Written { bins, live, fresh, settled, min, max } = written;
        let counts = live.len() == BINS && (settled.is_empty() || settled.len() == BINS);
        let counted = live.iter().map(|count| u64::from(*count)).sum::<u64>() == fresh;
        let total = settled.iter().try_fold(fresh, |total, count| total.checked_add(*count));
        let ends = if total == Some(0) { min > max } else { min <= max };
        if !(counts && counted && fresh <= u64::from(u32::MAX) && total.is_some() && ends && bins.are_fine())
        {
            return Err("these are no counts of a histogram");
        }
        Ok(Self { bins, live, fresh, settled, min, max })
    }
}

impl Histogram {
    /// An empty histogram whose bins fit values like these: centre their median, scale twice the standard deviation
    /// that belongs to their interquartile range. Where that range is nothing, the scale is the largest distance to
    /// the median, and where that is nothing too, it is the size of the median, or 1.
    pub fn from_pilot(values: &[f64]) -> Self {
        Self::of(Bins::from_pilot(values))
    }

    /// An empty histogram with a centre and a scale; a scale that is not positive counts as 1, a centre that is not
    /// finite as 0.
    pub fn new(centre: f64, scale: f64) -> Self {
        Self::of(Bins::new(centre, scale))
    }

    /// An empty histogram.
    pub(crate) fn of(bins: Bins) -> Self {
        Self {
            bins,
            live: vec![0; BINS],
            fresh: 0,
            settled: Vec::new(),
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
        }
    }

    /// Adds values. NaN, which no kernel returns, would count in the highest bin.
    pub fn add_lanes(&mut self, x: &[f64]) {
        for part in x.chunks(u32::MAX as usize / 2) {
            if self.fresh + part.len() as u64 > u64::from(u32::MAX) {
                self.settle();
            }
            self.fresh += part.len() as u64;
            let bins = self.bins.finder();
            let (mut min, mut max) = (self.min, self.max);
            let live = &mut self.live[..BINS];
            simd(
                #[inline(always)]
                || {
                    let mut places = [0_u64; CHUNK];
                    let (mut low, mut high) = ([min; WIDTH], [max; WIDTH]);
                    let (tiles, rest) = part.as_chunks::<WIDTH>();
                    for tile in tiles {
                        extremes(&mut low, &mut high, tile);
                    }
                    extremes(&mut low, &mut high, rest);
                    for chunk in part.chunks(CHUNK) {
                        for (place, x) in places.iter_mut().zip(chunk) {
                            *place = bins.of(*x);
                        }
                        for place in &places[..chunk.len()] {
                            live[*place as usize % BINS] += 1;
                        }
                    }
                    min = low.into_iter().fold(min, f64::min);
                    max = high.into_iter().fold(max, f64::max);
                },
            );
            (self.min, self.max) = (min, max);
        }
    }

    /// Adds the same value many times.
    pub fn add_repeated(&mut self, x: f64, times: u64) {
        if times == 0 {
            return;
        }
        let bin = self.bins.finder().of(x) as usize;
        match u32::try_from(self.fresh.saturating_add(times)) {
            Ok(_) => {
                self.live[bin] += times as u32;
                self.fresh += times;
            }
            Err(_) => {
                self.settle();
                self.settled[bin] += times;
            }
        }
        (self.min, self.max) = (self.min.min(x), self.max.max(x));
    }

    /// Adds each value as often as a count beside it says.
    pub(crate) fn add_each(&mut self, x: &[f64], times: &[u64]) {
        x.iter().zip(times).for_each(|(x, times)| self.add_repeated(*x, *times));
    }

    /// Adds the counts of another histogram with the same centre and scale.
    ///
    /// Returns false, and adds nothing, where centre or scale differ.
    #[must_use]
    pub fn merge(&mut self, other: &Self) -> bool {
        if !self.has(other.bins) {
            return false;
        }
        if self.fresh + other.fresh > u64::from(u32::MAX) || !other.settled.is_empty() {
            self.settle();
            for (bin, count) in self.settled.iter_mut().enumerate() {
                *count += other.in_bin(bin);
            }
        } else {
            for (count, more) in self.live.iter_mut().zip(&other.live) {
                *count += more;
            }
            self.fresh += other.fresh;
        }
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        true
    }

    /// Whether these are its bins.
    pub(crate) fn has(&self, bins: Bins) -> bool {
        self.bins == bins
    }

    /// How many values.
    pub fn count(&self) -> u64 {
        self.fresh + self.settled.iter().sum::<u64>()
    }

    /// The least value; none without values.
    pub fn min(&self) -> Option<f64> {
        (self.min <= self.max).then_some(self.min)
    }

    /// The greatest value; none without values.
    pub fn max(&self) -> Option<f64> {
        (self.min <= self.max).then_some(self.max)
    }

    /// The value that a share `p` of the values do not exceed; the least one at 0, the greatest at 1.
    /// None without values, or for a `p` outside 0 to 1.
    pub fn quantile(&self, p: f64) -> Option<f64> {
        let total = self.count();
        if total == 0 || !(0.0..=1.0).contains(&p) {
            return None;
        }
        let wanted = p * total as f64;
        let mut below = 0_u64;
        for bin in 0..BINS {
            let count = self.in_bin(bin);
            if count > 0 && (below + count) as f64 >= wanted {
                let (left, right) = self.ends(bin);
                let share = (wanted - below as f64) / count as f64;
                let value = left + self.rise(bin).inverse(share) * (right - left);
                // Between infinite ends there is no line.
                let value = if value.is_finite() {
                    value
                } else if share < 1.0 {
                    left
                } else {
                    right
                };
                return Some(value.clamp(self.min, self.max));
            }
            below += count;
        }
        Some(self.max)
    }

    /// About how many values lie below `x`: exact at the edges of bins, a monotone cubic between them.
    pub fn count_below(&self, x: f64) -> f64 {
        if x.is_nan() || x <= self.min {
            return 0.0;
        }
        if x > self.max {
            return self.count() as f64;
        }
        let bin = self.bins.finder().of(x) as usize;
        let below: u64 = (0..bin).map(|bin| self.in_bin(bin)).sum();
        let (left, right) = self.ends(bin);
        let place = if right > left { ((x - left) / (right - left)).clamp(0.0, 1.0) } else { 0.0 };
        below as f64 + self.rise(bin).at(place) * self.in_bin(bin) as f64
    }

    /// Mean and standard deviation (divisor count - 1) of a smooth function of the values, taken in the middle of each
    /// bin; none for fewer than two values. The function works on a row of numbers in place.
    ///
    /// For values of a smooth law that adds some millionths of the standard deviation (the squared width of a bin
    /// over 24). Values that repeat are better summed: see [`super::Moments`].
    pub fn mean_and_sd(&self, f: impl Fn(&mut [f64])) -> Option<(f64, f64)> {
        let n = self.count() as f64;
        if n < 2.0 {
            return None;
        }
        let (counts, mut values) = self.between(f64::NEG_INFINITY, f64::INFINITY);
        f(&mut values);
        // Distances from a value among them, so that nothing cancels.
        let origin = values[values.len() / 2];
        let (mut sum, mut squares) = (0.0, 0.0);
        for (count, value) in counts.iter().zip(&values) {
            let distance = value - origin;
            sum += count * distance;
            squares += count * distance * distance;
        }
        let mean = sum / n;
        let variance = (squares - sum * mean) / (n - 1.0);
        Some((origin + mean, variance.max(0.0).sqrt()))
    }

    /// The mean of a smooth function of the values between two numbers, as in [`Self::mean_and_sd`], values that share a bin
    /// being evenly spread in it; none where there is none.
    pub fn mean_between(&self, low: f64, high: f64, f: impl Fn(&mut [f64])) -> Option<f64> {
        let (counts, mut values) = self.between(low, high);
        f(&mut values);
        let number: f64 = counts.iter().sum();
        let sum: f64 = counts.iter().zip(&values).map(|(count, value)| count * value).sum();
        (number > 0.0).then(|| sum / number)
    }

    /// Numbers and middles of the values of each bin that lie between two numbers.
    fn between(&self, low: f64, high: f64) -> (Vec<f64>, Vec<f64>) {
        let (mut counts, mut middles) = (Vec::new(), Vec::new());
        if self.min > self.max {
            return (counts, middles);
        }
        let bins = self.bins.finder();
        let place = |x: f64| bins.of(x) as usize;
        let (first, last) = (place(self.min), place(self.max));
        counts.reserve(last - first + 1);
        middles.reserve(last - first + 1);
        let mut right = self.edge(first);
        for bin in first..=last {
            let left = std::mem::replace(&mut right, self.edge(bin + 1));
            let count = self.in_bin(bin) as f64;
            if count == 0.0 {
                continue;
            }
            let (from, to) = (left.max(low), right.min(high));
            if from <= to {
                counts.push(if right > left { count * ((to - from) / (right - left)) } else { count });
                middles.push(from + 0.5 * (to - from));
            }
        }
        (counts, middles)
    }

    /// How the distribution function rises within a bin that has values.
    fn rise(&self, bin: usize) -> Rise {
        let steepness = |bin: usize| {
            let (left, right) = self.ends(bin);
            (self.in_bin(bin) as f64 / (right - left), right - left)
        };
        let (own, width) = steepness(bin);
        if !(own.is_finite() && width > 0.0) {
            return Rise { start: 1.0, end: 1.0 };
        }
        // Relative to the bin's own: a weighted harmonic mean of the two that meet, 0 beside an empty bin.
        let meeting = |other: Option<usize>| match other.map(steepness) {
            None => 1.0,
            Some((_, 0.0)) => 1.0,
            Some((0.0, _)) => 0.0,
            Some((steep, wide)) if steep.is_finite() => {
                let share = (1.0 + wide / (wide + width)) / 3.0;
                1.0 / (share + (1.0 - share) * own / steep)
            }
            Some(_) => 1.0,
        };
        Rise { start: meeting(bin.checked_sub(1)), end: meeting(Some(bin + 1).filter(|bin| *bin < BINS)) }
    }

    fn in_bin(&self, bin: usize) -> u64 {
        u64::from(self.live[bin]) + self.settled.get(bin).copied().unwrap_or(0)
    }

    /// The ends of a bin, no further out than the least and the greatest value.
    fn ends(&self, bin: usize) -> (f64, f64) {
        (self.edge(bin), self.edge(bin + 1))
    }

    /// The lower end of a bin, within the values.
    fn edge(&self, bin: usize) -> f64 {
        self.bins.edge(bin).clamp(self.min, self.max)
    }

    fn settle(&mut self) {
        self.settled.resize(BINS, 0);
        for (old, new) in self.settled.iter_mut().zip(&mut self.live) {
            *old += u64::from(std::mem::take(new));
        }
        self.fresh = 0;
    }
}

/// Lane by lane the lesser of `low` and `x` and the greater of `high` and `x`.
#[inline(always)]
fn extremes(low: &mut [f64; WIDTH], high: &mut [f64; WIDTH], x: &[f64]) {
    for ((low, high), x) in low.iter_mut().zip(high).zip(x) {
        *low = if *x < *low { *x } else { *low };
        *high = if *x > *high { *x } else { *high };
    }
}

/// A distribution function within a bin, both scaled to [0, 1]: slopes at both ends of a monotone cubic.
struct Rise {
    start: f64,
    end: f64,
}

impl Rise {
    fn at(&self, place: f64) -> f64 {
        let rest = 1.0 - place;
        place * (place * (3.0 - 2.0 * place) + rest * (self.start * rest - self.end * place))
    }

    /// Where it is `share`, by halving the interval.
    fn inverse(&self, share: f64) -> f64 {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..52 {
            let middle = 0.5 * (low + high);
            if self.at(middle) < share { low = middle } else { high = middle }
        }
        if share <= 0.0 {
            0.0
        } else if share >= 1.0 {
            1.0
        } else {
            0.5 * (low + high)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{at_every_level, exp_in_place};
    use crate::random::{Key, normal_lanes};
    use crate::stats::normal;
    use proptest::prelude::*;

    fn normals(name: &str, n: usize) -> Vec<f64> {
        let mut z = vec![0.0; n];
        normal_lanes(Key::new(20, "test", name), 0, 0, &mut z);
        z
    }

    fn filled(pilot: &[f64], values: &[f64]) -> Histogram {
        let mut histogram = Histogram::from_pilot(pilot);
        histogram.add_lanes(values);
        histogram
    }

    /// The quantiles of a million values, and the counts below them, against the sorted values: closer than a
    /// tenth of the Monte Carlo error sqrt(p (1 - p) / n) / density in root mean square over 11 quantiles, than a
    /// quarter in each. (What is left is the unevenness of the values within a bin.)
    fn against_sorted(values: &mut [f64], pilot: &[f64], density_at_score: impl Fn(f64) -> f64) {
        let histogram = filled(pilot, values);
        values.sort_unstable_by(f64::total_cmp);
        let n = values.len() as f64;
        let mut squares = 0.0;
        assert_eq!(histogram.min(), Some(values[0]));
        assert_eq!(histogram.max(), values.last().copied());
        for p in [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999] {
            let error = (p * (1.0 - p) / n).sqrt() / density_at_score(normal::quantile(p));
            let sorted = values[(p * n) as usize];
            let found = histogram.quantile(p).unwrap();
            let below = histogram.count_below(sorted);
            let in_errors = (found - sorted) / error;
            let in_count_errors = (below - p * n) / (p * (1.0 - p) * n).sqrt();
            assert!(in_errors.abs() < 0.25 && in_count_errors.abs() < 0.25, "{p}: {found} {sorted}");
            squares += (in_errors * in_errors + in_count_errors * in_count_errors) / 22.0;
        }
        assert!(squares.sqrt() < 0.1, "{}", squares.sqrt());
    }

    #[test]
    fn quantiles_of_a_normal_law() {
        against_sorted(&mut normals("a", 1_000_000), &normals("pilot", 4096), normal::density);
    }

    #[test]
    fn quantiles_of_a_log_normal_law() {
        // sigma 1: the upper tail is long, the lower one short.
        let (mut values, mut pilot) = (normals("b", 1_000_000), normals("pilot", 4096));
        exp_in_place(&mut values);
        exp_in_place(&mut pilot);
        against_sorted(&mut values, &pilot, |z| normal::density(z) / libm::exp(z));
    }

    #[test]
    fn moments_of_a_smooth_function_agree_with_sums() {
        // Means and standard deviations of e^(0.3 z) from the counts of z, against the sums of the values themselves: within
        // a thousandth of the standard error of a mean of a million.
        let z = normals("e", 1_000_000);
        let histogram = filled(&normals("pilot", 2048), &z);
        let f = |row: &mut [f64]| row.iter_mut().for_each(|z| *z = libm::exp(0.3 * *z));
        let mut values = z.clone();
        f(&mut values);
        let sums = crate::stats::Moments::of(&values);
        let (mean, sd) = histogram.mean_and_sd(f).unwrap();
        let (exact_mean, exact_sd) = (sums.mean().unwrap(), sums.sd().unwrap());
        let error = exact_sd / 1e3;
        assert!((mean - exact_mean).abs() < 0.01 * error, "{mean} {exact_mean}");
        assert!((sd - exact_sd).abs() < 0.05 * error, "{sd} {exact_sd}");
        // The mean below -1, where an edge of a bin need not be.
        let below: Vec<f64> = values.iter().zip(&z).filter(|(_, z)| **z < -1.0).map(|(x, _)| *x).collect();
        let exact = crate::stats::Moments::of(&below).mean().unwrap();
        let found = histogram.mean_between(f64::NEG_INFINITY, -1.0, f).unwrap();
        assert!((found - exact).abs() < 0.05 * error, "{found} {exact}");
        assert_eq!(histogram.mean_between(20.0, 30.0, f), None);
        assert_eq!(filled(&[], &[1.0]).mean_and_sd(f), None);
    }

    #[test]
    fn equal_values_are_returned_exactly() {
        let histogram = filled(&[], &[0.1; 700]);
        for p in [0.0, 0.3, 1.0] {
            assert_eq!(histogram.quantile(p), Some(0.1));
        }
        assert_eq!(histogram.count_below(0.1), 0.0);
        assert_eq!(histogram.count_below(0.2), 700.0);
    }

    #[test]
    fn nothing_has_no_quantile() {
        let histogram = Histogram::from_pilot(&[1.0, 2.0]);
        assert_eq!((histogram.quantile(0.5), histogram.min(), histogram.max()), (None, None, None));
        assert_eq!(histogram.count_below(1.0), 0.0);
        assert_eq!(filled(&[], &[1.0]).quantile(1.5), None);
        assert_eq!(filled(&[], &[1.0]).quantile(f64::NAN), None);
    }

    #[test]
    fn values_far_outside_the_pilot_are_counted_in_the_end_bins() {
        let values = [f64::NEG_INFINITY, f64::MIN, -1e30, 0.0, 1e30, f64::MAX, f64::INFINITY];
        let histogram = filled(&[0.0, 1.0, 2.0], &values);
        assert_eq!(histogram.count(), 7);
        assert_eq!(histogram.quantile(0.0), Some(f64::NEG_INFINITY));
        assert_eq!(histogram.live[0], 3);
        assert_eq!(histogram.live[BINS - 1], 3);
    }

    #[test]
    fn counts_are_settled_before_they_overflow() {
        let mut histogram = filled(&[0.0, 1.0], &[0.5; 10]);
        histogram.live[0] = u32::MAX - 10;
        histogram.fresh = u64::from(u32::MAX);
        histogram.min = -1e9;
        let other = histogram.clone();
        histogram.add_lanes(&[0.5; 3]);
        assert!(histogram.merge(&other));
        assert_eq!(histogram.count(), 2 * u64::from(u32::MAX) + 3);
        assert_eq!(histogram.in_bin(0), 2 * u64::from(u32::MAX - 10));
    }

    #[test]
    fn histograms_of_different_bins_are_not_merged() {
        let mut histogram = filled(&[0.0, 1.0, 2.0], &[1.0]);
        assert!(!histogram.merge(&filled(&[0.0, 1.0, 5.0], &[1.0])));
        assert_eq!(histogram.count(), 1);
    }

    #[test]
    fn merging_in_any_order_gives_the_same_bits() {
        let (values, pilot) = (normals("c", 10_000), normals("pilot", 512));
        let blocks: Vec<Histogram> = values.chunks(777).map(|block| filled(&pilot, block)).collect();
        let whole = filled(&pilot, &values);
        let merged = |order: &mut dyn Iterator<Item = &Histogram>| {
            let mut sum = Histogram::from_pilot(&pilot);
            order.for_each(|block| assert!(sum.merge(block)));
            sum
        };
        assert_eq!(merged(&mut blocks.iter()), whole);
        assert_eq!(merged(&mut blocks.iter().rev()), whole);
    }

    #[test]
    fn same_counts_at_every_level() {
        let values = normals("d", 5003);
        let runs = at_every_level(|| filled(&values[..500], &values));
        assert!(runs.windows(2).all(|pair| pair[0] == pair[1]));
    }

    proptest! {
        #[test]
        fn quantiles_never_fall_and_stay_within_the_values(
            values in prop::collection::vec(prop_oneof![-5.0..5.0f64, -1e12..1e12f64, Just(1.0)], 1..200),
            pilot in prop::collection::vec(-10.0..10.0f64, 0..20),
        ) {
            let histogram = filled(&pilot, &values);
            let (min, max) = (histogram.min().unwrap(), histogram.max().unwrap());
            let mut before = min;
            for step in 0..=50 {
                let quantile = histogram.quantile(f64::from(step) / 50.0).unwrap();
                prop_assert!(before <= quantile && quantile <= max);
                before = quantile;
            }
            let mut before = 0.0;
            for step in 0..=50 {
                let below = histogram.count_below(min + (max - min) * f64::from(step) / 50.0);
                prop_assert!(before <= below && below <= values.len() as f64);
                before = below;
            }
        }
    }
}
