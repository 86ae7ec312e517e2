//! Tests of one sequence of uniform numbers for dependence between neighbours.

/// Length of a sequence.
pub const LENGTH: usize = 1 << 22;

/// Eighteen sequences get twenty-one scores each: one correct program in forty would have one beyond four. Seeds are fixed.
const LIMIT: f64 = 4.0;

/// Lags looked at.
const LAGS: usize = 8;

/// Every score of a sequence: standard normal when its numbers are independent.
pub fn scores(u: &[f64]) -> Vec<(String, f64)> {
    assert_eq!(u.len(), LENGTH);
    // Mean 0 and variance 1: of a uniform number, and of its square (E v^4 = 9/5).
    let plain: Vec<f64> = u.iter().map(|u| 12.0_f64.sqrt() * (u - 0.5)).collect();
    let square: Vec<f64> = plain.iter().map(|v| (v * v - 1.0) / 0.8_f64.sqrt()).collect();
    let mut scores = Vec::new();
    for lag in 1..=LAGS {
        scores.push((format!("correlation at lag {lag}"), correlation(&plain, lag)));
        scores.push((format!("correlation of squares at lag {lag}"), correlation(&square, lag)));
    }
    scores.push(("gaps".into(), gaps(u)));
    let (number, law) = birthdays(u);
    scores.push(("number of equal birthday spacings".into(), number));
    scores.push(("law of equal birthday spacings".into(), law));
    scores.push(("pairs".into(), grid::<2>(u, 64)));
    scores.push(("triples".into(), grid::<3>(u, 16)));
    scores
}

/// Holds a sequence against independence.
#[track_caller]
pub fn check(what: &str, u: &[f64]) {
    let scores = scores(u);
    let (name, worst) = scores.iter().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs())).unwrap();
    println!("{what}: the largest of {} scores is {worst:.2} ({name})", scores.len());
    assert!(worst.abs() < LIMIT, "{what}: {name} has the score {worst:.2}");
}

fn correlation(x: &[f64], lag: usize) -> f64 {
    let products = x.iter().zip(&x[lag..]).map(|(a, b)| a * b);
    products.sum::<f64>() / ((x.len() - lag) as f64).sqrt()
}

/// Lengths of the gaps between numbers below 1/8: geometric. Knuth, TAOCP 2, 3.3.2 D.
fn gaps(u: &[f64]) -> f64 {
    const LONGEST: usize = 40;
    let (mut counts, mut gap) = ([0_u64; LONGEST + 1], 0);
    for u in u {
        if *u < 0.125 {
            counts[gap.min(LONGEST)] += 1;
            gap = 0;
        } else {
            gap += 1;
        }
    }
    let stay = |k: usize| 0.875_f64.powi(k as i32);
    let law: Vec<f64> = (0..=LONGEST).map(|k| if k < LONGEST { 0.125 * stay(k) } else { stay(k) }).collect();
    chi_square(&counts, &law)
}

/// Marsaglia's birthday spacings: 4096 birthdays in a year of 2^32 days; the number of spacings between neighbours that are
/// equal to another one has a Poisson law of mean m^3 / 4n = 4. A score of their sum over all years, and one of the law.
/// Marsaglia (1985), A current view of random number generators; L'Ecuyer and Simard (2001), Math. Comput. Simulation 55.
fn birthdays(u: &[f64]) -> (f64, f64) {
    const BIRTHDAYS: usize = 4096;
    const MEAN: f64 = 4.0;
    const MOST: usize = 10;
    let mut counts = [0_u64; MOST + 1];
    let (mut years, mut sum) = (0, 0);
    for year in u.chunks_exact(BIRTHDAYS) {
        let mut days: Vec<u32> = year.iter().map(|u| (u * 4_294_967_296.0) as u32).collect();
        days.sort_unstable();
        let mut spacings: Vec<u32> = days.windows(2).map(|pair| pair[1] - pair[0]).collect();
        spacings.sort_unstable();
        let equal = spacings.windows(2).filter(|pair| pair[0] == pair[1]).count();
        counts[equal.min(MOST)] += 1;
        (years, sum) = (years + 1, sum + equal);
    }
    let mut law: Vec<f64> = Vec::new();
    let mut term = libm::exp(-MEAN);
    for k in 0..MOST {
        law.push(term);
        term *= MEAN / (k + 1) as f64;
    }
    law.push(1.0 - law.iter().sum::<f64>());
    let expected = MEAN * f64::from(years);
    ((sum as f64 - expected) / expected.sqrt(), chi_square(&counts, &law))
}

