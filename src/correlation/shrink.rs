//! Layer 1: correlations from short histories, drawn towards a simple target by as much as they are uncertain.

use super::{Correlation, SymmetricEigen};
use crate::error::Fault;
use crate::series::Series;
use crate::time::Year;
use std::collections::BTreeMap;

/// What sample correlations are drawn towards.
///
/// Which one pays: the mean squared error of a correlation from ten years of ten normal series that share one factor
/// (a test of this file repeats it).
///
/// | mean correlation | raw | towards the identity | towards equal correlations |
/// |---|---|---|---|
/// | 0.4 | 0.084 | 0.070 | 0.030 |
/// | 0.7 | 0.040 | 0.070 | 0.020 |
///
/// Growth rates of one economy are such series. The identity is for series that may have little to do with each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShrinkTarget {
    /// No correlation: target D of Schaefer and Strimmer (2005).
    Identity,
    /// The mean of all correlations, for three series or more.
    Equicorrelated,
    /// One mean of all correlations within groups, one of those between groups: the group of each series, as any number.
    /// Two numbers for the whole matrix, since the mean of a group of two would be the sample itself.
    Block(Vec<usize>),
}

/// What a shrinkage did, and how much of the result comes from the data.
#[derive(Debug, Clone, PartialEq)]
pub struct ShrinkReport {
    /// lambda, from 0 to 1: the weight of the target.
    pub intensity: f64,
    /// Common years of the pair that has fewest.
    pub fewest_years: usize,
    /// Common years of the pair that has most.
    pub most_years: usize,
    /// Rank of the sample part, as the number of its positive eigenvalues: with the same n years for all series at most n - 1.
    pub sample_rank: usize,
    /// Smallest eigenvalue of the sample part; negative where pairs have different years that do not fit together.
    pub sample_smallest_eigenvalue: f64,
    /// Effective number of free correlations: the sum of the derivatives of the estimates by the sample correlations
    /// at the given intensity, (1 - lambda) for each pair and lambda for each mean of the target (Efron 2004: the trace of
    /// the matrix that makes the fit from the data, as for ridge regression). All pairs at lambda = 0.
    pub degrees_of_freedom: f64,
    /// How many further years the target counts as: nu with lambda = nu / (nu + n - 1), the prior weight of the inverse
    /// Wishart law whose posterior mean the estimate is (Hannart and Naveau 2014); n is the average over pairs. None
    /// where lambda is 1, and the data weigh nothing beside the target.
    pub target_years: Option<f64>,
    /// Means that make the target: none for the identity, one for equal correlations, within and between for blocks.
    pub target_means: Vec<f64>,
    /// Share of the identity that was added since the result had no positive smallest eigenvalue; 0 with common years.
    pub identity_share: f64,
    /// Smallest eigenvalue of the result.
    pub smallest_eigenvalue: f64,
}

/// Fewer common years than this say nothing about a correlation.
const FEWEST: usize = 4;
/// The smallest eigenvalue of a result is at least this.
const POSITIVE: f64 = 1e-6;
/// A spread below this share of the largest value is rounding.
const CONSTANT: f64 = 1e-9;

