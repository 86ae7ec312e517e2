//! Special functions against tables, closed forms, 30 to 60 digits, and another library.

use super::*;
use crate::stats::normal;
use proptest::prelude::*;

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * b.abs()
}

#[test]
fn published_quantiles() {
    // NIST/SEMATECH e-Handbook of Statistical Methods, sections 1.3.6.7.2 (t) and 1.3.6.7.4 (chi-square).
    let t = |df, p| student_quantile(df, Tails::from_lower(p));
    assert!((t(10.0, 0.975) - 2.228).abs() < 5e-4);
    assert!((t(4.0, 0.999) - 7.173).abs() < 5e-4);
    let chi_square = |df: f64, p| 2.0 * libm::exp(ln_gamma_quantile(0.5 * df, Tails::from_lower(p)));
    assert!((chi_square(10.0, 0.95) - 18.307).abs() < 5e-4);
    assert!((chi_square(1.0, 0.99) - 6.635).abs() < 5e-4);
    assert!((chi_square(100.0, 0.001) - 61.918).abs() < 5e-4);
}

#[test]
fn student_quantiles_in_high_precision() {
    // 40-digit inversions of the incomplete beta function; p is the upper tail.
    let values = [
        (1.0, 1e-16, 3_183_098_861_837_906.72),
        (4.0, 0.025, 2.776_445_105_197_794_36),
        (10.0, 0.025, 2.228_138_851_986_274_75),
        (3.0, 1e-12, 10_331.108_244_292_486_1),
        (2.5, 0.1, 1.730_250_928_807_176_59),
        (30.0, 0.005, 2.749_995_653_567_225_33),
        (200.0, 1e-9, 6.286_347_426_852_263_41),
    ];
    for (df, p, expected) in values {
        let t = student_quantile(df, Tails::from_upper(p));
        assert!(close(t, expected, 1e-12), "{df} {p}: {t}");
        assert!(close(student_quantile(df, Tails::from_lower(p)), -expected, 1e-12));
        assert!(close(student_tails(df, expected).upper, p, 1e-12));
        assert!(close(student_tails(df, -expected).lower, p, 1e-12));
    }
    assert!(student_quantile(4.0, Tails { lower: 0.5, upper: 0.5 }).abs() < 1e-12);
}

#[test]
fn gamma_quantiles_in_high_precision() {
    // 30-digit inversions; the logarithm of the quantile.
    let values = [
        (0.1, Tails::from_lower(1e-10), -230.757_233_712_002_966),
        (0.5, Tails::from_lower(0.025), -7.618_996_048_557_741_98),
        (5.0, Tails::from_upper(0.05), 2.214_138_398_425_614_35),
        (2.5, Tails::from_upper(1e-15), 3.684_319_111_754_742_19),
        (100.0, Tails::from_lower(1e-12), 3.804_126_432_917_507_65),
        (1000.0, Tails::from_lower(0.3), 6.890_790_636_487_845_51),
    ];
    for (shape, p, expected) in values {
        let y = ln_gamma_quantile(shape, p);
        assert!(close(y, expected, 1e-13), "{shape} {p:?}: {y}");
    }
}

#[test]
fn large_shapes_are_within_1e_8_of_the_standard_deviation() {
    // 40-digit inversions at normal scores.
    let values = [
        (2e4, -8.0, 9.846_363_544_858_259_05),
        (2e4, -2.0, 9.889_295_239_532_329_89),
        (2e4, 0.0, 9.903_470_885_779_955_39),
        (2e4, 3.0, 9.924_609_500_129_724_39),
        (2e4, 8.0, 9.959_511_472_532_521_55),
        (1e6, -8.0, 13.807_499_542_613_393),
        (1e6, -2.0, 13.813_509_557_464_033_3),
        (1e6, 0.0, 13.815_510_224_630_905),
        (1e6, 3.0, 13.818_508_725_796_944_1),
        (1e6, 8.0, 13.823_499_573_280_081_2),
    ];
    for (shape, z, expected) in values {
        let y = ln_gamma_quantile(shape, Tails { lower: normal::cdf(z), upper: normal::upper(z) });
        let sd = 1.0 / f64::sqrt(shape);
        assert!((y - expected).abs() < 1e-8 * sd, "{shape} {z}: {:e}", (y - expected) / sd);
    }
}