/// Numbers taken D at a time, counted on a grid of equal cells.
fn grid<const D: usize>(u: &[f64], parts: usize) -> f64 {
    let mut counts = vec![0_u64; parts.pow(D as u32)];
    for point in u.as_chunks::<D>().0 {
        let cell = point.iter().fold(0, |cell, u| cell * parts + (u * parts as f64) as usize);
        counts[cell] += 1;
    }
    let law = vec![1.0 / counts.len() as f64; counts.len()];
    chi_square(&counts, &law)
}

/// The chi-square of counts against their law, as a normal score (Wilson and Hilferty 1931).
fn chi_square(counts: &[u64], law: &[f64]) -> f64 {
    let n = counts.iter().sum::<u64>() as f64;
    assert!(law.iter().all(|p| n * p > 5.0), "a class with hardly any count");
    let squares: f64 = counts.iter().zip(law).map(|(c, p)| (*c as f64 - n * p).powi(2) / (n * p)).sum();
    let free = (counts.len() - 1) as f64;
    let spread = 2.0 / (9.0 * free);
    ((squares / free).cbrt() - (1.0 - spread)) / spread.sqrt()
}

/// Good numbers that are not ours, to put defects into.
fn sound() -> Vec<f64> {
    use rand::{RngExt, SeedableRng};
    let mut rng = rand::rngs::SmallRng::seed_from_u64(5);
    (0..LENGTH).map(|_| rng.random()).collect()
}

#[track_caller]
fn is_found(defect: &str, u: &[f64], by: &str) {
    let found = scores(u);
    let (_, score) = found.iter().find(|(name, _)| name == by).unwrap();
    assert!(score.abs() > 2.0 * LIMIT, "{defect}: {by} has the score {score:.2}");
}

#[test]
fn a_sound_generator_passes() {
    check("SmallRng", &sound());
}

#[test]
fn every_test_finds_its_defect() {
    // One number in two hundred is that of three places before.
    let mut u = sound();
    (3..LENGTH).step_by(200).for_each(|k| u[k] = u[k - 3]);
    is_found("an echo", &u, "correlation at lag 3");
    // One in fifty is as far from the middle as the one before, on either side.
    let mut u = sound();
    (1..LENGTH).step_by(50).for_each(|k| u[k] = if u[k] < 0.5 { u[k - 1] } else { 1.0 - u[k - 1] });
    is_found("a common spread", &u, "correlation of squares at lag 1");
    // Every eight numbers fall into eight different parts, in changing order.
    let (order, mut u) = (sound(), sound());
    for (eight, order) in u.chunks_exact_mut(8).zip(order.chunks_exact(8)) {
        let rank = |k: usize| order.iter().filter(|other| **other < order[k]).count();
        (0..8).for_each(|k| eight[k] = (eight[k] + rank(k) as f64) / 8.0);
    }
    is_found("strata", &u, "gaps");
    // RANDU, whose triples lie on fifteen planes.
    let mut state = 1_u64;
    let u: Vec<f64> = (0..LENGTH)
        .map(|_| {
            state = state * 65_539 % (1 << 31);
            state as f64 / 2_147_483_648.0
        })
        .collect();
    is_found("RANDU", &u, "triples");
    is_found("RANDU", &u, "number of equal birthday spacings");
    is_found("RANDU", &u, "law of equal birthday spacings");
    // One pair in a hundred is a point of a curve.
    let mut u = sound();
    (0..LENGTH).step_by(200).for_each(|k| u[k + 1] = (7.0 * u[k]).fract());
    is_found("a curve", &u, "pairs");
}
