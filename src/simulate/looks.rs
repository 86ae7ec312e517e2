//! When to look whether a run is precise enough, so that its intervals still hold.
//!
//! Whoever looks at an interval again and again, and stops when it pleases, stops more often where chance flatters: an
//! interval at 95 % then holds less often than that. Two ways out keep what an interval promises:
//!
//! - A confidence sequence is a band that holds at all numbers of paths at once (Robbins 1970, The Annals of Mathematical
//!   Statistics 41(5); Howard, Ramdas, McAuliffe and Sekhon 2021, The Annals of Statistics 49(2); Waudby-Smith and Ramdas
//!   2024, JRSS B 86(1)). One may look after every path, and pays for it at every look.
//! - Alpha spending has a few looks whose times do not depend on what is seen, and shares 1 - confidence out among them
//!   (Lan and DeMets 1983, Biometrika 70(3)): when every interval at look j fails with a probability of at most a_j, any of
//!   them fails with at most the sum of the a_j.
//!
//! Half the width of an interval at 95 % in standard errors, and the paths that a precision takes because of it:
//!
//! | | half width | paths |
//! |---|---|---|
//! | one look, its time fixed before | 1.96 | 1 |
//! | alpha spending as here, first look | 2.08 | 1.13 |
//! | … second look | 2.60 | 1.76 |
//! | confidence sequence, normal mixture at its best number of paths | 3.03 | 2.4 |
//! | confidence sequence, uniform mixture of binomial laws, p = 0.5, a million paths | 4.40 | 5.0 |
//!
//! So alpha is spent here, for simulation has what a trial on patients has not: more of the same law, cheaply. A scout
//! with draws of its own, some 3 to 6 % of the paths, says where each probability lies, and from that where the precision will
//! be reached; there the first look is, a little late so that it is nearly always the last. With all of that a precision takes
//! 20 to 65 % more paths (33 % for half a width of 0.01 about 0.3, 63 % for a tenth of 0.01) than if their number were known beforehand. The times of the looks depend on the
//! scout alone, which is independent of the run, and the intervals at them are the exact ones of Clopper and Pearson: so the
//! sum above holds for any probability, any number of looks and any reason to stop, and also for the probabilities that nobody
//! asked to be precise.

use crate::outcome::HalfWidth;
use crate::stats::clopper_pearson;
use std::ops::Range;

/// What is spent at a look, of what is left to be spent.
const SPENT: f64 = 0.75;

/// Below this nothing is spent: the next look is the last.
const LEAST: f64 = 1e-11;

/// How many standard errors of the scout a first look is late; a second one twice as many, and so on.
const LATE: f64 = 1.3;

/// The scout has at least one path for so many that the first look will take.
const SHARE: u64 = 32;

/// A look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Look {
    /// At how many paths.
    pub(crate) paths: u64,
    /// The level of the intervals formed there.
    pub(crate) level: f64,
}

/// A run that looks: where it may look and where it has to end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grid {
    /// Looks are at multiples of it, but for the last one.
    pub(crate) step: u64,
    /// Where the run ends whatever is seen.
    pub(crate) cap: u64,
    /// Confidence level of the run.
    pub(crate) confidence: f64,
}

/// What is known of a probability before the run.
#[derive(Debug, Clone, Copy)]
struct Guess {
    hits: u64,
    paths: u64,
}

/// Half the width of the interval at a look, in the sense of what was asked for.
pub(crate) fn half_width(wanted: HalfWidth, hits: u64, paths: u64, level: f64) -> f64 {
    let half = 0.5 * clopper_pearson(hits, paths, level).width();
    match wanted {
        HalfWidth::Absolute(_) => half,
        HalfWidth::Relative(_) if hits == 0 => f64::INFINITY,
        HalfWidth::Relative(_) => half / (hits as f64 / paths as f64),
    }
}

/// Whether half a width is enough.
pub(crate) fn is_enough(wanted: HalfWidth, half_width: f64) -> bool {
    match wanted {
        HalfWidth::Absolute(most) | HalfWidth::Relative(most) => half_width <= most,
    }
}

impl Grid {
    /// Sends the scout, in parts of `part` paths at least, and plans the looks from what it sees: `count` says of a range of
    /// the scout's own paths how many hit each of the goals.
    pub(crate) fn scout<E>(
        &self,
        goals: &[HalfWidth],
        part: u64,
        mut count: impl FnMut(Range<u64>) -> Result<Vec<u64>, E>,
    ) -> Result<Vec<Look>, E> {
        let mut guesses = vec![Guess { hits: 0, paths: 0 }; goals.len()];
        let mut scouted = 0;
        loop {
            let paths = scouted.max(part);
            for (guess, hits) in guesses.iter_mut().zip(count(scouted..scouted + paths)?) {
                *guess = Guess { hits: guess.hits + hits, paths: guess.paths + paths };
            }
            scouted += paths;
            let first = self.needed(goals, &guesses, self.first_level(), LATE);
            if first / SHARE <= scouted || self.cap / SHARE <= scouted {
                return Ok(self.plan(goals, &guesses));
            }
        }
    }

