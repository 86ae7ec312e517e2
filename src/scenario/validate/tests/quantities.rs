//! Ways to get a distribution wrong.

use super::*;

#[test]
fn distributions() {
    let path = "indicator.retail.baseline";
    one("sd = 30.0", "sd = -30.0", &format!("{path}.normal.sd: sd is -30; it must be at least 0"));
    one(
        "sd = 30.0",
        "sd = 600.0",
        &format!(
            "{path}: baseline is outside what is allowed with probability 0.000770985; it must be a level above 0 (log link) (cut it with `between = [0, high]` or narrower, or use `log_normal` or `gamma`)"
        ),
    );
    assert!(faults_of(changed(&[("sd = 30.0 }", "sd = 600.0 }, between = [100.0, 9000.0]")])).is_empty());
    one(
        "sd = 30.0 }",
        "sd = 30.0 }, between = [1e9, 2e9]",
        &format!(
            "{path}.between: between keeps 0 of the distribution; it must keep at least 0.000001 (check the unit: `between` is in the unit of the quantity, as the distribution is)"
        ),
    );
    one(
        "sd = 30.0 }",
        "sd = 30.0 }, between = [3.0, 2.0]",
        &format!("{path}.between: between is [3, 2]; it must be two finite numbers, the lower one first"),
    );
    let normal = "{ normal = { mean = 1900.0, sd = 30.0 } }";
    for (law, expected) in [
        ("uniform = { low = 2.0, high = 1.0 }", "uniform.high: high is 1; it must be at least low, 2"),
        (
            "triangular = { low = 2.0, mode = 2.0, high = 2.0 }",
            "triangular.high: high is 2; it must be above low, 2",
        ),
        (
            "triangular = { low = 2.0, mode = 5.0, high = 3.0 }",
            "triangular.mode: mode is 5; it must be from low, 2, to high, 3",
        ),
        (
            "beta = { alpha = 0.0, beta = 1.0, low = 1.0, high = 3.0 }",
            "beta.alpha: alpha is 0; it must be above 0",
        ),
        (
            "beta = { alpha = 1.0, beta = 1.0, low = 3.0, high = 3.0 }",
            "beta.high: high is 3; it must be above low, 3",
        ),
        ("gamma = { mean = 1.0, sd = nan }", "gamma.sd: sd is NaN; it must be finite and above 0"),
        (
            "log_normal = { median = -1.0, sigma = 0.1 }",
            "log_normal.median: median is -1; it must be above 0",
        ),
        (
            "student_t = { df = 0.0, location = 1900.0, scale = 1.0 }",
            "student_t.df: df is 0; it must be above 0",
        ),
        (
            "two_piece_normal = { mode = 1900.0, sd_low = 0.0, sd_high = 1.0 }",
            "two_piece_normal.sd_low: sd_low is 0; it must be above 0",
        ),
    ] {
        one(normal, &format!("{{ {law} }}"), &format!("{path}.{expected}"));
    }
    for sound in [
        "log_normal = { median = 1900.0, sigma = 0.1 }",
        "gamma = { mean = 1900.0, sd = 300.0 }",
        "uniform = { low = 1900.0, high = 1900.0 }",
        "two_piece_normal = { mode = 1900.0, sd_low = 10.0, sd_high = 30.0 }",
    ] {
        assert!(faults_of(changed(&[(normal, &format!("{{ {sound} }}"))])).is_empty(), "{sound}");
    }
}