#[test]
fn beta_quantiles_in_high_precision() {
    // 40-digit inversions; the logit of the quantile.
    let values = [
        (2.0, 5.0, 0.1, -2.282_350_651_430_962_79),
        (2.0, 5.0, 1e-14, -17.472_120_691_263_014_6),
        (0.3, 0.4, 0.2, -3.928_833_086_655_700_72),
        (50.0, 3.0, 0.01, 1.718_912_045_152_853_2),
        (0.05, 0.05, 1e-6, -262.523_941_622_980_188),
        (300.0, 700.0, 0.975, -0.713_801_606_908_911_898),
    ];
    for (a, b, p, expected) in values {
        let y = logit_beta_quantile(a, b, Tails::from_lower(p));
        assert!(close(y, expected, 1e-13), "{a} {b} {p}: {y}");
        assert!(close(logit_beta_quantile(b, a, Tails::from_upper(p)), -expected, 1e-13));
    }
}

#[test]
fn closed_forms() {
    // Exponential law; power law; arcsine law.
    assert!(close(gamma_tails(1.0, 0.7).upper, libm::exp(-0.7), 1e-14));
    assert!(close(gamma_tails(1.0, 600.0).upper, libm::exp(-600.0), 1e-12));
    assert!(close(beta_tails(3.0, 1.0, 0.2, 0.8).lower, 0.008, 1e-14));
    let arcsine = 2.0 / PI * libm::asin(0.3_f64.sqrt());
    assert!(close(beta_tails(0.5, 0.5, 0.3, 0.7).lower, arcsine, 1e-14));
    assert_eq!(gamma_tails(2.0, -1.0).lower, 0.0);
    assert_eq!(beta_tails(2.0, 3.0, 1.0, 0.0).upper, 0.0);
}

#[test]
fn agrees_with_statrs_where_that_is_accurate() {
    for a in [0.3, 1.0, 4.5, 60.0] {
        for x in [0.1, 1.0, 5.0, 50.0] {
            let ours = gamma_tails(a, x);
            assert!((ours.lower - statrs::function::gamma::gamma_lr(a, x)).abs() < 1e-12);
        }
        for b in [0.4, 2.0, 30.0] {
            for x in [0.05, 0.4, 0.9] {
                let ours = beta_tails(a, b, x, 1.0 - x);
                assert!((ours.lower - statrs::function::beta::beta_reg(a, b, x)).abs() < 1e-12);
            }
        }
    }
}

proptest! {
    #[test]
    fn quantiles_invert_tails(shape in -4.0..4.0f64, other in -4.0..4.0f64, z in -8.0..8.0f64) {
        let p = Tails { lower: normal::cdf(z), upper: normal::upper(z) };
        let smaller = |t: Tails| if p.lower < p.upper { t.lower } else { t.upper };
        let (a, b) = (libm::pow(10.0, shape) * 0.9, libm::pow(10.0, other));
        let y = ln_gamma_quantile(a, p);
        prop_assert!(close(smaller(gamma_tails_ln(a, y)), smaller(p), 1e-9), "gamma {} {}", a, z);
        let y = logit_beta_quantile(a, b, p);
        let (xy, ln_xy) = from_logit(y);
        prop_assert!(close(smaller(beta_parts(a, b, xy, ln_xy).0), smaller(p), 1e-9), "beta {} {} {}", a, b, z);
    }
}

#[test]
fn log_beta_in_high_precision() {
    // Python, mpmath 1.3.0 with 50 digits: loggamma(a) + loggamma(b) - loggamma(a + b).
    let values = [
        (0.5, 0.5, 1.144_729_885_849_400_174_1),
        (3.0, 4.0, -4.094_344_562_222_100_684_8),
        (1e8, 0.5, -8.637_975_427_801_482_649),
        (0.5, 1e12, -13.243_145_615_039_449_017),
        (12.5, 300.0, -52.799_384_600_486_415_227),
        (1e6, 2e6, -1_909_548.290_968_532_956_5),
        (1e-3, 20.0, 6.904_208_335_756_638_054_1),
    ];
    for (a, b, expected) in values {
        assert!(close(ln_beta(a, b), expected, 2e-15), "{a} {b}: {}", ln_beta(a, b));
        assert!(close(ln_beta(b, a), expected, 2e-15));
    }
}

#[test]
fn student_densities_in_high_precision() {
    // Python, mpmath 1.3.0 with 50 digits, the formula.
    let values = [
        (0.3, 2.0, -3.203_322_216_623_207_901_3),
        (1.0, 0.0, -1.144_729_885_849_400_174_1),
        (4.0, -2.5, -3.333_287_614_173_042_652_4),
        (29.0, 7.0, -15.768_752_467_415_106_152),
        (1e6, 1.5, -2.043_938_642_580_305_552_9),
        (1e10, -6.0, -18.918_938_502_629_672_816),
        (3.0, 1e200, -1_840.871_738_667_523_837_4),
    ];
    for (df, t, expected) in values {
        let found = student_ln_density(df, t);
        assert!(close(found, expected, 2e-15), "{df} {t}: {found}");
    }
}
