//! Ways to get a target wrong.

use super::*;

#[test]
fn exactly_one_condition() {
    one(
        "at_least = 0.05\n",
        "",
        "target.growth: no condition is given; it must be one of at_least, at_most, about, all, any, at_least_k, or the measure keep_pace (write for instance `at_least = 4.0`)",
    );
    one(
        "at_least = 0.05",
        "at_least = 0.05\nat_most = 0.06",
        "target.growth: at_least and at_most are given; a target has one condition (write `about` with `tolerance`, or two targets and a third one with `all` of them)",
    );
    one(
        "at_least = 0.05",
        "at_least = 0.05\nabout = 0.06\nany = [\"rd\"]",
        "target.growth: at_least and about and any are given; a target has one condition",
    );
    one(
        "with = \"gdp\"",
        "with = \"gdp\"\nat_least = 0.0",
        "target.retail-pace.at_least: keep_pace compares with another indicator and takes no at_least (write how far behind still counts as `tolerance`, a rate a year)",
    );
}

#[test]
fn what_goes_with_a_condition() {
    one(
        "at_least = 4.0",
        "at_least = 4.0\ntolerance = 0.5",
        "target.rd.tolerance: tolerance (0.5) is given beside at_least; it belongs to about and keep_pace (put it into `at_least`)",
    );
    one(
        "at_least = 4.0",
        "at_least = 4.0\nside = \"both\"",
        "target.rd.side: side is given without about; it belongs to `about`",
    );
    one(
        "at_least = 4.0",
        "at_least = 4.0\nwith = \"gdp\"",
        "target.rd.with: with is given without keep_pace; it belongs to `measure = \"keep_pace\"`",
    );
    one(
        "tolerance = 0.3",
        "",
        "target.share: about is given without tolerance; about says nothing until it is known how far off still counts (add `tolerance = …` in the unit of the measure)",
    );
    one(
        "tolerance = 0.3",
        "tolerance = -0.3",
        "target.share.tolerance: tolerance is -0.3; it must be at least 0",
    );
    one(
        "tolerance = 0.3",
        "tolerance = 0.3\nstrict = true",
        "target.share.strict: strict is given beside about; it belongs to at_least, at_most and keep_pace",
    );
    one(
        "with = \"gdp\"\n",
        "",
        "target.retail-pace: keep_pace is given without `with`; it must name the indicator to keep pace with",
    );
    one("with = \"gdp\"", "with = \"retail\"", "target.retail-pace.with: `retail` is compared with itself");
    one(
        "year = 2029",
        "year = 2031",
        "target.rd.year: year is 2031; it must be from 2026 to 2030, the years simulated",
    );
    one(
        "year = 2029",
        "year = 2025",
        "target.rd.year: year is 2025; it must be from 2026 to 2030, the years simulated",
    );
}

#[test]
fn what_is_measured() {
    one(
        "indicator = \"ceiling\"\n",
        "",
        "target.air: no indicator is given; a target measures one (add `indicator = \"gdp\"`)",
    );
    one(
        "indicator = \"ceiling\"",
        "indicator = \"sealing\"",
        "target.air.indicator: there is no indicator `sealing` (did you mean `ceiling`?)",
    );
    one(
        "indicator = \"gdp\"",
        "indicator = \"steps\"",
        "target.growth.indicator: `steps` can be 0 or negative under its link, so it has no growth rate (use the measure `difference`, or a log link if the indicator is always above 0)",
    );
    one(
        "with = \"gdp\"",
        "with = \"steps\"",
        "target.retail-pace.with: `steps` can be 0 or negative under its link, so it has no growth rate (use the measure `difference`, or a log link if the indicator is always above 0)",
    );
}

