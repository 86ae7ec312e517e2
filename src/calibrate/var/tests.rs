use super::*;
use crate::correlation::Correlation;
use crate::random::{Key, Stream};
use crate::series::Series;
use crate::stats::Moments;
use crate::stats::empirical::kolmogorov_smirnov;
use crate::stats::special::student_tails;
use crate::time::Year;
use nalgebra::{DMatrix, DVector};
use proptest::prelude::*;
use statrs::function::gamma::ln_gamma;

const US: &str = include_str!("../../../tests/reference/us-macro.csv");
const VALUES: &str = include_str!("../../../tests/reference/var.csv");

/// Growth of GDP, consumption and investment; quarters numbered as years (tests/reference/var.py).
fn us() -> Vec<Series> {
    let rows: Vec<Vec<f64>> =
        US.lines().skip(1).map(|line| line.split(',').map(|x| x.parse().unwrap()).collect()).collect();
    assert_eq!(rows.len(), 60);
    (1..4)
        .map(|j| rows.iter().map(|row| (Year(row[0] as i32), row[j])).collect::<Vec<_>>())
        .map(Series::new)
        .collect()
}

fn series(values: &[&[f64]]) -> Vec<Series> {
    values.iter().map(|one| Series::new((2000..).map(Year).zip(one.iter().copied()))).collect()
}

/// The last years left away.
fn until(series: &[Series], last: i32) -> Vec<Series> {
    series.iter().map(|one| Series::new(one.iter().filter(|(year, _)| year.0 <= last))).collect()
}

fn key(name: &str) -> Key {
    Key::new(2026, "calibrate var", name)
}

#[test]
fn least_squares_are_those_of_statsmodels_and_of_vars() {
    let mut checked = [0; 2];
    for line in VALUES.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [program, lags, quantity, row, column, value] = cells[..] else { panic!("{line}") };
        let (lags, i, j): (usize, usize, usize) =
            (lags.parse().unwrap(), row.parse().unwrap(), column.parse().unwrap());
        let value: f64 = value.parse().unwrap();
        let fit = VarLeastSquares::new(&us(), lags).unwrap();
        let ours = match quantity {
            "coefficients" if i == 0 => fit.coefficients().constant(j),
            "coefficients" => fit.coefficients().lag((i - 1) / 3 + 1, j, (i - 1) % 3),
            "covariance" => fit.covariance()[i][j],
            "ml covariance" => fit.ml_covariance()[i][j],
            "log likelihood" => fit.ln_likelihood(),
            "forecast" => fit.forecast(5)[i][j],
            "forecast sd" => fit.forecast_covariance(5)[i][j][j].sqrt(),
            "largest root" => {
                // All roots are multiplied by s when lag l is by s^l.
                let with_root = |root: f64| {
                    let mut scaled = fit.coefficients().clone();
                    for term in 1..=3 * lags {
                        for j in 0..3 {
                            scaled.terms[(term, j)] *= (root / value).powi(((term - 1) / 3 + 1) as i32);
                        }
                    }
                    scaled.is_stationary()
                };
                assert!(fit.coefficients().is_stationary() == (value < 1.0));
                assert!(with_root(1.0 - 1e-7) && !with_root(1.0 + 1e-7));
                value
            }
            error => fit.forecast_covariance(5)
                [error.strip_prefix("forecast error ").unwrap().parse::<usize>().unwrap()][i][j],
        };
        assert!((ours - value).abs() <= 1e-9 * value.abs().max(1e-3), "{line}: {ours}");
        checked[usize::from(program == "vars")] += 1;
    }
    assert_eq!(checked, [312, 192]);
    let fit = VarLeastSquares::new(&us(), 2).unwrap();
    assert_eq!((fit.rows(), fit.last_year()), (58, Year(60)));
}

#[test]
fn the_flat_prior_has_its_mean_at_least_squares() {
    let (fit, posterior) =
        (VarLeastSquares::new(&us(), 2).unwrap(), VarPosterior::new(&us(), 2, None).unwrap());
    assert_eq!(fit.coefficients(), posterior.mean());
    // E[Sigma] = S / (T - k - n - 1): 58 rows, 7 terms, 3 series.
    let (ours, theirs) = (posterior.mean_covariance().unwrap(), fit.covariance());
    assert!((ours[2][0] - theirs[2][0] * 51.0 / 47.0).abs() < 1e-18);
    assert_eq!((posterior.df(), posterior.rows(), posterior.ln_marginal_likelihood()), (51.0, 58, None));
}