    fn first_level(&self) -> f64 {
        1.0 - SPENT * (1.0 - self.confidence)
    }

    /// The looks, each where all goals should be reached by then; the last one at the cap with all that is left.
    fn plan(&self, goals: &[HalfWidth], guesses: &[Guess]) -> Vec<Look> {
        let mut looks: Vec<Look> = Vec::new();
        let mut left = 1.0 - self.confidence;
        loop {
            let (nth, spent) = (looks.len() as f64, SPENT * left);
            // Where the scout was wrong, the next looks come at ever longer intervals.
            let least =
                looks.last().map_or(0, |last| (last.paths as f64 * (1.25 + 0.25 * (nth - 1.0))) as u64);
            let paths = self.needed(goals, guesses, 1.0 - spent, LATE * (nth + 1.0)).max(self.up(least));
            if paths >= self.cap || spent < LEAST {
                looks.push(Look { paths: self.cap, level: 1.0 - left });
                return looks;
            }
            looks.push(Look { paths, level: 1.0 - spent });
            left -= spent;
        }
    }

    /// The least number of paths at which all goals should be reached; the cap where that is more.
    fn needed(&self, goals: &[HalfWidth], guesses: &[Guess], level: f64, late: f64) -> u64 {
        let steps = self.cap.div_ceil(self.step);
        let mut needed = 1;
        for (wanted, guess) in goals.iter().zip(guesses) {
            let p = guess.harder(*wanted, late);
            let enough = |steps: u64| {
                let paths = steps * self.step;
                is_enough(*wanted, half_width(*wanted, (p * paths as f64).round() as u64, paths, level))
            };
            // Half a width falls with the number of paths; most goals are easier than the hardest so far.
            if enough(needed) {
                continue;
            }
            let (mut low, mut high) = (needed, (2 * needed).min(steps));
            while high < steps && !enough(high) {
                (low, high) = (high, (2 * high).min(steps));
            }
            while high - low > 1 {
                let middle = low + (high - low) / 2;
                if enough(middle) { high = middle } else { low = middle }
            }
            needed = high.max(needed);
        }
        (needed * self.step).min(self.cap)
    }

    /// The next multiple of the step.
    fn up(&self, paths: u64) -> u64 {
        paths.div_ceil(self.step) * self.step
    }
}