/// The correlation matrix of some named yearly series, `lambda T + (1 - lambda) R`.
///
/// R has the sample correlation of each pair over the years that both have, so that a short series costs the others nothing;
/// where years differ between pairs, R may be no correlation matrix, and the share of T, and if need be of the
/// identity, makes it one. T is the [`ShrinkTarget`]. The intensity has the least expected squared error,
///
/// ```text
/// lambda = sum (Var r - Cov(t, r)) / sum (t - r)^2        over pairs, at most 1
/// Var r  = n / (n - 1)^3 sum_k (w_k - mean w)^2           w_k = z_ik z_jk, n common years
/// ```
///
/// with z the standardised values of the common years, and t the mean of the r of its class (0 for the identity), whose
/// covariances come from the same w, year by year. Standard deviations are taken as known, as the reference does: strongly
/// correlated series are drawn to the target somewhat more than the least error needs.
///
/// **Years count as independent of each other.** Yearly growth persists, and n years of two series with persistence
/// a and b tell as much of their correlation as n (1 - a b) / (1 + a b) independent ones (Bartlett 1946; with 0.6 in both
/// less than half). r then varies more than is seen here, and the intensity comes out too low. Take what is left of growth when
/// its persistence is taken out, `g[t] - a g[t-1]`; that is also the innovation whose correlation a process needs.
///
/// References: Schaefer and Strimmer (2005), A shrinkage approach to large-scale covariance matrix estimation, Stat. Appl.
/// Genet. Mol. Biol. 4(1), 32, equation 8 and target D; Ledoit and Wolf (2004), Honey, I shrunk the sample
/// covariance matrix, J. Portfolio Management 30(4), 110-119, for equal correlations.
///
/// ```
/// use plancast::correlation::{ShrinkTarget, shrink};
/// use plancast::{series::Series, time::Year};
/// let of = |values: [f64; 6]| Series::new((2019..).map(Year).zip(values));
/// let (gdp, retail) = (of([6.1, 2.2, 8.4, 3.0, 5.2, 5.0]), of([8.0, -3.9, 12.5, -0.2, 7.2, 3.5]));
/// let (correlation, report) = shrink(&[("gdp", &gdp), ("retail", &retail)], &ShrinkTarget::Identity).unwrap();
/// assert_eq!((report.fewest_years, report.sample_rank), (6, 2));
/// // Six years give 0.976, of which 0.779 is kept.
/// assert!((report.intensity - 0.202).abs() < 0.001 && (correlation.get(0, 1) - 0.779).abs() < 0.001);
/// ```
///
/// # Errors
/// A [`Fault`] for fewer than two series, a pair with fewer than 4 years in common or that is constant over them, a value that
/// is not finite, and a target whose means would be the sample itself. Its path is `[k]` for the series at k, `target`, or
/// empty.
pub fn shrink(
    series: &[(&str, &Series)],
    target: &ShrinkTarget,
) -> Result<(Correlation, ShrinkReport), Fault> {
    let size = series.len();
    if size < 2 {
        return Err(Fault::new("", format!("{size} series given; a correlation needs at least two")));
    }
    let classes = Classes::of(size, target)?;
    let sample = Sample::of(series, &classes)?;
    let pairs = sample.pairs.len() as f64;
    let means: Vec<f64> = (0..classes.count).map(|class| sample.mean_of(class)).collect();
    let mean = |pair: &Pair| pair.class.map_or(0.0, |class| means[class]);
    let apart: f64 = sample.pairs.iter().map(|pair| (mean(pair) - pair.r) * (mean(pair) - pair.r)).sum();
    let lambda = if apart > 0.0 { (sample.error() / apart).clamp(0.0, 1.0) } else { 1.0 };

    let filled = |value: &dyn Fn(&Pair) -> f64| {
        let mut entries = vec![1.0; size * size];
        for pair in &sample.pairs {
            let value = value(pair);
            (entries[pair.i * size + pair.j], entries[pair.j * size + pair.i]) = (value, value);
        }
        entries
    };
    let raw = SymmetricEigen::new(size, &filled(&|pair| pair.r));
    let mixed = |pair: &Pair| lambda * mean(pair) + (1.0 - lambda) * pair.r;
    let before = SymmetricEigen::new(size, &filled(&mixed)).smallest();
    // Eigenvalues of (1 - share) M + share I are those of M drawn to 1.
    let share = if before >= POSITIVE { 0.0 } else { (POSITIVE - before) / (1.0 - before) };
    let correlation =
        Correlation::from_checked(size, filled(&|pair| ((1.0 - share) * mixed(pair)).clamp(-1.0, 1.0)));

    let average_years = sample.pairs.iter().map(|pair| pair.years as f64).sum::<f64>() / pairs;
    let report = ShrinkReport {
        intensity: lambda,
        fewest_years: sample.pairs.iter().map(|pair| pair.years).min().unwrap_or(0),
        most_years: sample.pairs.iter().map(|pair| pair.years).max().unwrap_or(0),
        sample_rank: raw.values.iter().filter(|value| **value > CONSTANT * size as f64).count(),
        sample_smallest_eigenvalue: raw.smallest(),
        degrees_of_freedom: (1.0 - share) * ((1.0 - lambda) * pairs + lambda * classes.count as f64),
        target_years: (lambda < 1.0).then(|| lambda / (1.0 - lambda) * (average_years - 1.0)),
        target_means: means,
        identity_share: share,
        smallest_eigenvalue: correlation.smallest_eigenvalue(),
    };
    Ok((correlation, report))
}

/// Which pairs share a mean in the target.
struct Classes<'a> {
    count: usize,
    target: &'a ShrinkTarget,
}