#[test]
fn a_mean_and_a_covariance_that_can_be_done_by_hand() {
    let data = series(&[&[1.0, 3.0], &[2.0, 6.0]]);
    let prior =
        Minnesota { constant_weight: 1.0, scale: Some(vec![1.0; 2]), df: 5.0, ..Minnesota::growth(2) };
    let posterior = VarPosterior::new(&data, 0, Some(&prior)).unwrap();
    // Gelman et al. (2013), section 3.6: mean 2/3 (2, 4); S = 2 I + [2 4; 4 8] + 2/3 [4 8; 8 16], df 5 + 2.
    let mean = [posterior.mean().constant(0), posterior.mean().constant(1)];
    assert!((mean[0] - 4.0 / 3.0).abs() < 1e-14 && (mean[1] - 8.0 / 3.0).abs() < 1e-14);
    assert_eq!(posterior.df(), 7.0);
    let covariance = posterior.mean_covariance().unwrap();
    let expected = [[20.0 / 12.0, 28.0 / 12.0], [28.0 / 12.0, 62.0 / 12.0]];
    for i in 0..2 {
        for j in 0..2 {
            assert!((covariance[i][j] - expected[i][j]).abs() < 1e-14, "{covariance:?}");
        }
    }
    // Least squares: the mean and covariance of the sample; three rows leave two degrees of freedom.
    let fit = VarLeastSquares::new(&series(&[&[1.0, 3.0, 2.0], &[2.0, 6.0, 7.0]]), 0).unwrap();
    assert!((fit.coefficients().constant(1) - 5.0).abs() < 1e-14 && fit.coefficients().lag(1, 0, 0) == 0.0);
    assert!((fit.covariance()[0][1] - 2.0).abs() < 1e-14 && (fit.covariance()[1][1] - 7.0).abs() < 1e-14);
}

/// The density of Student's t law of several variables, with the determinant and inverse of nalgebra.
fn ln_density(law: &MultivariateT, at: &[f64]) -> f64 {
    let n = at.len();
    let scale = DMatrix::from_fn(n, n, |i, j| law.scale[i][j]);
    let gap = DVector::from_fn(n, |i, _| at[i] - law.location[i]);
    let distance = gap.dot(&(scale.clone().try_inverse().unwrap() * &gap));
    let (n, df) = (n as f64, law.df);
    ln_gamma(0.5 * (df + n))
        - ln_gamma(0.5 * df)
        - 0.5 * n * libm::log(df * std::f64::consts::PI)
        - 0.5 * libm::log(scale.determinant())
        - 0.5 * (df + n) * libm::log(1.0 + distance / df)
}

#[test]
fn the_marginal_likelihood_is_the_product_of_the_predictive_laws() {
    let data = us();
    let sd = [0.012, 0.008, 0.05];
    let rho = [[1.0, 0.6, 0.7], [0.6, 1.0, 0.3], [0.7, 0.3, 1.0]];
    let prior = Minnesota {
        tightness: 0.3,
        own_first_lag: vec![0.2, 0.1, 0.4],
        constant: vec![0.01, 0.02, 0.03],
        constant_weight: 0.5,
        scale: Some(sd.to_vec()),
        correlation: Correlation::new(&rho.map(|row| row.to_vec())).unwrap(),
        df: 6.5,
        ..Minnesota::growth(3)
    };
    for lags in [0, 1, 2] {
        let first = lags as i32 + 1;
        let value = |year: i32| -> Vec<f64> { data.iter().map(|one| one.get(Year(year)).unwrap()).collect() };
        // The first year from the prior itself: x' B0, S0 (1 + x' Omega0 x) / (df - n + 1).
        let mut leverage = 1.0 / 0.5;
        let mut location = prior.constant.clone();
        for lag in 1..=lags {
            for (j, y) in value(first - lag as i32).iter().enumerate() {
                leverage += (y * 0.3 / lag as f64 / sd[j]).powi(2);
                location[j] += if lag == 1 { prior.own_first_lag[j] * y } else { 0.0 };
            }
        }
        let free = 6.5 - 3.0 - 1.0;
        let scale = |i: usize, j: usize| free * rho[i][j] * sd[i] * sd[j] * (1.0 + leverage) / (6.5 - 2.0);
        let scale = (0..3).map(|i| (0..3).map(|j| scale(i, j)).collect()).collect();
        let mut sum = ln_density(&MultivariateT { df: 4.5, location, scale }, &value(first));
        for last in first..30 {
            let law = VarPosterior::new(&until(&data, last), lags, Some(&prior)).unwrap().next_year();
            sum += ln_density(&law, &value(last + 1));
        }
        let whole = VarPosterior::new(&until(&data, 30), lags, Some(&prior)).unwrap();
        assert_eq!(whole.rows(), 30 - lags);
        let whole = whole.ln_marginal_likelihood().unwrap();
        assert!((whole - sum).abs() < 1e-9 * sum.abs(), "{lags} lags: {whole} {sum}");
    }
}

