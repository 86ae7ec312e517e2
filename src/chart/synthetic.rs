//! Outcomes built by hand for the tests of the charts: like those of a real plan, or odd on purpose.

use crate::evidence::Evidence;
use crate::label::Label;
use crate::outcome::{
    Band, Ending, Fingerprint, FirstYear, IndicatorOutcome, Joint, Mean, Outcome, Pair, Probability,
    QuantileCurve, SamplePath, Sense, Spread, TargetOutcome,
};
use crate::stats::{Histogram, normal};
use crate::target::{Measure, Nature};
use crate::time::{Horizon, Year};

/// An indicator with one target.
#[derive(Debug, Clone)]
pub(super) struct Sketch {
    pub(super) name: (&'static str, &'static str),
    pub(super) unit: (&'static str, &'static str),
    /// Level of the base year and the standard deviation of what is known of it.
    pub(super) base: (f64, f64),
    /// Change a year, and the standard deviation of its shocks.
    pub(super) moves: (f64, f64),
    pub(super) measure: Measure,
    pub(super) bound: f64,
    pub(super) goal: (&'static str, &'static str),
    /// Past years, counted back from the base year.
    pub(super) history: &'static [i32],
}

/// Rows like those of a real plan: long names, gaps, uncertain baselines, probabilities from 0 to 1.
pub(super) fn sketches() -> Vec<Sketch> {
    type Row = (
        (&'static str, &'static str),
        (&'static str, &'static str),
        (f64, f64),
        (f64, f64),
        Measure,
        f64,
        (&'static str, &'static str),
    );
    use Measure::{AverageGrowth, Change, Cumulative, EveryYear, KeepPace, Level};
    let percent = ("%", "%");
    let rows: Vec<Row> = vec![
        (
            ("Average yearly real GDP growth", "地区生产总值年均增速"),
            ("100m yuan, 2025 prices", "亿元，2025年价"),
            (5615.3, 0.0),
            (275.0, 130.0),
            AverageGrowth,
            0.05,
            ("≥ 5 % a year", "≥ 5 %（年均）"),
        ),
        (
            ("Labour productivity of all employed persons", "全员劳动生产率"),
            ("10k yuan per person", "万元/人"),
            (41.0, 2.5),
            (1.7, 0.9),
            Level,
            50.0,
            ("≥ 50", "≥ 50"),
        ),
        (
            ("Manufacturing value added as share of GDP", "制造业增加值占地区生产总值比重"),
            percent,
            (49.0, 1.2),
            (-0.2, 0.8),
            Level,
            50.0,
            ("50 ± 1.5", "50 ± 1.5"),
        ),
        (
            (
                "Strategic emerging industries as share of above-scale industrial output",
                "战略性新兴产业产值占规上工业产值比重",
            ),
            percent,
            (62.0, 0.0),
            (0.6, 0.9),
            Level,
            65.0,
            ("≥ 65", "≥ 65"),
        ),
        (
            ("High-value invention patents per 10,000 persons", "每万人口高价值发明专利拥有量"),
            ("patents per 10k persons", "件/万人"),
            (60.1, 0.0),
            (4.0, 1.5),
            Level,
            75.0,
            ("≥ 75", "≥ 75"),
        ),
        (
            ("R&D expenditure as share of GDP", "全社会研发经费投入占地区生产总值比重"),
            percent,
            (3.9, 0.05),
            (0.03, 0.08),
            Level,
            4.0,
            ("≥ 4", "≥ 4"),
        ),
        (
            ("Industrial land renewed, cumulative 2026-2030", "新增产业用地更新"),
            ("mu", "亩"),
            (6900.0, 500.0),
            (-150.0, 600.0),
            Cumulative,
            30_000.0,
            ("≥ 30000 in all", "≥ 30000（累计）"),
        ),
        (
            ("Reduction of CO2 emissions per unit of GDP", "单位地区生产总值二氧化碳排放降低率"),
            ("t per 10k yuan", "吨/万元"),
            (0.62, 0.05),
            (-0.02, 0.012),
            Change,
            -0.17,
            ("≤ -17 % since the base year", "≤ -17 %（较基年）"),
        ),
        (
            ("Yearly mean PM2.5 concentration", "PM2.5年均浓度"),
            ("ug/m3", "微克/立方米"),
            (29.0, 1.0),
            (-0.5, 1.3),
            EveryYear,
            28.0,
            ("≤ 28 every year", "≤ 28（每年）"),
        ),
        (
            ("Average yearly growth of disposable income per head", "居民人均可支配收入年均增速"),
            ("yuan", "元"),
            (82_000.0, 900.0),
            (4100.0, 1500.0),
            KeepPace,
            0.0,
            ("≥ 0 % difference of growth", "≥ 0 %（增速差）"),
        ),
        (
            ("Premature mortality from major chronic diseases", "重大慢病过早死亡率"),
            percent,
            (7.4, 0.5),
            (-0.1, 0.05),
            Level,
            6.0,
            ("< 6", "< 6"),
        ),
        (
            ("Production-safety deaths per 100m yuan of GDP", "单位地区生产总值生产安全事故死亡率"),
            ("persons per 100m yuan", "人/亿元"),
            (0.0021, 0.0002),
            (-0.0001, 0.0001),
            Level,
            0.0018,
            ("≤ 0.0018", "≤ 0.0018"),
        ),
    ];
    let histories: [&[i32]; 4] = [&[8, 7, 6, 5, 4, 3, 2, 1, 0], &[9, 6, 5, 2], &[], &[5, 3, 2, 1, 0]];
    let sketch = |(i, row): (usize, Row)| Sketch {
        name: row.0,
        unit: row.1,
        base: row.2,
        moves: row.3,
        measure: row.4,
        bound: row.5,
        goal: row.6,
        history: histories[i % 4],
    };
    rows.into_iter().enumerate().map(sketch).collect()
}