impl<'a> Classes<'a> {
    /// Refuses targets in which a mean is that of one pair, the sample itself.
    fn of(size: usize, target: &'a ShrinkTarget) -> Result<Self, Fault> {
        let fault = |problem: String, remedy: &str| Err(Fault::new("target", problem).remedy(remedy));
        match target {
            ShrinkTarget::Identity => Ok(Self { count: 0, target }),
            ShrinkTarget::Equicorrelated if size < 3 => fault(
                "the mean of all correlations of two series is the sample itself; at least three are needed"
                    .into(),
                "take the identity as target",
            ),
            ShrinkTarget::Equicorrelated => Ok(Self { count: 1, target }),
            ShrinkTarget::Block(groups) if groups.len() != size => fault(
                format!("groups are given for {} series; there must be one for each of {size}", groups.len()),
                "give the group of each series",
            ),
            ShrinkTarget::Block(_) => {
                let classes = Self { count: 2, target };
                let pairs = (0..size).flat_map(|j| (0..j).map(move |i| (i, j)));
                let (within, between): (Vec<_>, Vec<_>) =
                    pairs.partition(|(i, j)| classes.class(*i, *j) == Some(0));
                if within.len() < 2 {
                    let shared =
                        if within.is_empty() { "no two series share" } else { "only one pair shares" };
                    return fault(
                        format!(
                            "{shared} a group; at least 2 pairs are needed, or their mean is the sample itself"
                        ),
                        "make groups larger, or take equal correlations or the identity as target",
                    );
                }
                if between.is_empty() {
                    return fault(
                        "all series are in one group; at least two groups are needed".into(),
                        "take equal correlations as target",
                    );
                }
                Ok(classes)
            }
        }
    }

    fn class(&self, i: usize, j: usize) -> Option<usize> {
        match self.target {
            ShrinkTarget::Identity => None,
            ShrinkTarget::Equicorrelated => Some(0),
            ShrinkTarget::Block(groups) => Some(usize::from(groups[i] != groups[j])),
        }
    }
}

/// The sample correlation of two series.
struct Pair {
    i: usize,
    j: usize,
    class: Option<usize>,
    years: usize,
    r: f64,
}

/// All sample correlations, with what is known of their errors.
struct Sample {
    pairs: Vec<Pair>,
    /// Sum of Var r over pairs.
    variance: f64,
    /// By class, the sum over its pairs of the part that each year has in the error of r.
    by_year: Vec<BTreeMap<Year, f64>>,
}

impl Sample {
    fn of(series: &[(&str, &Series)], classes: &Classes<'_>) -> Result<Self, Fault> {
        for (k, (name, values)) in series.iter().enumerate() {
            if let Some((year, value)) = values.iter().find(|(_, value)| !value.is_finite()) {
                return Err(Fault::new(
                    format!("[{k}]"),
                    format!("`{name}` is {value} in {year}; it must be finite"),
                ));
            }
        }
        let mut sample =
            Self { pairs: Vec::new(), variance: 0.0, by_year: vec![BTreeMap::new(); classes.count] };
        for j in 1..series.len() {
            for i in 0..j {
                sample.add(series, i, j, classes.class(i, j))?;
            }
        }
        Ok(sample)
    }