#[test]
fn one_year_ahead_is_students_t_law() {
    // Every combination w'y of the series is t with location w'm and scale w'Sw. 1.95 is exceeded with probability 0.001.
    let data = until(&us(), 16);
    for prior in [None, Some(Minnesota::growth(3))] {
        let posterior = VarPosterior::new(&data, 1, prior.as_ref()).unwrap();
        let law = posterior.next_year();
        let paths = posterior.forecast(key("t"), 40_000, 1, Explosive::Keep).unwrap();
        for weights in [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 1.0, -0.3], [-2.0, 1.0, 0.4]]
        {
            let of = |values: &[f64]| -> f64 { weights.iter().zip(values).map(|(w, y)| w * y).sum() };
            let scale = of(&law.scale.iter().map(|row| of(row)).collect::<Vec<_>>()).sqrt();
            let p = (0..paths.paths())
                .map(|path| student_tails(law.df, (of(paths.at(path, 0)) - of(&law.location)) / scale).lower);
            let distance = kolmogorov_smirnov(&p.collect::<Vec<f64>>(), |p| p);
            assert!(distance < 1.95, "{weights:?}: {distance}");
        }
    }
}

#[test]
fn draws_have_the_moments_of_the_posterior() {
    // E[Sigma] = S / (df - n - 1), and B has mean B and covariance E[Sigma] (x) (X'X)^-1; 4 standard errors.
    let posterior = VarPosterior::new(&us(), 1, None).unwrap();
    let mean_covariance = posterior.mean_covariance().unwrap();
    let data = us();
    let design =
        DMatrix::from_fn(
            59,
            4,
            |t, j| {
                if j == 0 { 1.0 } else { data[j - 1].get(Year(t as i32 + 1)).unwrap() }
            },
        );
    let inverse = (design.transpose() * design).try_inverse().unwrap();
    let draws: Vec<VarDraw> = (0..20_000)
        .map(|i| posterior.draw(&mut Stream::new(key("moments"), i, 0), Explosive::Keep).unwrap())
        .collect();
    let check = |of: &dyn Fn(&VarDraw) -> f64, expected: f64| {
        let moments = Moments::of(&draws.iter().map(of).collect::<Vec<_>>());
        let (mean, error) = (moments.mean().unwrap(), moments.sd().unwrap() / (draws.len() as f64).sqrt());
        assert!((mean - expected).abs() < 4.0 * error, "{mean} {expected} {error}");
    };
    let about = |draw: &VarDraw, i: usize, j: usize| {
        draw.coefficients().terms[(i, j)] - posterior.mean().terms[(i, j)]
    };
    for i in 0..3 {
        for j in 0..3 {
            check(&|draw| draw.covariance()[i][j], mean_covariance[i][j]);
            check(&|draw| about(draw, i, j), 0.0);
            check(&|draw| about(draw, i, 0) * about(draw, j, 2), mean_covariance[0][2] * inverse[(i, j)]);
        }
    }
}

