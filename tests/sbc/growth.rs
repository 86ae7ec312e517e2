//! The growth model: the truth and its history come from code of this test and from `rand_distr`, not from the library's own draws.

use super::{DRAWS, assert_calibrated};
use plancast::calibrate::{
    Believed, DriftPrior, GrowthDraws, GrowthPrior, Observation, Observed, PersistencePrior, Seen,
    VolatilityPrior, Wander,
};
use plancast::random::{Key, Stream};
use plancast::time::Year;
use rand::RngExt;
use rand_distr::{ChiSquared, Distribution, StandardNormal};

/// Years of history, and years ahead.
const YEARS: usize = 14;
const AHEAD: usize = 5;
/// Draws of the sampler from one that is used to the next: 20 sweeps, after which the slowest numbers (persistence and
/// volatility) are correlated by less than 0.1.
const THIN: usize = 10;
/// The levels of the log variance: nine even steps of three standard deviations either way, with normal weights.
const LEVELS: usize = 9;

/// A unit: its parameters, and growth and drift of the history and of the years ahead.
struct Truth {
    drift: f64,
    persistence: f64,
    volatility: f64,
    growth: Vec<f64>,
    course: Vec<f64>,
}

fn normal(stream: &mut Stream) -> f64 {
    StandardNormal.sample(stream)
}

fn level(stream: &mut Stream) -> f64 {
    let z = |k: usize| 3.0 * (2.0 * k as f64 / (LEVELS - 1) as f64 - 1.0);
    let weight = |k: usize| libm::exp(-0.5 * z(k) * z(k));
    let mut left = stream.random::<f64>() * (0..LEVELS).map(weight).sum::<f64>();
    for k in 0..LEVELS {
        left -= weight(k);
        if left < 0.0 {
            return z(k);
        }
    }
    3.0
}

/// Parameters from the prior, then the years one after the other.
fn truth(prior: &GrowthPrior, stream: &mut Stream) -> Truth {
    let drift = match prior.drift {
        DriftPrior::Known(drift) => drift,
        DriftPrior::Normal(drift) => drift.mean + drift.sd * normal(stream),
        DriftPrior::Flat => panic!("nothing can be drawn from a flat prior"),
    };
    let persistence = match prior.persistence {
        PersistencePrior::Known(phi) => phi,
        PersistencePrior::Normal(phi) => loop {
            let drawn = phi.mean + phi.sd * normal(stream);
            if drawn.abs() < 0.98 {
                break drawn;
            }
        },
        PersistencePrior::Uniform => 0.98 * (2.0 * stream.random::<f64>() - 1.0),
    };
    let volatility = match prior.volatility {
        VolatilityPrior::Known(sigma) => sigma,
        VolatilityPrior::Scaled { df, scale } => {
            scale * (df / ChiSquared::new(df).unwrap().sample(stream)).sqrt()
        }
        VolatilityPrior::Flat => panic!("nothing can be drawn from a flat prior"),
    };
    let (mut moving, mut u, mut at) = (0.0, 0.0, 0.0);
    let (mut growth, mut course) = (Vec::new(), Vec::new());
    for t in 0..YEARS + AHEAD {
        if let Some(Wander { sd, persistence: rho }) = prior.moving {
            let innovation = if t == 0 { sd } else { sd * (1.0 - rho * rho).sqrt() };
            moving = rho * moving + innovation * normal(stream);
        }
        let mut sigma = volatility;
        if let Some(Wander { sd, persistence: keep }) = prior.turbulence {
            if t == 0 || stream.random::<f64>() >= keep {
                at = level(stream);
            }
            sigma *= libm::exp(0.5 * sd * at);
        }
        let scale = if t == 0 { 1.0 / (1.0 - persistence * persistence).sqrt() } else { 1.0 };
        u = persistence * u + scale * sigma * normal(stream);
        course.push(drift + moving);
        growth.push(drift + moving + u);
    }
    Truth { drift, persistence, volatility, growth, course }
}

/// Draws far enough apart from each other.
fn posterior(prior: &GrowthPrior, observed: &Observed, seen: Seen, simulation: u64) -> GrowthDraws {
    let base = Year(2000 + YEARS as i32 - 1);
    let key = Key::new(simulation, "sbc", "growth posterior");
    prior.posterior(observed, seen, base, AHEAD, DRAWS * THIN, key).unwrap()
}

fn stream(simulation: u64, name: &str) -> Stream {
    Stream::new(Key::new(77, "sbc", name), simulation, 0)
}

fn every(column: &[f64], k: usize) -> f64 {
    column[k * THIN]
}

/// Drift, persistence, volatility, drift of the first year ahead and growth over all years ahead.
fn numbers(truth: &Truth, draws: &GrowthDraws, simulation: u64) -> ([f64; 5], Vec<[f64; 5]>) {
    let changes = draws.changes(Key::new(simulation, "sbc", "growth ahead"));
    let sum = truth.growth[YEARS..].iter().sum();
    let of_truth = [truth.drift, truth.persistence, truth.volatility, truth.course[YEARS], sum];
    let of_draw = |k: usize| {
        [
            every(&draws.drift, k),
            every(&draws.persistence, k),
            every(&draws.volatility, k),
            every(&draws.drift_ahead[0], k),
            every(&changes[AHEAD - 1], k),
        ]
    };
    (of_truth, (0..DRAWS).map(of_draw).collect())
}