    fn add(
        &mut self,
        series: &[(&str, &Series)],
        i: usize,
        j: usize,
        class: Option<usize>,
    ) -> Result<(), Fault> {
        let ((a, first), (b, second)) = (series[i], series[j]);
        let common: Vec<(Year, f64, f64)> =
            first.iter().filter_map(|(year, x)| Some((year, x, second.get(year)?))).collect();
        let years = common.len();
        if years < FEWEST {
            let listed: Vec<String> = common.iter().map(|(year, ..)| year.to_string()).collect();
            let which = if listed.is_empty() { String::new() } else { format!(" ({})", listed.join(", ")) };
            let plural = if years == 1 { "year" } else { "years" };
            return Err(Fault::new(
                format!("[{j}]"),
                format!(
                    "`{a}` and `{b}` have {years} {plural} in common{which}; at least {FEWEST} are needed"
                ),
            )
            .remedy("give both a longer history, or leave one of them out"));
        }
        let n = years as f64;
        let constant = |k: usize, name: &str, other: &str| {
            Fault::new(
                format!("[{k}]"),
                format!(
                    "`{name}` is constant over the {years} years that it has in common with `{other}`; a correlation needs it to change"
                ),
            )
            .remedy("give a longer history, or leave the series out")
        };
        let x = standardised(common.iter().map(|(_, x, _)| *x)).ok_or_else(|| constant(i, a, b))?;
        let y = standardised(common.iter().map(|(_, _, y)| *y)).ok_or_else(|| constant(j, b, a))?;
        let products: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x * y).collect();
        let mean = products.iter().sum::<f64>() / n;
        let r = (mean * n / (n - 1.0)).clamp(-1.0, 1.0);
        let scale = (n / ((n - 1.0) * (n - 1.0) * (n - 1.0))).sqrt();
        for ((year, ..), product) in common.iter().zip(&products) {
            let part = scale * (product - mean);
            self.variance += part * part;
            if let Some(class) = class {
                *self.by_year[class].entry(*year).or_insert(0.0) += part;
            }
        }
        self.pairs.push(Pair { i, j, class, years, r });
        Ok(())
    }

    fn members(&self, class: usize) -> impl Iterator<Item = &Pair> {
        self.pairs.iter().filter(move |pair| pair.class == Some(class))
    }

    fn mean_of(&self, class: usize) -> f64 {
        self.members(class).map(|pair| pair.r).sum::<f64>() / self.members(class).count().max(1) as f64
    }

    /// Sum of Var r - Cov(t, r). Over a class of m pairs the covariances sum to m Var t, with t = the sum of r over m.
    fn error(&self) -> f64 {
        let shared = self.by_year.iter().enumerate().map(|(class, years)| {
            let m = self.members(class).count().max(1) as f64;
            years.values().map(|sum| sum * sum).sum::<f64>() / m
        });
        self.variance - shared.sum::<f64>()
    }
}

