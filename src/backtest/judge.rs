//! One forecast beside what came.

use super::forecaster::Forecast;
use crate::quantity::Normal;
use crate::score::{Sample, crps, density, interval, joint, pit};
use crate::stats::special::{Tails, student_quantile, student_tails};
use crate::stats::{Interval, normal};

/// The level of the interval whose score and width are reported.
const LEVEL: f64 = 0.8;

/// The joint scores take the first so many paths: their cost grows with the square.
pub(super) const JOINT_PATHS: usize = 200;

/// How good one forecast was. Smaller is better for every score; all in the unit of the latent state (log points for a log link)
/// unless they say otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// The distribution function of the forecast at what came.
    pub pit: f64,
    /// Continuous ranked probability score; for a sample the fair form.
    pub crps: f64,
    /// Minus the logarithm of the density at what came, in nats; none for a sample, which has no density.
    pub log: Option<f64>,
    /// Interval score of the central 80 % interval.
    pub interval: f64,
    /// Width of that interval.
    pub width: f64,
    /// What came less the median of the forecast.
    pub error: f64,
    /// Fair energy score of the whole path; none without paths, or when a year of what came is missing.
    pub energy: Option<f64>,
    /// Variogram score of order 1/2 of the whole path.
    pub variogram: Option<f64>,
    /// The probability of each event of the backtest.
    pub events: Vec<f64>,
}

/// A forecast in the form in which it is asked.
pub(super) struct Judged {
    law: Law,
    paths: Vec<f64>,
}

enum Law {
    Normal(Normal),
    StudentT(crate::quantity::StudentT),
    Mixture(Vec<(f64, Normal)>),
    Sample(Sample),
}

impl Judged {
    /// None for a law whose parameters are out of range, or values that are not finite.
    pub(super) fn new(forecast: Forecast, horizon: usize) -> Option<Self> {
        let (law, paths) = match forecast {
            Forecast::Normal(law) => (Law::Normal(law), Vec::new()),
            Forecast::StudentT(law) => (Law::StudentT(law), Vec::new()),
            Forecast::Mixture(parts) => (Law::Mixture(parts), Vec::new()),
            Forecast::Sample(values) => (Law::Sample(Sample::new(values)?), Vec::new()),
            Forecast::Paths(paths) => {
                if !paths.len().is_multiple_of(horizon) {
                    return None;
                }
                let ends: Vec<f64> = paths.chunks_exact(horizon).map(|path| path[horizon - 1]).collect();
                (Law::Sample(Sample::new(ends)?), paths)
            }
        };
        Some(Self { law, paths })
    }

    /// The same with paths for the joint scores, where it has none of its own; none when they are not as many numbers as whole paths.
    pub(super) fn with_paths(mut self, paths: Option<Vec<f64>>, horizon: usize) -> Option<Self> {
        if let Some(paths) = paths.filter(|_| self.paths.is_empty()) {
            if !paths.len().is_multiple_of(horizon) || !paths.iter().all(|z| z.is_finite()) {
                return None;
            }
            self.paths = paths;
        }
        Some(self)
    }

    /// Scores it. `path` is what came, of which the last year is known; `events` are thresholds of the latent state.
    pub(super) fn score(&self, path: &[Option<f64>], events: &[f64]) -> Option<Score> {
        let outcome = path.last().copied().flatten()?;
        let (pit, crps, log) = match &self.law {
            Law::Normal(law) => (
                pit::normal(law, outcome)?,
                crps::normal(law, outcome)?,
                Some(density::normal(law, outcome)?),
            ),
            Law::StudentT(law) => (
                pit::student_t(law, outcome)?,
                crps::student_t(law, outcome)?,
                Some(density::student_t(law, outcome)?),
            ),
            Law::Mixture(parts) => (
                pit::mixture(parts, outcome)?,
                crps::mixture(parts, outcome)?,
                Some(density::mixture(parts, outcome)?),
            ),
            Law::Sample(sample) => (pit::sample(sample, outcome)?, crps::fair(sample, outcome)?, None),
        };
        let [low, median, high] = self.quantiles()?;
        let central = Interval { low, high };
        let whole: Option<Vec<f64>> = path.iter().copied().collect();
        let few = &self.paths[..self.paths.len().min(JOINT_PATHS * path.len())];
        let (energy, variogram) = match whole {
            Some(whole) if !few.is_empty() => {
                (joint::energy_fair(few, &whole), joint::variogram(few, &whole, 0.5, None))
            }
            _ => (None, None),
        };
        Some(Score {
            pit,
            crps,
            log,
            interval: interval::score(&central, LEVEL, outcome)?,
            width: central.width(),
            error: outcome - median,
            energy,
            variogram,
            events: events.iter().map(|threshold| self.at_least(*threshold)).collect::<Option<_>>()?,
        })
    }

    /// P(z >= threshold).
    pub(super) fn at_least(&self, threshold: f64) -> Option<f64> {
        Some(match &self.law {
            Law::Normal(law) => 1.0 - pit::normal(law, threshold)?,
            Law::StudentT(law) => student_tails(law.df, (threshold - law.location) / law.scale).upper,
            // Weights add up to 1 but for rounding.
            Law::Mixture(parts) => (1.0 - pit::mixture(parts, threshold)?).clamp(0.0, 1.0),
            Law::Sample(sample) => {
                let below = sample.values().partition_point(|z| *z < threshold);
                (sample.size() - below) as f64 / sample.size() as f64
            }
        })
    }