#[test]
fn bounds_that_the_measure_cannot_reach() {
    let certain = "so the target would be certain or impossible (check the unit of the bound and the `link` of the indicator)";
    one(
        "at_least = 4.0",
        "at_least = 40.0",
        &format!(
            "target.rd.at_least: at_least is 40; the measure of `rd` is always between 0 and 10, {certain}"
        ),
    );
    one(
        "at_least = 4.0",
        "at_least = 10.0",
        &format!(
            "target.rd.at_least: at_least is 10; the measure of `rd` is always between 0 and 10, {certain}"
        ),
    );
    one(
        "about = 4.2",
        "about = -4.2",
        &format!(
            "target.share.about: about is -4.2; the measure of `rd` is always between 0 and 10, {certain}"
        ),
    );
    one(
        "at_most = 5000.0",
        "at_most = 0.0",
        &format!("target.air.at_most: at_most is 0; the measure of `ceiling` is always above 0, {certain}"),
    );
    one(
        "at_least = 4.0",
        "at_least = nan",
        "target.rd.at_least: at_least is NaN; it must be a finite number",
    );
    // Four years of a share below 10 sum up to less than 40.
    let sum = |bound: &str| {
        faults_of(changed(&[("at_least = 4.0", &format!("measure = \"cumulative\"\nat_least = {bound}"))]))
    };
    assert_eq!(sum("39.0"), [""; 0]);
    assert_eq!(
        sum("41.0"),
        [format!(
            "target.rd.at_least: at_least is 41; the measure of `rd` is always between 0 and 40, {certain}"
        )]
    );
    one(
        "at_least = 4.0",
        "at_least = { by_year = { 2026 = 4.0 } }",
        "target.rd.at_least.by_year: at_least cannot change over the years; it must be one number or one distribution (`by_year` is for drift, rate, volatility, level and ceiling of a process)",
    );
}

/// Rates written as they are spoken.
#[test]
fn percentages_instead_of_shares() {
    one(
        "at_least = 0.05",
        "at_least = 5",
        "target.growth.at_least: at_least is 5: that is 500 % a year (rates are shares, not per cent: write 0.05 for 5 % a year)",
    );
    one(
        "at_least = 0.05",
        "at_least = -5",
        "target.growth.at_least: at_least is -5: that is -500 % a year (rates are shares, not per cent: write -0.05 for -5 % a year)",
    );
    one(
        "tolerance = 0.01",
        "tolerance = 1",
        "target.retail-pace.tolerance: tolerance is 1: that is 100 % a year (rates are shares, not per cent: write 0.01 for 1 % a year)",
    );
    several(
        &[("measure = \"average_growth\"", "measure = \"change\""), ("at_least = 0.05", "at_most = -17")],
        &[
            "target.growth.at_most: at_most is -17: that is -1700 % (rates are shares, not per cent: write -0.17 for -17 %)",
        ],
    );
    several(
        &[("measure = \"average_growth\"", "measure = \"change\""), ("at_least = 0.05", "at_most = -1")],
        &["target.growth.at_most: at_most is -1; a level above 0 cannot lose 100 % or more"],
    );
    assert!(
        faults_of(changed(&[
            ("measure = \"average_growth\"", "measure = \"change\""),
            ("at_least = 0.05", "at_least = 1.5")
        ]))
        .is_empty()
    );
}

#[test]
fn an_assigned_value_is_an_assumption() {
    let text = "the target is assigned, but its value is graded plan; while the assigned value is unknown it must be an assumption (leave `evidence` out; once the value is published, state it and leave `assigned` out)";
    one("assigned = true", "assigned = true\nevidence = \"plan\"", &format!("target.air.evidence: {text}"));
    one(
        "at_most = 5000.0",
        "at_most = { value = 5000.0, evidence = \"plan\" }",
        &format!("target.air.at_most: {text}"),
    );
    assert!(
        faults_of(changed(&[("assigned = true", "assigned = true\nevidence = \"assumption\"")])).is_empty()
    );
}

#[test]
fn combinations() {
    one(
        "k = 2",
        "k = 4",
        "target.most.at_least_k.k: k is 4; it must be from 1 to 3, the number of targets named",
    );
    one(
        "k = 2",
        "k = 0",
        "target.most.at_least_k.k: k is 0; it must be from 1 to 3, the number of targets named",
    );
    one(
        "\"share\"]",
        "\"shore\"]",
        "target.most.at_least_k.of[2]: there is no target `shore` (did you mean `share`?)",
    );
    one(
        "\"share\"]",
        "\"everything\"]",
        "target.most.at_least_k: the targets need each other: most -> everything -> most (take one of them out of the combination that comes before it)",
    );
    one(
        "\"most\", \"air\"",
        "\"everything\"",
        "target.everything.all: the targets need each other: everything -> everything (take one of them out of the combination that comes before it)",
    );
    one("\"most\", \"air\"", "\"most\", \"most\"", "target.everything.all[1]: `most` stands twice");
    one(
        "all = [\"most\", \"air\"]",
        "all = []",
        "target.everything.all: all is empty; it must name at least one target",
    );
    one(
        "all = [",
        "year = 2030\nall = [",
        "target.everything.year: year is given beside all; it belongs to the targets that are combined",
    );
    one(
        "all = [",
        "indicator = \"gdp\"\nall = [",
        "target.everything.indicator: indicator is given beside all; it belongs to the targets that are combined",
    );
}