/// Less the mean, over the standard deviation (divisor n - 1); none where the values are one and the same but for rounding.
fn standardised(values: impl Iterator<Item = f64> + Clone) -> Option<Vec<f64>> {
    let largest = values.clone().map(f64::abs).fold(0.0, f64::max);
    if largest == 0.0 {
        return None;
    }
    // By the largest first, so that no square is too large or too small for a number.
    let scaled: Vec<f64> = values.map(|x| x / largest).collect();
    let n = scaled.len() as f64;
    let mean = scaled.iter().sum::<f64>() / n;
    let sd = (scaled.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0)).sqrt();
    (sd > CONSTANT).then(|| scaled.iter().map(|x| (x - mean) / sd).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, normal_at};
    use proptest::prelude::*;

    /// Growth of GNP, employed, armed forces and population, United States 1948-1962, in log per cent: from R's data set longley
    /// (Longley 1967, J. Am. Stat. Assoc. 62, 819-841), whose levels are in `tests/reference/correlation.py`.
    const GROWTH: [[f64; 4]; 15] = [
        [10.191610210769486, 1.315840962500481, -8.80410664576461, 0.947102899021335],
        [-0.530263281600618, -1.568135816396499, 10.42610103244099, 1.044857380082664],
        [9.791230659961236, 1.674423998164443, 2.08213278135849, 1.047575981866355],
        [14.49005880900689, 3.270177578789202, 63.03041908931224, 1.027793302551938],
        [5.334013806212212, 0.658996551676694, 14.81863095557561, 1.060605917111879],
        [5.162969409984886, 2.099153484694138, -1.31636125698824, 1.597483657263243],
        [-0.624026557708124, -1.9076306631991, -5.71418299545101, 0.972715645366673],
        [9.040561701073191, 3.480086121188375, -9.44747080125747, 1.00083452800348],
        [5.318347831318793, 2.745997032879721, -6.47135145757645, 1.140100947586564],
        [5.474776740529741, 0.458736634381651, -2.08672470053459, 1.430752020403769],
        [0.400534731334812, -2.459249877958758, -5.92629688721402, 1.241790746307014],
        [8.235009268898352, 3.169654549553158, -3.27645418886062, 1.154442210258999],
        [4.039298540866998, 1.315322937188146, -1.50022553144877, 1.60978654563948],
        [3.051254857429875, -0.335505552484516, 2.28086962073171, 1.961993272595564],
        [6.846794117873056, 1.744371592205329, 9.45322723360809, 1.728398839995648],
    ];
    const NAMES: [&str; 4] = ["gnp", "employed", "armed", "population"];

    fn grown(kept: impl Fn(i32, usize) -> bool) -> Vec<Series> {
        let all = |k: usize| (1948..).zip(GROWTH).map(move |(year, row)| (Year(year), row[k]));
        (0..4).map(|k| Series::new(all(k).filter(|(year, _)| kept(year.0, k)))).collect()
    }

    fn of(series: &[Series], target: &ShrinkTarget) -> Result<(Correlation, ShrinkReport), Fault> {
        let named: Vec<(&str, &Series)> =
            series.iter().enumerate().map(|(k, series)| (NAMES[k % 4], series)).collect();
        shrink(&named, target)
    }

    /// Six pairs in the order (0,1), (0,2), (0,3), (1,2), (1,3), (2,3).
    fn upper(correlation: &Correlation) -> Vec<f64> {
        (0..4).flat_map(|i| (i + 1..4).map(move |j| (i, j))).map(|(i, j)| correlation.get(i, j)).collect()
    }

    fn close(found: &[f64], expected: &[f64]) -> bool {
        found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9)
    }

    fn block() -> ShrinkTarget {
        ShrinkTarget::Block(vec![7, 7, 3, 3])
    }

    #[test]
    fn the_identity_agrees_with_corpcor() {
        // R 4.2.2, corpcor 1.6.10: estimate.lambda(grown), cor.shrink(grown); see tests/reference/correlation.R.
        let (correlation, report) = of(&grown(|_, _| true), &ShrinkTarget::Identity).unwrap();
        assert!((report.intensity - 0.554112798807421).abs() < 1e-12, "{report:?}");
        let expected = [
            0.3700789465407395,
            0.2057927130500831,
            -0.0988387014529952,
            0.0991055047221119,
            -0.0279449043985816,
            -0.0431228829778285,
        ];
        assert!(close(&upper(&correlation), &expected), "{correlation:?}");
        let (_, short) = of(&grown(|year, _| year <= 1955), &ShrinkTarget::Identity).unwrap();
        assert!((short.intensity - 0.624402702618611).abs() < 1e-12, "{short:?}");
    }

    #[test]
    fn all_targets_agree_with_the_formula_written_out_with_and_without_gaps() {
        // tests/reference/correlation.py: (gaps, target, lambda, correlations, smallest eigenvalue, degrees of freedom, means).
        let equal = ShrinkTarget::Equicorrelated;
        let cases = [
            (
                false,
                equal.clone(),
                0.536944447192,
                [
                    0.485697413383,
                    0.315085535616,
                    -0.001275345944,
                    0.204290464356,
                    0.072348131693,
                    0.056585743263,
                ],
                0.490712957489,
                3.315277764038,
                vec![0.18878866],
            ),
            (
                false,
                block(),
                0.510187155795,
                [
                    0.593589169519,
                    0.277015937171,
                    -0.057625602601,
                    0.159818662139,
                    0.020252148271,
                    0.139681627868,
                ],
                0.383191443598,
                3.959251376819,
                vec![0.3666354, 0.09986529],
            ),
            (
                true,
                ShrinkTarget::Identity,
                0.512309196794,
                [
                    0.455902813142,
                    0.241473601783,
                    -0.112224978355,
                    -0.215953578290,
                    -0.055551728411,
                    -0.080995662598,
                ],
                0.376279528843,
                2.926144819234,
                vec![],
            ),
            (
                true,
                equal,
                0.412010940166,
                [
                    0.582421527943,
                    0.323892907844,
                    -0.102547152606,
                    -0.227608526643,
                    -0.034218509267,
                    -0.064895230752,
                ],
                0.221058354908,
                3.939945299169,
                vec![0.0795075],
            ),
            (
                true,
                block(),
                0.382887635828,
                [
                    0.724059007865,
                    0.277633416719,
                    -0.169928369475,
                    -0.301184077226,
                    -0.098215384469,
                    0.044680423102,
                ],
                0.086948197303,
                4.468449456686,
                vec![0.38436972, -0.0729236],
            ),
        ];
        for (gaps, target, lambda, correlations, smallest, df, means) in cases {
            let series = grown(|year, k| match k {
                _ if !gaps => true,
                0 => year != 1952,
                1 => year >= 1954,
                2 => year <= 1958,
                _ => true,
            });
            let (correlation, report) = of(&series, &target).unwrap();
            assert!((report.intensity - lambda).abs() < 1e-11, "{target:?} {report:?}");
            assert!(close(&upper(&correlation), &correlations), "{target:?} {correlation:?}");
            assert!((report.smallest_eigenvalue - smallest).abs() < 1e-9, "{report:?}");
            assert!((report.degrees_of_freedom - df).abs() < 1e-9, "{report:?}");
            let near = report.target_means.iter().zip(&means).all(|(a, b)| (a - b).abs() < 1e-7);
            assert!(report.target_means.len() == means.len() && near, "{report:?}");
            assert_eq!(report.identity_share, 0.0);
            let years = if gaps { (5, 14) } else { (15, 15) };
            assert_eq!((report.fewest_years, report.most_years), years);
            // Three short overlaps do not fit together.
            assert_eq!(report.sample_rank, if gaps { 3 } else { 4 });
            let smallest = if gaps { -0.27892605 } else { 0.11906495 };
            assert!((report.sample_smallest_eigenvalue - smallest).abs() < 1e-8, "{report:?}");
        }
    }

    #[test]
    fn two_series_that_can_be_done_by_hand() {
        // 1, 2, 3, 4 and 1, 2, 4, 3: z is (-3, -1, 1, 3)/sqrt(20/3), so w = (9, 1, 3, 3) * 3/20, r = 4/3 * 16/4 * 3/20 = 0.8;
        // sum (w - mean)^2 = 36 * 9/400, Var r = 4/27 * 0.81 = 0.12, lambda = 0.12/0.64 = 0.1875, correlation 0.65.
        let (a, b) = ([1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 4.0, 3.0]);
        let series = [a, b].map(|values| Series::new((2020..).map(Year).zip(values)));
        let (correlation, report) = of(&series, &ShrinkTarget::Identity).unwrap();
        assert!((report.intensity - 0.1875).abs() < 1e-14);
        assert!((correlation.get(1, 0) - 0.65).abs() < 1e-14);
        assert!((report.degrees_of_freedom - 0.8125).abs() < 1e-14);
        // nu / (nu + 3) = 3/16.
        assert!((report.target_years.unwrap() - 9.0 / 13.0).abs() < 1e-13);
        assert!((report.sample_smallest_eigenvalue - 0.2).abs() < 1e-14);
    }

    #[test]
    fn nothing_in_common_gives_the_target_alone() {
        // w = 1, -1, 1, -1 but for scale: r is 0.
        let series = [[1.0, 1.0, -1.0, -1.0], [1.0, -1.0, -1.0, 1.0]]
            .map(|values| Series::new((2020..).map(Year).zip(values)));
        let (correlation, report) = of(&series, &ShrinkTarget::Identity).unwrap();
        assert!(correlation.is_independent());
        assert_eq!((report.intensity, report.target_years, report.degrees_of_freedom), (1.0, None, 0.0));
    }

    #[test]
    fn pairs_of_different_years_that_do_not_fit_together_are_made_to() {
        // a and b move together in the first years, b and c in the next, a and c against each other in the last.
        let up = [1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 1.5, -1.5];
        let years = |from: i32, sign: f64| (from..).map(Year).zip(up.map(|x| sign * x)).collect::<Vec<_>>();
        let series = [
            [years(1980, 1.0), years(2000, 1.0)].concat(),
            [years(1980, 1.0), years(1990, 1.0)].concat(),
            [years(1990, 1.0), years(2000, -1.0)].concat(),
        ]
        .map(Series::new);
        let (correlation, report) = of(&series, &ShrinkTarget::Equicorrelated).unwrap();
        // 1, 1 and -1 with determinant -4: eigenvalues 2, 2, -1.
        assert!((report.sample_smallest_eigenvalue + 1.0).abs() < 1e-12, "{report:?}");
        assert!(report.identity_share > 0.0 && report.smallest_eigenvalue > 0.9 * POSITIVE, "{report:?}");
        assert!(correlation.smallest_eigenvalue() > 0.9 * POSITIVE);
    }

    #[test]
    fn what_says_nothing_is_refused_with_what_is_missing() {
        let series = |values: &[f64]| Series::new((2020..).map(Year).zip(values.iter().copied()));
        let refused = |series: &[Series], target| {
            let fault = of(series, &target).unwrap_err();
            (fault.path, fault.problem)
        };
        let four = series(&[1.0, 3.0, 2.0, 5.0]);
        let (path, problem) = refused(&[four.clone(), series(&[1.0, 2.0, 1.0])], ShrinkTarget::Identity);
        assert_eq!(path, "[1]");
        assert!(
            problem.contains("`gnp` and `employed` have 3 years in common (2020, 2021, 2022)"),
            "{problem}"
        );
        // Growth of 3 % in each year, but for rounding.
        let steady: Vec<f64> =
            (0..6).map(|k| libm::log(1.03_f64.powi(k + 1)) - libm::log(1.03_f64.powi(k))).collect();
        let (path, problem) = refused(&[series(&steady), four.clone()], ShrinkTarget::Identity);
        assert_eq!(path, "[0]");
        assert!(problem.starts_with("`gnp` is constant over the 4 years"), "{problem}");
        assert!(
            refused(&[four.clone(), series(&[0.0; 4])], ShrinkTarget::Identity)
                .1
                .contains("`employed` is constant")
        );
        let nan = series(&[1.0, f64::NAN, 2.0, 3.0]);
        assert!(
            refused(&[four.clone(), nan], ShrinkTarget::Identity).1.contains("`employed` is NaN in 2021")
        );
        assert!(refused(std::slice::from_ref(&four), ShrinkTarget::Identity).1.contains("at least two"));
        let pair = [four.clone(), series(&[2.0, 1.0, 2.0, 4.0])];
        assert!(refused(&pair, ShrinkTarget::Equicorrelated).1.contains("at least three"));
        let three = [pair.as_slice(), &[series(&[1.0, 0.0, 0.0, 1.0])]].concat();
        for (groups, expected) in [
            (vec![0, 0, 1], "only one pair shares a group"),
            (vec![0, 0, 0], "all series are in one group"),
            (vec![0, 0], "groups are given for 2 series"),
        ] {
            let (path, problem) = refused(&three, ShrinkTarget::Block(groups));
            assert!(path == "target" && problem.contains(expected), "{problem}");
        }
    }

    /// Normal series with one common factor, by the loads.
    fn simulated(key: Key, sample: u64, years: i32, loads: &[f64]) -> Vec<Series> {
        let normal = |year: i32, k: usize| normal_at(key, sample, year as u32 * 16 + k as u32);
        let value = |year: i32, k: usize| {
            loads[k] * normal(year, 15) + (1.0 - loads[k] * loads[k]).sqrt() * normal(year, k)
        };
        (0..loads.len())
            .map(|k| Series::new((0..years).map(|year| (Year(2000 + year), value(year, k)))))
            .collect()
    }

    /// The table of [`ShrinkTarget`].
    #[test]
    fn the_error_is_as_documented_and_less_than_that_of_the_sample() {
        let key = Key::new(11, "test", "shrink");
        for (mean, expected) in [(0.4, [0.084, 0.070, 0.030]), (0.7, [0.040, 0.070, 0.020])] {
            let spread = if mean < 0.5 { 0.2 } else { 0.1 };
            let loads: Vec<f64> =
                (0..10).map(|k| f64::sqrt(mean) + spread * (f64::from(k) / 4.5 - 1.0)).collect();
            let mut errors = [const { Vec::new() }; 3];
            for sample in 0..600 {
                let series = simulated(key, sample, 10, &loads);
                let named: Vec<(&str, &Series)> = series.iter().map(|series| ("s", series)).collect();
                let (identity, _) = shrink(&named, &ShrinkTarget::Identity).unwrap();
                let z: Vec<Vec<f64>> = series
                    .iter()
                    .map(|series| {
                        standardised(series.iter().map(|(_, x)| x).collect::<Vec<_>>().into_iter()).unwrap()
                    })
                    .collect();
                let raw = |i: usize, j: usize| z[i].iter().zip(&z[j]).map(|(x, y)| x * y).sum::<f64>() / 9.0;
                let (equal, _) = shrink(&named, &ShrinkTarget::Equicorrelated).unwrap();
                let error = |of: &dyn Fn(usize, usize) -> f64| {
                    let pairs = (0..10).flat_map(|j| (0..j).map(move |i| (i, j)));
                    pairs.map(|(i, j)| of(i, j) - loads[i] * loads[j]).map(|x| x * x).sum::<f64>() / 45.0
                };
                errors[0].push(error(&raw));
                errors[1].push(error(&|i, j| identity.get(i, j)));
                errors[2].push(error(&|i, j| equal.get(i, j)));
            }
            for (errors, expected) in errors.iter().zip(expected) {
                let n = errors.len() as f64;
                let average = errors.iter().sum::<f64>() / n;
                let variance = errors.iter().map(|x| (x - average) * (x - average)).sum::<f64>() / (n - 1.0);
                // 4 standard errors of both simulations, the one in NumPy with 1500 samples.
                let tolerance = 4.0 * (variance / n + variance / 1500.0).sqrt() + 0.0005;
                assert!((average - expected).abs() < tolerance, "{mean}: {average} for {expected}");
            }
        }
    }

    #[test]
    fn with_many_years_the_data_speak() {
        let key = Key::new(12, "test", "shrink");
        let loads = [0.9, 0.8, 0.5, 0.3];
        let mut before = 2.0;
        for years in [20, 200, 2000] {
            let series = simulated(key, 0, years, &loads);
            for target in [ShrinkTarget::Identity, ShrinkTarget::Equicorrelated, block()] {
                let (correlation, report) = of(&series, &target).unwrap();
                if target == ShrinkTarget::Identity {
                    assert!(report.intensity < 0.4 * before, "{years}: {report:?}");
                    before = report.intensity;
                }
                // Var r is about 1/n, so lambda about 1/n over the mean squared distance, which is above 0.01 here.
                assert!(report.intensity < 100.0 / f64::from(years), "{years}: {report:?}");
                let worst = 4.0 / f64::from(years).sqrt() + report.intensity;
                assert!((correlation.get(0, 1) - 0.72).abs() < worst, "{years}: {report:?}");
            }
        }
    }

    fn target() -> impl Strategy<Value = ShrinkTarget> {
        prop_oneof![Just(ShrinkTarget::Identity), Just(ShrinkTarget::Equicorrelated), Just(block())]
    }

    proptest! {
        #[test]
        fn a_correlation_matrix_whatever_comes(
            values in prop::collection::vec(-1.0..1.0f64, 40),
            years in 4..10i32,
            scale in prop::array::uniform4(-30..30i32),
            shift in prop::array::uniform4(-1.0..1.0f64),
            gaps in prop::collection::vec(0..40usize, 0..6),
            target in target(),
        ) {
            let made = |order: [usize; 4], changed: bool| -> Vec<Series> {
                order.map(|k| {
                    let value = |t: i32| {
                        let x = values[k * 10 + t as usize];
                        if changed { (x + shift[k]) * f64::powi(2.0, scale[k]) } else { x }
                    };
                    let kept = (0..years).filter(|t| !gaps.contains(&(k * 10 + *t as usize)));
                    Series::new(kept.map(|t| (Year(2000 + t), value(t))).collect::<Vec<_>>())
                }).to_vec()
            };
            let Ok((correlation, report)) = of(&made([0, 1, 2, 3], false), &target) else { return Ok(()) };
            prop_assert!((0.0..=1.0).contains(&report.intensity));
            prop_assert!((0.0..=1.0).contains(&report.identity_share));
            prop_assert!((0.0..=6.0).contains(&report.degrees_of_freedom));
            prop_assert!(report.smallest_eigenvalue > 0.9 * POSITIVE);
            let rows: Vec<Vec<f64>> = correlation.entries().chunks(4).map(<[f64]>::to_vec).collect();
            prop_assert!((0..4).all(|k| rows[k][k] == 1.0));
            prop_assert_eq!(Correlation::new(&rows), Ok(correlation.clone()));
            // With the same years the sample is a correlation matrix, and so is the target.
            if gaps.is_empty() {
                prop_assert!(report.sample_smallest_eigenvalue > -1e-9);
                prop_assert!(report.sample_rank < years as usize);
                if target == ShrinkTarget::Identity {
                    prop_assert!(report.smallest_eigenvalue > report.intensity - 1e-9);
                }
            }
            // Units do not matter, nor where they start from.
            let (scaled, again) = of(&made([0, 1, 2, 3], true), &target).unwrap();
            prop_assert!((again.intensity - report.intensity).abs() < 1e-6);
            prop_assert!(close(scaled.entries(), correlation.entries()) || report.identity_share > 0.0);
            // Nor does the order, within and of the groups.
            let order = [3, 2, 1, 0];
            let (turned, again) = of(&made(order, false), &target).unwrap();
            prop_assert!((again.intensity - report.intensity).abs() < 1e-9);
            for i in 0..4 {
                for j in 0..4 {
                    prop_assert!((turned.get(i, j) - correlation.get(order[i], order[j])).abs() < 1e-9);
                }
            }
        }
    }
}