    /// The quantiles at 10, 50 and 90 %.
    fn quantiles(&self) -> Option<[f64; 3]> {
        let tail = 0.5 * (1.0 - LEVEL);
        match &self.law {
            Law::Normal(law) => {
                let half = law.sd * normal::two_sided(LEVEL);
                Some([law.mean - half, law.mean, law.mean + half])
            }
            Law::StudentT(law) => {
                let half = law.scale * student_quantile(law.df, Tails::from_upper(tail));
                Some([law.location - half, law.location, law.location + half])
            }
            Law::Mixture(parts) => {
                let at = |p| mixture_quantile(parts, p);
                Some([at(tail)?, at(0.5)?, at(1.0 - tail)?])
            }
            Law::Sample(sample) => {
                Some([sample.quantile(tail)?, sample.quantile(0.5)?, sample.quantile(1.0 - tail)?])
            }
        }
    }
}

/// The quantile of a mixture: between the least and the largest quantile of its parts, found by halving.
fn mixture_quantile(parts: &[(f64, Normal)], p: f64) -> Option<f64> {
    let z = normal::quantile(p);
    let each = || parts.iter().filter(|(weight, _)| *weight > 0.0).map(|(_, law)| law.mean + law.sd * z);
    let (mut low, mut high) =
        (each().fold(f64::INFINITY, f64::min), each().fold(f64::NEG_INFINITY, f64::max));
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if pit::mixture(parts, middle)? < p { low = middle } else { high = middle }
    }
    Some(0.5 * (low + high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::StudentT;
    use crate::random::{Key, normal_at};

    fn score(forecast: Forecast, path: &[Option<f64>]) -> Score {
        Judged::new(forecast, path.len()).and_then(|judged| judged.score(path, &[1.0])).expect("a score")
    }

    #[test]
    fn all_forms_of_one_law_score_alike() {
        // The same normal law, mean 1 and sd 2, in five forms; a t law of a million degrees of freedom is as good as one.
        let law = Normal { mean: 1.0, sd: 2.0 };
        let path = [Some(0.2), Some(2.5)];
        let whole = score(Forecast::Normal(law), &path);
        assert_eq!(whole.events, [0.5]);
        assert!((whole.error - 1.5).abs() < 1e-15 && (whole.width - 4.0 * 1.281_551_565_544_6).abs() < 1e-12);
        let student = StudentT { df: 1e6, location: 1.0, scale: 2.0 };
        let mixture = vec![(0.3, law), (0.7, law)];
        let z = |k: u64, step| 1.0 + 2.0 * normal_at(Key::new(1, "test", "judge"), k, step);
        let paths: Vec<f64> = (0..20_000).flat_map(|k| [z(k, 1), z(k, 2)]).collect();
        let ends: Vec<f64> = paths.iter().skip(1).step_by(2).copied().collect();
        let forms = [
            (Forecast::StudentT(student), 1e-5),
            (Forecast::Mixture(mixture), 1e-9),
            // Four standard errors of a quantile at 10 % from 20 000 values: 4 * 2 * 0.3 / 0.175 / 141.
            (Forecast::Sample(ends), 0.1),
            (Forecast::Paths(paths), 0.1),
        ];
        for (form, tolerance) in forms {
            let other = score(form.clone(), &path);
            let near = |a: f64, b: f64| (a - b).abs() < tolerance;
            assert!(near(other.pit, whole.pit) && near(other.crps, whole.crps), "{other:?}");
            // The interval score counts a miss tenfold.
            assert!(
                (other.interval - whole.interval).abs() < 10.0 * tolerance && near(other.width, whole.width)
            );
            assert!(near(other.error, whole.error) && near(other.events[0], 0.5), "{other:?}");
            assert_eq!(other.log.is_none(), matches!(form, Forecast::Sample(_) | Forecast::Paths(_)));
            assert!(other.log.is_none_or(|log| near(log, whole.log.expect("a density"))));
            assert_eq!(other.energy.is_some(), matches!(form, Forecast::Paths(_)));
        }
    }

    #[test]
    fn joint_scores_need_every_year() {
        let paths = Forecast::Paths(vec![0.0, 1.0, 2.0, 3.0]);
        assert!(score(paths.clone(), &[Some(1.0), Some(1.0)]).energy.is_some());
        assert!(score(paths, &[None, Some(1.0)]).energy.is_none());
    }

    #[test]
    fn what_is_no_law() {
        let bad = [
            Forecast::Normal(Normal { mean: f64::NAN, sd: 1.0 }),
            Forecast::Normal(Normal { mean: 0.0, sd: 0.0 }),
            Forecast::StudentT(StudentT { df: 1.0, location: 0.0, scale: 1.0 }),
            Forecast::Mixture(vec![]),
            Forecast::Sample(vec![1.0]),
            Forecast::Sample(vec![1.0, f64::INFINITY]),
            Forecast::Paths(vec![1.0, 2.0, 3.0]),
        ];
        for forecast in bad {
            let judged = Judged::new(forecast.clone(), 2);
            assert!(judged.and_then(|law| law.score(&[Some(0.0), Some(1.0)], &[])).is_none(), "{forecast:?}");
        }
    }
}