/// A plan of so many targets, with the sketches taken in turn.
pub(super) fn outcome(sketches: &[Sketch], targets: usize, years: i32, paths: u64) -> Outcome {
    let horizon = Horizon::new(Year(2025), Year(2025 + years)).unwrap();
    let rows: Vec<&Sketch> = sketches.iter().cycle().take(targets).collect();
    let indicators: Vec<_> = rows.iter().enumerate().map(|(i, s)| indicator(s, i, horizon)).collect();
    let targets: Vec<_> = rows.iter().enumerate().map(|(i, s)| target(s, i, horizon, paths)).collect();
    Outcome {
        plan: Label::both("A city's plan 2026-2030", Some("某市“十五五”规划（2026—2030年）".into())),
        variant: None,
        source: Some(Label::both(
            "Outline of the plan; public reports 2010-2025; assumptions of this scenario",
            Some("《国民经济和社会发展第十五个五年规划纲要》；2010—2025年公开资料；本情景假设".into()),
        )),
        horizon,
        paths,
        ending: Ending::Complete,
        until: None,
        sampling: crate::sampling::Sampling::Independent,
        confidence: 0.95,
        fingerprint: Fingerprint {
            scenario: String::new(),
            data: String::new(),
            version: "0.1.0".into(),
            seed: 1,
            paths,
            sampling: crate::sampling::Sampling::Independent,
        },
        joint: joint(&targets, paths),
        indicators,
        targets,
        notices: Vec::new(),
        learned: Vec::new(),
    }
}

fn law(sketch: &Sketch, step: usize) -> (f64, f64) {
    let n = step as f64;
    let sd = (sketch.base.1.powi(2) + n * sketch.moves.1.powi(2)).sqrt();
    (sketch.base.0 + n * sketch.moves.0, sd)
}

fn curve(mean: f64, sd: f64) -> QuantileCurve {
    let values: Vec<f64> =
        (0..2001).map(|k| mean + sd * normal::quantile((f64::from(k) + 0.5) / 2001.0)).collect();
    let mut histogram = Histogram::from_pilot(&values);
    histogram.add_lanes(&values);
    QuantileCurve { histogram, reading: crate::target::Reading::ITSELF }
}