#[test]
fn tightness_goes_from_the_prior_to_least_squares() {
    let levels =
        series(&[&[1.0, 1.3, 1.1, 1.9, 2.4, 2.2, 2.9, 3.0], &[5.0, 4.0, 4.5, 4.4, 3.9, 4.1, 3.0, 3.6]]);
    let at = |tightness| {
        let prior = Minnesota { tightness, constant_weight: 1e-12, ..Minnesota::levels(2) };
        VarPosterior::new(&levels, 1, Some(&prior)).unwrap().mean().clone()
    };
    let fit = VarLeastSquares::new(&levels, 1).unwrap();
    let (tight, loose) = (at(1e-6), at(1e6));
    for i in 0..2 {
        for j in 0..2 {
            assert!((tight.lag(1, i, j) - f64::from(u8::from(i == j))).abs() < 1e-6);
            assert!((loose.lag(1, i, j) - fit.coefficients().lag(1, i, j)).abs() < 1e-6);
        }
    }
    // The constant of a random walk is its mean step.
    assert!((tight.constant(0) - 2.0 / 7.0).abs() < 1e-5);
}

#[test]
fn the_best_tightness_has_the_highest_marginal_likelihood() {
    let data = us();
    let chosen = Minnesota::growth(3).best_tightness(&data, 2).unwrap();
    let likelihood = |tightness| {
        let prior = Minnesota { tightness, ..Minnesota::growth(3) };
        VarPosterior::new(&data, 2, Some(&prior)).unwrap().ln_marginal_likelihood().unwrap()
    };
    for tightness in [0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0] {
        assert!(likelihood(tightness) <= likelihood(chosen.tightness));
    }
    assert!(chosen.tightness > 0.05 && chosen.tightness < 5.0 && chosen.scale.is_some(), "{chosen:?}");
}

#[test]
fn years_that_lack_a_value_are_not_used() {
    let [gdp, consumption, investment] = <[Series; 3]>::try_from(us()).unwrap();
    let gappy = Series::new(consumption.iter().filter(|(year, _)| year.0 != 20 && year.0 <= 50));
    let posterior = VarPosterior::new(&[gdp.clone(), gappy, investment.clone()], 2, None).unwrap();
    // 48 years of 50 have two years before them; year 20 is in three rows.
    assert_eq!((posterior.rows(), posterior.last_year()), (45, Year(50)));
    // A series that is known in other years only.
    let none = VarPosterior::new(&[until(&[gdp], 10).remove(0), Series::default()], 0, None).unwrap_err();
    assert!(none.problem.contains("there is no year in which all 2 series"), "{none}");
}

#[test]
fn explosive_draws_are_dropped_on_request() {
    let walk = series(&[
        &[0.0, 1.0, 0.4, 1.5, 2.8, 2.5, 3.1, 4.4, 4.0, 5.2],
        &[0.0, -1.0, 0.6, 0.9, 0.2, 1.3, 1.0, 0.1, 0.8, 1.4],
    ]);
    let posterior = VarPosterior::new(&walk, 1, Some(&Minnesota::levels(2))).unwrap();
    let stationary = |explosive| {
        let draw = |i| posterior.draw(&mut Stream::new(key("explosive"), i, 0), explosive).unwrap();
        (0..500).filter(|i| draw(*i).coefficients().is_stationary()).count()
    };
    assert_eq!(stationary(Explosive::Drop), 500);
    let kept = stationary(Explosive::Keep);
    assert!(kept > 50 && kept < 450, "{kept}");
    // A series that doubles every year.
    let doubling = series(&[&[1.0, 2.0, 4.1, 7.9, 16.0, 32.1, 63.9, 128.0]]);
    let posterior = VarPosterior::new(&doubling, 1, None).unwrap();
    let refused = posterior.forecast(key("doubling"), 1, 5, Explosive::Drop).unwrap_err();
    assert!(refused.problem.contains("not one is stationary"), "{refused}");
    let far = posterior.forecast(key("doubling"), 10, 200, Explosive::Keep).unwrap();
    assert!(far.at(3, 199)[0].abs() > 1e50);
}