impl Guess {
    /// The probability, so many standard errors to the side on which more paths are needed.
    fn harder(self, wanted: HalfWidth, late: f64) -> f64 {
        let n = self.paths as f64;
        let p = (self.hits as f64 + 0.5) / (n + 1.0);
        let error = late * (p * (1.0 - p) / n).sqrt();
        match wanted {
            HalfWidth::Absolute(_) if p < 0.5 => (p + error).min(0.5),
            HalfWidth::Absolute(_) => (p - error).max(0.5),
            HalfWidth::Relative(_) => p / (1.0 + error / p),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, uniform_lanes};
    use crate::stats::binomial_interval;
    use rayon::prelude::*;

    /// A stream of trials that hit with a probability, as many as are asked for.
    struct Trials {
        key: Key,
        p: f64,
    }

    impl Trials {
        fn new(seed: u64, name: &str, p: f64) -> Self {
            Self { key: Key::new(seed, "trials", name), p }
        }

        fn hits(&self, trials: Range<u64>) -> u64 {
            let mut u = vec![0.0; (trials.end - trials.start) as usize];
            uniform_lanes(self.key, trials.start, 0, &mut u);
            u.iter().filter(|u| **u < self.p).count() as u64
        }
    }

    /// Runs trials until the goal is reached: hits, trials, the level of the interval and the number of looks.
    fn until(wanted: HalfWidth, grid: Grid, p: f64, seed: u64) -> (u64, u64, f64, usize) {
        let (scout, main) = (Trials::new(seed, "scout", p), Trials::new(seed, "main", p));
        let counted = |range: Range<u64>| Ok::<_, std::convert::Infallible>(vec![scout.hits(range)]);
        let Ok(looks) = grid.scout(&[wanted], 64, counted);
        let (mut hits, mut done) = (0, 0);
        for (nth, look) in looks.iter().enumerate() {
            hits += main.hits(done..look.paths);
            done = look.paths;
            let half = half_width(wanted, hits, done, look.level);
            if is_enough(wanted, half) || nth + 1 == looks.len() {
                return (hits, done, look.level, nth + 1);
            }
        }
        unreachable!("the last look ends it")
    }

    /// Coverage, mean number of trials, mean number of looks over many runs.
    fn coverage(wanted: HalfWidth, p: f64, confidence: f64, runs: u64) -> (f64, f64, f64) {
        let grid = Grid { step: 64, cap: 1 << 20, confidence };
        let each = |seed: u64| {
            let (hits, n, level, looks) = until(wanted, grid, p, seed);
            let covered = clopper_pearson(hits, n, level).contains(p);
            [f64::from(u8::from(covered)), n as f64, looks as f64].map(|x| x / runs as f64)
        };
        let add = |a: [f64; 3], b: [f64; 3]| std::array::from_fn(|k| a[k] + b[k]);
        let all: Vec<[f64; 3]> = (0..runs).into_par_iter().map(each).collect();
        all.into_iter().fold([0.0; 3], add).into()
    }

    #[test]
    fn intervals_hold_although_the_run_stops_when_they_are_narrow() {
        let runs = 2000;
        for (p, wanted) in [
            (0.5, HalfWidth::Absolute(0.05)),
            (0.5, HalfWidth::Relative(0.2)),
            (0.1, HalfWidth::Absolute(0.03)),
            (0.1, HalfWidth::Relative(0.3)),
            (0.003, HalfWidth::Absolute(0.002)),
            (0.003, HalfWidth::Relative(0.8)),
        ] {
            for confidence in [0.8, 0.95] {
                let (covered, trials, looks) = coverage(wanted, p, confidence, runs);
                // Four standard errors of a share of 2000 runs: 3.6 points at 80 %, 1.9 at 95 %.
                let error = (confidence * (1.0 - confidence) / runs as f64).sqrt();
                assert!(covered > confidence - 4.0 * error, "{p} {wanted:?} {confidence}: {covered}");
                println!("{p} {wanted:?} {confidence}: {covered:.4}, {trials:.0} trials, {looks:.2} looks");
            }
        }
    }

    /// What all this is for: the plain interval after every step, until it is narrow. It fails far more often than it says, so
    /// that the test above can fail.
    #[test]
    fn plain_intervals_do_not_hold_when_one_looks_again_and_again() {
        let (p, runs) = (0.1, 2000);
        let mut covered = 0.0;
        for seed in 0..runs {
            let trials = Trials::new(seed, "main", p);
            let (mut hits, mut n) = (0, 0);
            let interval = loop {
                hits += trials.hits(n..n + 16);
                n += 16;
                let interval = binomial_interval(hits, n, 0.8);
                // Narrow in relation to the distance to 0.1 is what a plan that hopes for less would wait for.
                if interval.high < 0.1 || n >= 4096 {
                    break interval;
                }
            };
            covered += f64::from(u8::from(interval.contains(p))) / runs as f64;
        }
        assert!(covered < 0.6, "{covered}");
    }

    #[test]
    fn what_is_spent_adds_up_and_the_last_look_is_the_cap() {
        for (wanted, hits, scouted) in [
            (HalfWidth::Absolute(0.001), 500, 1000),
            (HalfWidth::Absolute(1e-9), 500, 1000),
            (HalfWidth::Relative(0.1), 0, 1000),
            (HalfWidth::Relative(0.1), 1000, 1000),
            (HalfWidth::Absolute(0.4), 500, 1000),
        ] {
            for confidence in [0.5, 0.95, 0.999_999] {
                let grid = Grid { step: 16, cap: 1 << 34, confidence };
                let looks = grid.plan(&[wanted], &[Guess { hits, paths: scouted }]);
                let spent: f64 = looks.iter().map(|look| 1.0 - look.level).sum();
                assert!((spent - (1.0 - confidence)).abs() < 1e-12, "{spent}");
                assert_eq!(looks.last().map(|look| look.paths), Some(grid.cap));
                assert!(looks.windows(2).all(|pair| pair[0].paths < pair[1].paths), "{looks:?}");
                assert!(looks.iter().all(|look| look.paths.is_multiple_of(16)), "{looks:?}");
                assert!(looks.len() < 20, "{looks:?}");
            }
        }
    }

    #[test]
    fn a_first_look_comes_where_the_precision_is_reached() {
        // p = 0.2 known well, half width 0.01 at 96.25 %: z = 2.0809, z^2 p (1 - p) / 0.01^2 = 6928; a little more for
        // the exact interval.
        let grid = Grid { step: 1, cap: 1 << 40, confidence: 0.95 };
        let guess = Guess { hits: 200_000_000, paths: 1_000_000_000 };
        let looks = grid.plan(&[HalfWidth::Absolute(0.01)], &[guess]);
        assert!((6928..7050).contains(&looks[0].paths), "{looks:?}");
        // Of several goals the hardest decides.
        let goals = [HalfWidth::Absolute(0.1), HalfWidth::Absolute(0.01), HalfWidth::Absolute(0.05)];
        assert_eq!(grid.plan(&goals, &[guess; 3]), looks);
    }

    #[test]
    fn a_single_look_at_the_cap_spends_all() {
        let grid = Grid { step: 64, cap: 1000, confidence: 0.95 };
        let looks = grid.plan(&[HalfWidth::Absolute(1e-6)], &[Guess { hits: 5, paths: 10 }]);
        assert_eq!(looks.len(), 1);
        assert!(looks[0].paths == 1000 && (looks[0].level - 0.95).abs() < 1e-15);
    }
}
