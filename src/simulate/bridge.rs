//! Yearly shocks from components in the order of their weight.

/// An orthogonal matrix, one row a year and one column a component: shock of a year = its row times independent standard
/// normals.
///
/// The components are those of a Brownian bridge whose clock runs by the squares of the weights: the first one alone gives the
/// sum of weight times shock, which is what the last year is made of; the next ones halve what is left of
/// the years between, and so on (Caflisch, Morokoff and Owen 1997, J. Comput. Finance 1(1), 27-46).
#[derive(Debug, Clone)]
pub(super) struct Bridge {
    years: usize,
    loads: Vec<f64>,
}

impl Bridge {
    /// For shocks that weigh so much, a weight a year.
    pub(super) fn new(weights: &[f64]) -> Self {
        let years = weights.len();
        let largest =
            weights.iter().fold(0.0, |most: f64, w| if w.is_finite() { most.max(w.abs()) } else { most });
        // A year without weight still has a shock, so its clock does not stand still.
        let weight =
            |w: &f64| if largest > 0.0 && w.is_finite() { (w.abs() / largest).max(1e-3) } else { 1.0 };
        let signs: Vec<f64> = weights.iter().map(|w| if *w < 0.0 { -1.0 } else { 1.0 }).collect();
        let weights: Vec<f64> = weights.iter().map(weight).collect();
        let mut clock = vec![0.0; years + 1];
        for (year, w) in weights.iter().enumerate() {
            clock[year + 1] = clock[year] + w * w;
        }
        // Weighted sums up to each year, as rows of loads on the components.
        let mut sums = vec![vec![0.0; years]; years + 1];
        let mut open = std::collections::VecDeque::new();
        if years > 0 {
            sums[years][0] = clock[years].sqrt();
            open.push_back((0, years));
        }
        let mut component = 1;
        while let Some((from, to)) = open.pop_front() {
            if to - from < 2 {
                continue;
            }
            let middle = 0.5 * (clock[from] + clock[to]);
            let off = |year: &usize| (clock[*year] - middle).abs();
            let at = (from + 1..to).min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or(from + 1);
            let (before, after) = (clock[at] - clock[from], clock[to] - clock[at]);
            let all = before + after;
            sums[at] = (0..years).map(|k| (after * sums[from][k] + before * sums[to][k]) / all).collect();
            sums[at][component] = (before * after / all).sqrt();
            component += 1;
            open.extend([(from, at), (at, to)]);
        }
        let load = |year: usize, k: usize| signs[year] * (sums[year + 1][k] - sums[year][k]) / weights[year];
        let loads = (0..years).flat_map(|year| (0..years).map(move |k| (year, k)));
        Self { years, loads: loads.map(|(year, k)| load(year, k)).collect() }
    }

    /// What the shock of a year (0: the first) has of each component.
    pub(super) fn loads(&self, year: usize) -> &[f64] {
        &self.loads[year * self.years..][..self.years]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn shocks_stay_independent_standard_normals() {
        for weights in
            [vec![1.0; 1], vec![1.0; 5], vec![0.4, 0.5, 0.6, 0.8, -1.0], vec![0.0; 7], vec![0.0, 1.0, 0.0]]
        {
            let bridge = Bridge::new(&weights);
            for i in 0..weights.len() {
                for j in 0..weights.len() {
                    let expected = if i == j { 1.0 } else { 0.0 };
                    let found = product(bridge.loads(i), bridge.loads(j));
                    assert!((found - expected).abs() < 1e-9, "{weights:?} {i} {j}: {found}");
                }
            }
        }
    }

    #[test]
    fn first_component_is_the_weighted_sum() {
        let weights = [1.4, 1.3, -1.2, 1.1, 1.0];
        let bridge = Bridge::new(&weights);
        for k in 0..5 {
            let sum: f64 = (0..5).map(|year| weights[year] * bridge.loads(year)[k]).sum();
            let expected = if k == 0 { product(&weights, &weights).sqrt() } else { 0.0 };
            assert!((sum - expected).abs() < 1e-12, "{k}: {sum}");
        }
    }

    #[test]
    fn equal_years_give_the_brownian_bridge() {
        // Four years: the end, then the middle with the standard deviation of a bridge over four years, sqrt(2 2/4) = 1.
        let bridge = Bridge::new(&[1.0; 4]);
        let level = |year: usize, k: usize| (0..year).map(|y| bridge.loads(y)[k]).sum::<f64>();
        assert_eq!([level(4, 0), level(2, 0), level(1, 0)], [2.0, 1.0, 0.5]);
        assert_eq!([level(4, 1), level(2, 1), level(1, 1)], [0.0, 1.0, 0.5]);
        assert!((level(1, 2) - 0.5_f64.sqrt()).abs() < 1e-15);
    }
}