#[test]
fn more_paths_keep_the_first_ones_and_more_years_the_earlier_ones() {
    let posterior = VarPosterior::new(&us(), 2, Some(&Minnesota::growth(3))).unwrap();
    let forecast = |paths, years| posterior.forecast(key("keep"), paths, years, Explosive::Drop).unwrap();
    let (few, many) = (forecast(3, 2), forecast(7, 5));
    for path in 0..3 {
        assert_eq!((few.at(path, 0), few.at(path, 1)), (many.at(path, 0), many.at(path, 1)));
    }
    assert_eq!((many.paths(), many.years(), many.series()), (7, 5, 3));
    assert_eq!((few.at(3, 0), few.at(0, 2)), (&[][..], &[][..]));
}

#[test]
fn values_are_stable() {
    // A change is a change of every forecast: to renew them on purpose, take the values that the failing test prints and
    // announce it.
    let posterior = VarPosterior::new(&us(), 2, Some(&Minnesota::growth(3))).unwrap();
    let paths = posterior.forecast(key("golden"), 2, 5, Explosive::Drop).unwrap();
    let found: Vec<f64> = [paths.at(0, 0), paths.at(1, 4)].concat();
    let golden: [f64; 6] = [
        0.021326417448127778,
        0.01603941309362962,
        0.09051834289832933,
        0.020033808395103544,
        0.012043699211993473,
        0.06917990405638282,
    ];
    let bits = |values: &[f64]| -> Vec<u64> { values.iter().map(|x| x.to_bits()).collect() };
    assert_eq!(bits(&found), bits(&golden), "{found:?}");
}

#[test]
fn what_cannot_be_estimated_is_refused_with_the_reason() {
    let refused = |values: &[&[f64]], lags, prior: Option<Minnesota>| {
        VarPosterior::new(&series(values), lags, prior.as_ref()).unwrap_err().to_string()
    };
    let growth = &[0.1, 0.3, 0.2, 0.5, 0.1, 0.4, 0.6, 0.2, 0.5][..];
    let other = &[0.2, 0.1, 0.5, 0.3, 0.2, 0.6, 0.1, 0.4, 0.4][..];
    let double: Vec<f64> = growth.iter().map(|x| 2.0 * x).collect();
    let flat = &[0.3; 9][..];
    assert!(refused(&[], 0, None).contains("there is no series"));
    assert!(refused(&[&[]], 0, None).contains("there is no year in which all 1 series"));
    assert!(refused(&[&[0.1, f64::NAN]], 0, None).contains("series[0].2001: the value is NaN"));
    assert!(refused(&[growth], 9, None).contains("there is no year"));
    assert!(refused(&[growth], usize::MAX, None).contains("there is no year"));
    let short = refused(&[&growth[..5], &other[..5]], 1, None);
    assert!(
        short.contains("in 4 years all 2 series and their 1 years before are known; 5 such years"),
        "{short}"
    );
    for lags in [0, 1] {
        let constant = refused(&[growth, flat], lags, None);
        assert!(constant.contains("series[1]") && constant.contains("the same in all years"), "{constant}");
        let twice = refused(&[growth, &double], lags, None);
        assert!(twice.contains("series[1]"), "{twice}");
        assert!(VarLeastSquares::new(&series(&[growth, flat]), lags).is_err());
        assert!(refused(&[growth, flat], lags, Some(Minnesota::growth(2))).contains("there is no scale"));
    }
    assert!(refused(&[&growth[..3]], 0, Some(Minnesota::growth(1))).contains("4 such years are needed"));
    assert!(refused(&[&[1e200, -1e200, 3e200, 1e199]], 0, None).contains("too large"));
    assert!(refused(&[&[1e200, -1e200, 3e200, 1e199]], 0, Some(Minnesota::growth(1))).contains("too far"));
    // With scales stated one year is enough, and a constant or a repeated series does no harm.
    let stated = Minnesota { scale: Some(vec![0.1; 2]), ..Minnesota::growth(2) };
    assert!(VarPosterior::new(&series(&[&[0.1], &[0.2]]), 0, Some(&stated)).is_ok());
    for with in [flat, &double] {
        let paths = VarPosterior::new(&series(&[growth, with]), 1, Some(&stated)).unwrap();
        assert!(paths.forecast(key("stated"), 100, 5, Explosive::Keep).is_ok());
    }
    // Priors that are none.
    let prior = |change: &dyn Fn(&mut Minnesota)| {
        let mut prior = Minnesota::growth(2);
        change(&mut prior);
        refused(&[growth, other], 1, Some(prior))
    };
    assert!(prior(&|p| p.tightness = 0.0).contains("prior.tightness: it is 0; it must be between"));
    assert!(prior(&|p| p.tightness = f64::NAN).contains("prior.tightness"));
    assert!(prior(&|p| p.lag_decay = -1.0).contains("prior.lag_decay"));
    assert!(prior(&|p| p.constant_weight = f64::INFINITY).contains("prior.constant_weight"));
    assert!(prior(&|p| p.df = 3.0).contains("prior.df: it is 3; with 2 series it must be above 3"));
    assert!(
        prior(&|p| p.constant = vec![0.0]).contains("prior.constant: it is of size 1; 2 series need size 2")
    );
    assert!(prior(&|p| p.own_first_lag[1] = f64::NAN).contains("prior.own_first_lag"));
    assert!(prior(&|p| p.scale = Some(vec![1.0, 0.0])).contains("prior.scale"));
    let singular = Correlation::new(&[vec![1.0, 1.0], vec![1.0, 1.0]]).unwrap();
    assert!(prior(&|p| p.correlation = singular.clone()).contains("of full rank"));
    let posterior = VarPosterior::new(&series(&[growth, other]), 1, None).unwrap();
    assert!(posterior.forecast(key("far"), 1, 201, Explosive::Keep).unwrap_err().path == "years");
    assert!(posterior.forecast(key("far"), usize::MAX, 200, Explosive::Keep).unwrap_err().path == "paths");
    assert_eq!(posterior.forecast(key("far"), 9, 0, Explosive::Keep).unwrap().at(0, 0), [0.0; 0]);
}