/// Pseudo-random normal scores, the same in every run.
fn score(seed: usize) -> f64 {
    let mixed = (seed as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    normal::quantile(((mixed >> 11) as f64 + 0.5) / (1_u64 << 53) as f64)
}

fn indicator(sketch: &Sketch, position: usize, horizon: Horizon) -> IndicatorOutcome {
    let base = horizon.base().0;
    let steps = horizon.steps();
    let bands = (0..=steps).map(|step| {
        let (mean, sd) = law(sketch, step);
        Band {
            year: Year(base + step as i32),
            mean: Mean::Exists { mean, sd, error: sd / 1000.0 },
            quantiles: curve(mean, sd),
        }
    });
    let past = sketch.history.iter().map(|back| {
        let shock = if *back == 0 { 0.0 } else { sketch.moves.1 * score(position * 100 + *back as usize) };
        (Year(base - back), sketch.base.0 - f64::from(*back) * sketch.moves.0 + shock)
    });
    let samples = (0..12).map(|path| {
        let mut level = sketch.base.0 + sketch.base.1 * score(7919 * position + path);
        let mut levels = vec![level];
        for step in 1..=steps {
            level += sketch.moves.0 + sketch.moves.1 * score(7919 * position + 131 * step + path);
            levels.push(level);
        }
        SamplePath { path: path as u64, levels }
    });
    IndicatorOutcome {
        id: format!("indicator_{}", position + 1),
        name: Label::both(sketch.name.0, Some(sketch.name.1.into())),
        unit: Label::both(sketch.unit.0, Some(sketch.unit.1.into())),
        history: past.collect(),
        bands: bands.collect(),
        evidence: Evidence::ALL[position % 5],
        samples: samples.collect(),
        targets: vec![position],
    }
}

fn target(sketch: &Sketch, position: usize, horizon: Horizon, paths: u64) -> TargetOutcome {
    let up = !sketch.goal.0.starts_with(['≤', '<']);
    let level = matches!(sketch.measure, Measure::Level | Measure::EveryYear);
    let met = |step: usize| {
        let (mean, sd) = law(sketch, step);
        let z = if level {
            (mean - sketch.bound) / sd.max(1e-300)
        } else {
            1.5 * score(position) + 0.1 * step as f64
        };
        let share = normal::cdf(if up || !level { z } else { -z });
        Probability::counted((share * paths as f64) as u64, paths, 0.95)
    };
    let by_year: Vec<_> = horizon.years().enumerate().map(|(k, year)| (year, met(k + 1))).collect();
    let probability = met(horizon.steps());
    let p = probability.estimate;
    let sd = 0.5 * (p * (1.0 - p)).sqrt();
    let spread = Spread { sd, low: (p - 1.2 * sd).max(0.0), high: (p + 1.2 * sd).min(1.0), draws: 256 };
    TargetOutcome {
        id: format!("target_{}", position + 1),
        number: Some(position as u32 + 1),
        name: Label::both(sketch.name.0, Some(sketch.name.1.into())),
        indicator: Some(format!("indicator_{}", position + 1)),
        measure: Some(sketch.measure),
        unit: Label::both(sketch.unit.0, Some(sketch.unit.1.into())),
        scale: if sketch.measure.is_rate() { 100.0 } else { 1.0 },
        goal: Label::both(sketch.goal.0, Some(sketch.goal.1.into())),
        bound: Some(sketch.bound),
        sense: Some(if up { Sense::AtLeast } else { Sense::AtMost }),
        tolerance: None,
        baseline: Some(sketch.base.0),
        year: horizon.last(),
        nature: if position % 5 == 2 { Nature::Binding } else { Nature::Anticipatory },
        assigned: position % 12 == 8,
        evidence: Evidence::ALL[(position * 2) % 5],
        basis: None,
        probability,
        spread: (position % 3 != 1).then_some(spread),
        outcome: Some(curve(law(sketch, horizon.steps()).0, law(sketch, horizon.steps()).1)),
        margin: None,
        shortfall: None,
        first_year: FirstYear {
            counts: Vec::new(),
            never: 0,
            likely: by_year.iter().find(|(_, p)| p.estimate >= 0.5).map(|(year, _)| *year),
        },
        by_year,
    }
}

fn joint(targets: &[TargetOutcome], paths: u64) -> Joint {
    let n = targets.len();
    let mut pairs = Vec::new();
    for first in 0..n {
        for second in first + 1..n {
            let certain = |t: usize| matches!(targets[t].probability.estimate, 0.0 | 1.0);
            let phi = (0.22 * score(first * 97 + second) + 0.08).clamp(-1.0, 1.0);
            pairs.push(Pair {
                first,
                second,
                both: Probability::counted(paths / 3, paths, 0.95),
                correlation: (!certain(first) && !certain(second)).then_some(phi),
            });
        }
    }
    // Like the sum of correlated events: wider than a binomial law of the same mean.
    let mean: f64 = targets.iter().map(|t| t.probability.estimate).sum();
    let sd = 0.13 * n as f64 + 0.3;
    let weight = |k: usize| libm::exp(-0.5 * ((k as f64 - mean) / sd).powi(2));
    let total: f64 = (0..=n).map(weight).sum();
    let mut number_met: Vec<u64> = (0..=n).map(|k| (paths as f64 * weight(k) / total) as u64).collect();
    let counted: u64 = number_met.iter().sum();
    number_met[n / 2] += paths - counted;
    Joint {
        members: (0..n).collect(),
        all: Probability::counted(number_met[n], paths, 0.95),
        all_spread: None,
        binding: targets
            .iter()
            .any(|t| t.nature == Nature::Binding)
            .then(|| Probability::counted(paths / 5, paths, 0.95)),
        number_met,
        independent: targets.iter().map(|t| t.probability.estimate).product(),
        independent_binding: Some(0.134),
        frechet: (0.0, 0.1),
        pairs,
        without: vec![Probability::counted(0, paths, 0.95); n],
    }
}
