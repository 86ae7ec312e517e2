//! Layer 1: a smooth increasing function of a normal score, as a table.

/// Normal scores beyond this are taken as this: 1.6e-16 of all draws.
const REACH: f64 = 8.25;
/// Equal steps between the nodes; one more than the reach needs, so that a node can be put on a kink.
const STEPS: usize = 2048;
/// Just within the last interval.
const LAST: f64 = STEPS as f64 - 1e-9;
const STEP: f64 = 2.0 * REACH / (STEPS - 1) as f64;

/// An increasing function on [-8.25, 8.25]: cubic between equally spaced nodes with given
/// values and slopes (Hermite), so its error falls with the fourth power of the step of 0.008.
///
/// Slopes are held below three times those of the neighbouring chords, which keeps a cubic between
/// increasing values increasing: Fritsch and Carlson (1980), Monotone piecewise cubic interpolation,
/// SIAM J. Numer. Anal. 17(2), 238-246.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    start: f64,
    /// Value and slope times step at each node.
    nodes: Box<[[f64; 2]; STEPS + 1]>,
}

impl Table {
    /// The table of a function that gives value and slope; a node is put on the kink. Where a slope is not finite the
    /// chord is taken, and where a value is not finite or would fall, the value before it.
    pub(super) fn new(kink: f64, function: impl Fn(f64) -> (f64, f64)) -> Self {
        let whole = -REACH - STEP;
        let start = if kink.abs() < REACH {
            let steps = ((kink - whole) / STEP).floor();
            (kink - steps * STEP).clamp(whole, -REACH)
        } else {
            -REACH
        };
        let mut nodes = Box::new([[0.0; 2]; STEPS + 1]);
        let mut slopes = vec![0.0; STEPS + 1];
        for (i, (node, slope)) in nodes.iter_mut().zip(&mut slopes).enumerate() {
            let (value, there) = function(start + i as f64 * STEP);
            node[0] = value;
            *slope = there * STEP;
        }
        mend(&mut nodes[..]);
        for i in 0..=STEPS {
            let left = if i > 0 { nodes[i][0] - nodes[i - 1][0] } else { f64::INFINITY };
            let right = if i < STEPS { nodes[i + 1][0] - nodes[i][0] } else { f64::INFINITY };
            let chord = left.min(right);
            let slope = if slopes[i].is_finite() { slopes[i] } else { chord };
            nodes[i][1] = slope.clamp(0.0, 3.0 * chord);
        }
        Self { start, nodes }
    }

    /// The function at a normal score.
    #[inline(always)]
    pub(super) fn at(&self, z: f64) -> f64 {
        // The table may reach a step further on one side: symmetric laws stay symmetric.
        let z = if z > -REACH { z } else { -REACH };
        let z = if z < REACH { z } else { REACH };
        let t = (z - self.start) * (1.0 / STEP);
        let t = if t > 0.0 { t } else { 0.0 };
        let t = if t < LAST { t } else { LAST };
        // Rounds down but for ties, where the fraction comes out as 0 or 1 and either is right.
        let shifted = t - 0.5 + 6_755_399_441_055_744.0;
        let whole = shifted - 6_755_399_441_055_744.0;
        let i = shifted.to_bits() as usize & (STEPS - 1);
        let f = t - whole;
        let [left, rise] = self.nodes[i];
        let [right, fall] = self.nodes[i + 1];
        let chord = right - left;
        let cubic = rise + fall - 2.0 * chord;
        let square = chord - rise - cubic;
        left + f * (rise + f * (square + f * cubic))
    }
}

/// Makes the values finite and increasing, from the middle outwards.
fn mend(nodes: &mut [[f64; 2]]) {
    let middle = nodes.len() / 2;
    if !nodes[middle][0].is_finite() {
        nodes[middle][0] = 0.0;
    }
    for i in middle + 1..nodes.len() {
        let before = nodes[i - 1][0];
        if !nodes[i][0].is_finite() || nodes[i][0] < before {
            nodes[i][0] = before;
        }
    }
    for i in (0..middle).rev() {
        let after = nodes[i + 1][0];
        if !nodes[i][0].is_finite() || nodes[i][0] > after {
            nodes[i][0] = after;
        }
    }
}