proptest! {
    #[test]
    fn units_do_not_matter(
        values in prop::collection::vec(-1.0..1.0f64, 30),
        power in -12..13i32,
        lags in 0..3usize,
    ) {
        // Powers of two, so that not even the rounding differs.
        let by = 2f64.powi(power);
        let (a, b) = values.split_at(15);
        let scaled: Vec<f64> = b.iter().map(|x| by * x).collect();
        let posterior = |b: &[f64]| {
            VarPosterior::new(&series(&[a, b]), lags, Some(&Minnesota::growth(2))).unwrap()
        };
        let (one, other) = (posterior(b), posterior(&scaled));
        let (first, second) = (one.ln_marginal_likelihood().unwrap(), other.ln_marginal_likelihood().unwrap());
        let shift = one.rows() as f64 * libm::log(by);
        prop_assert!((first - second - shift).abs() < 1e-8);
        let paths = |p: &VarPosterior| p.forecast(key("units"), 3, 4, Explosive::Keep).unwrap();
        let (one, other) = (paths(&one), paths(&other));
        for path in 0..3 {
            let ([a, b], [c, d]) = (one.at(path, 3), other.at(path, 3)) else { panic!("two series") };
            prop_assert!((a - c).abs() < 1e-8 * a.abs().max(1.0) && (by * b - d).abs() < 1e-8 * by * b.abs().max(1.0));
        }
    }

    #[test]
    fn a_draw_is_stationary_when_its_eigenvalues_are(entries in prop::collection::vec(-0.8..0.8f64, 8)) {
        let terms = crate::calibrate::linear::Matrix::from_fn(5, 2, |i, j| {
            if i == 0 { 9.0 } else { entries[(i - 1) * 2 + j] }
        });
        let coefficients = VarCoefficients { terms, lags: 2 };
        let companion = DMatrix::from_fn(4, 4, |i, j| {
            if i < 2 { entries[j * 2 + i] } else { f64::from(u8::from(i == j + 2)) }
        });
        let largest = companion.complex_eigenvalues().iter().map(|z| z.norm()).fold(0.0, f64::max);
        prop_assume!((largest - 1.0).abs() > 1e-6);
        prop_assert_eq!(coefficients.is_stationary(), largest < 1.0);
    }
}
