//! A standard normal between two bounds: its mass, its mean, its quantiles, exact far out in the tails.

use crate::stats::normal;

/// Bounds beyond this are taken as this: the mass above is 1e-268.
const FAR: f64 = 35.0;

/// `low <= Z <= high` of a standard normal Z.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slab {
    low: f64,
    high: f64,
    /// Whether it is told by upper tails: more accurate where it lies above 0.
    above: bool,
    /// Tails at the two ends, on the side that it is told by: the larger first.
    tails: (f64, f64),
}

impl Slab {
    /// The bounds in this order; what is no interval is a very narrow one.
    pub(super) fn new(low: f64, high: f64) -> Self {
        let low = low.clamp(-FAR, FAR);
        let high = high.clamp(-FAR, FAR).max(low + 1e-9);
        let above = low > -high;
        let upper = |z: f64| if z >= FAR { 0.0 } else { normal::upper(z) };
        let tails = if above { (upper(low), upper(high)) } else { (upper(-high), upper(-low)) };
        Self { low, high, above, tails }
    }

    /// P(low <= Z <= high), never 0.
    pub(super) fn mass(self) -> f64 {
        (self.tails.0 - self.tails.1).max(1e-300)
    }

    /// E(Z | low <= Z <= high).
    pub(super) fn mean(self) -> f64 {
        let density = |z: f64| if z.abs() >= FAR { 0.0 } else { normal::density(z) };
        ((density(self.low) - density(self.high)) / self.mass()).clamp(self.low, self.high)
    }

    /// The value that a share `u` of the mass does not exceed.
    pub(super) fn quantile(self, u: f64) -> f64 {
        let (larger, smaller) = self.tails;
        let share = if self.above { 1.0 - u } else { u };
        let z = -normal::upper_quantile(smaller + share * (larger - smaller));
        (if self.above { -z } else { z }).clamp(self.low, self.high)
    }

    pub(super) fn contains(self, z: f64) -> bool {
        self.low <= z && z <= self.high
    }
}

#[cfg(test)]
#[allow(clippy::excessive_precision, reason = "reference values with all their digits")]
mod tests {
    use super::*;

    #[test]
    fn masses_and_means_in_high_precision() {
        // Differences of the complementary error function of C; means by (phi(a) - phi(b)) / mass.
        let values = [
            (-1.0, 2.0, 0.818_594_614_120_364_4, 0.229_637_179_091_329_37),
            (8.0, f64::INFINITY, 6.220_960_574_271_785_4e-16, 8.121_368_112_236),
            (-0.5, 0.5, 0.382_924_922_548_025_94, 0.0),
        ];
        for (low, high, mass, mean) in values {
            let slab = Slab::new(low, high);
            assert!((slab.mass() / mass - 1.0).abs() < 1e-12, "{}", slab.mass());
            assert!((slab.mean() - mean).abs() < 1e-9, "{}", slab.mean());
            let mirror = Slab::new(-high, -low);
            assert!((mirror.mass() / mass - 1.0).abs() < 1e-12 && (mirror.mean() + mean).abs() < 1e-9);
        }
    }

    #[test]
    fn quantiles_are_the_inverse_of_the_mass() {
        for (low, high) in
            [(-1.0, 2.0), (6.0, 7.0), (-9.0, -8.0), (f64::NEG_INFINITY, f64::INFINITY), (3.0, f64::INFINITY)]
        {
            let slab = Slab::new(low, high);
            for u in [1e-9, 0.01, 0.5, 0.99] {
                let z = slab.quantile(u);
                assert!(slab.contains(z));
                let below = Slab::new(low, z).mass() / slab.mass();
                assert!((below - u).abs() < 1e-6 + 1e-6 * u, "{low} {high} {u}: {z} {below}");
            }
        }
    }
}