fn year(t: usize) -> Year {
    Year(2000 + t as i32)
}

const ALL_PARTS: GrowthPrior = GrowthPrior {
    drift: DriftPrior::Normal(Believed { mean: 4.0, sd: 1.5 }),
    persistence: PersistencePrior::Normal(Believed { mean: 0.3, sd: 0.4 }),
    volatility: VolatilityPrior::Scaled { df: 8.0, scale: 1.5 },
    moving: Some(Wander { sd: 1.0, persistence: 0.8 }),
    turbulence: Some(Wander { sd: 0.8, persistence: 0.8 }),
    spread: 1.0,
};

#[test]
fn growth_seen_in_all_ways() {
    // Years 3 and 7 are not seen; year 5 is rounded to whole per cents; of year 9 a source says whether it was over 5 or not; year 11 is reported with an error.
    assert_calibrated(
        ["drift", "persistence", "volatility", "next drift", "five years"],
        1500,
        |simulation| {
            let mut stream = stream(simulation, "growth in all ways");
            let truth = truth(&ALL_PARTS, &mut stream);
            let seen = |t: usize, z: f64, stream: &mut Stream| match t {
                3 | 7 => None,
                5 => {
                    let whole = libm::round(z);
                    Some(Observation::Between { low: whole - 0.5, high: whole + 0.5 })
                }
                9 if z > 5.0 => Some(Observation::Between { low: 5.0, high: f64::INFINITY }),
                9 => Some(Observation::Between { low: f64::NEG_INFINITY, high: 5.0 }),
                11 => Some(Observation::Noisy { value: z + 0.7 * normal(stream), sd: 0.7 }),
                _ => Some(Observation::Exact(z)),
            };
            let points: Vec<(Year, Observation)> =
                (0..YEARS).filter_map(|t| Some((year(t), seen(t, truth.growth[t], &mut stream)?))).collect();
            let draws = posterior(&ALL_PARTS, &Observed::new(points).unwrap(), Seen::Itself, simulation);
            numbers(&truth, &draws, simulation)
        },
    );
}

#[test]
fn levels_with_a_gap() {
    let prior = GrowthPrior { moving: None, ..ALL_PARTS };
    assert_calibrated(
        ["drift", "persistence", "volatility", "next drift", "five years"],
        1500,
        |simulation| {
            let truth = truth(&prior, &mut stream(simulation, "levels"));
            // The level at the end of each year; the first is that of the year before the first growth. Years 4 to 6 are not seen, and the
            // level of year 10 is rounded to fives.
            let mut level = 100.0;
            let mut points = vec![(Year(1999), Observation::Exact(level))];
            for t in 0..YEARS {
                level += truth.growth[t];
                match t {
                    4..=6 => {}
                    10 => {
                        let low = 5.0 * libm::floor(level / 5.0);
                        points.push((year(t), Observation::Between { low, high: low + 5.0 }));
                    }
                    _ => points.push((year(t), Observation::Exact(level))),
                }
            }
            let draws = posterior(&prior, &Observed::new(points).unwrap(), Seen::AsLevels, simulation);
            numbers(&truth, &draws, simulation)
        },
    );
}

#[test]
fn a_unit_of_a_class() {
    // As a class of a panel has it: what the units share is known, where the unit stands is not.
    let prior = GrowthPrior {
        persistence: PersistencePrior::Known(0.22),
        volatility: VolatilityPrior::Known(1.7),
        moving: Some(Wander { sd: 2.4, persistence: 0.92 }),
        turbulence: Some(Wander { sd: 2.0, persistence: 0.8 }),
        ..ALL_PARTS
    };
    assert_calibrated(["drift", "next drift", "five years"], 1500, |simulation| {
        let truth = truth(&prior, &mut stream(simulation, "class"));
        let points = (0..YEARS).map(|t| (year(t), Observation::Exact(truth.growth[t])));
        let draws = posterior(&prior, &Observed::new(points).unwrap(), Seen::Itself, simulation);
        let (truth, draws) = numbers(&truth, &draws, simulation);
        let some = |all: [f64; 5]| [all[0], all[3], all[4]];
        (some(truth), draws.into_iter().map(some).collect())
    });
}

#[test]
fn a_level_that_reverts() {
    // z is the level itself: `drift` is where it reverts to, and persistence what is left of a gap a year later.
    let prior = GrowthPrior {
        persistence: PersistencePrior::Normal(Believed { mean: 0.7, sd: 0.2 }),
        moving: None,
        turbulence: None,
        ..ALL_PARTS
    };
    assert_calibrated(["level", "left of a gap", "volatility", "level again", "sum"], 1500, |simulation| {
        let truth = truth(&prior, &mut stream(simulation, "level"));
        let seen = (0..YEARS).filter(|t| *t != 6);
        let points = seen.map(|t| (year(t), Observation::Exact(truth.growth[t])));
        let draws = posterior(&prior, &Observed::new(points).unwrap(), Seen::Itself, simulation);
        numbers(&truth, &draws, simulation)
    });
}
