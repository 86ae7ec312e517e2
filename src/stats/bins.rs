//! Layer 1: on which bin a value falls.

/// Bins.
pub(super) const BINS: usize = 4096;
/// Binary digits of `1 + |u|` that tell bins apart: 256 bins where it is between two powers of 2.
const DIGITS: u32 = 8;
/// Bins on one side of the centre: eight powers of 2.
const SIDE: u64 = BINS as u64 / 2;
/// Just below the power of 2 at which the last bin ends.
const LAST: f64 = 255.999_999;
/// Bits of the number 1, those of its exponent alone.
const ONE: u64 = 1023 << DIGITS;

/// Where the bins of a [`Histogram`](super::Histogram) are.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Bins {
    centre: f64,
    scale: f64,
}

/// Finds bins.
#[derive(Clone, Copy)]
pub(super) struct Finder {
    centre: f64,
    inverse_scale: f64,
}

impl Bins {
    pub(super) fn new(centre: f64, scale: f64) -> Self {
        Self {
            centre: if centre.is_finite() { centre } else { 0.0 },
            scale: if scale.is_finite() && scale > 0.0 { scale } else { 1.0 },
        }
    }

    /// Bins that fit values like these: see [`Histogram::from_pilot`](super::Histogram::from_pilot).
    pub(crate) fn from_pilot(values: &[f64]) -> Self {
        let mut finite: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
        let (centre, [low, high]) = quartiles(&mut finite);
        // A normal law has an interquartile range of 1.349 standard deviations.
        let spread = (high - low) / 1.349 * 2.0;
        let usable = |scale: &f64| scale.is_finite() && *scale > 1e-12 * centre.abs() && *scale > 1e-290;
        let farthest = || finite.iter().map(|x| (x - centre).abs()).fold(0.0, f64::max);
        let candidates = [spread].into_iter().chain(std::iter::once_with(farthest)).chain([centre.abs()]);
        let scale = candidates.into_iter().find(usable).unwrap_or(1.0);
        Self::new(centre, scale)
    }

    /// Whether they can be bins: they may come from a file.
    pub(super) fn are_fine(self) -> bool {
        self.centre.is_finite() && self.scale.is_finite() && self.scale > 0.0
    }

    /// What the inner loop needs.
    #[inline(always)]
    pub(super) fn finder(self) -> Finder {
        Finder { centre: self.centre, inverse_scale: 1.0 / self.scale }
    }

    /// The lower end of a bin.
    pub(super) fn edge(self, bin: usize) -> f64 {
        let reach = |bins: u64| f64::from_bits((ONE + bins) << (52 - DIGITS)) - 1.0;
        let u = match (bin as u64).checked_sub(SIDE) {
            _ if bin == 0 => f64::NEG_INFINITY,
            Some(SIDE) => f64::INFINITY,
            Some(after) => reach(after),
            None => -reach(SIDE - bin as u64),
        };
        self.centre + self.scale * u
    }
}

impl Finder {
    /// The bin of a value, below `BINS`. An edge itself may fall to either side.
    #[inline(always)]
    pub(super) fn of(self, x: f64) -> u64 {
        let u = (x - self.centre) * self.inverse_scale;
        let size = u.abs() + 1.0;
        let size = if size < LAST { size } else { LAST };
        let side = (size.to_bits() >> (52 - DIGITS)).wrapping_sub(ONE);
        (if u < 0.0 { (SIDE - 1).wrapping_sub(side) } else { SIDE.wrapping_add(side) }) % BINS as u64
    }
}

/// Median and quartiles of some values, which are moved about; 0 of none.
fn quartiles(values: &mut [f64]) -> (f64, [f64; 2]) {
    let n = values.len();
    let place = |share: f64| ((share * n as f64) as usize).min(n.saturating_sub(1));
    let middle = place(0.5);
    if n == 0 {
        return (0.0, [0.0; 2]);
    }
    let (below, median, above) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let mut at = |place: usize| match place.checked_sub(middle) {
        None => *below.select_nth_unstable_by(place, f64::total_cmp).1,
        Some(0) => *median,
        Some(further) => *above.select_nth_unstable_by(further - 1, f64::total_cmp).1,
    };
    let quartiles = [at(place(0.25)), at(place(0.75))];
    (*median, quartiles)
}
