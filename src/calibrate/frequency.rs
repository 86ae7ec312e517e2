//! How often an event happens, from how often it has: the Poisson law with the gamma prior.

use super::draw;
use crate::error::Fault;
use crate::event::ObservedEvents;
use crate::random::Stream;
use crate::stats::special::{Tails, ln_gamma_quantile};

/// What a record of n events in T years says of their rate r a year:
///
/// ```text
/// n ~ Poisson(r T),   r ~ Gamma(shape, years): density ~ r^(shape - 1) e^(-r years)
/// probability of at least one event in a year: p = 1 - e^-r
/// ```
///
/// The prior has the same form, `shape` events in `years` years; Jeffreys' prior, 1/2 in 0 years, when none is given.
/// The posterior adds what was observed. Years without an event count as much as those with one; years for which nobody
/// kept a record are left out of T. A year with two events counts two; the events of a scenario happen at most once a year.
///
/// **Limiting cases.** No event in T years: r is not 0, but has the mean 1 / (2 T). Many: r = n / T. **Reference.** Gelman et al.
/// (2013), Bayesian Data Analysis, 3rd ed., section 2.6; Jeffreys' prior: section 2.8.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EventRate {
    /// Shape of the gamma law, > 0: the events known of, with those of the prior.
    pub shape: f64,
    /// Inverse scale of the gamma law, > 0: the years known of, with those of the prior.
    pub years: f64,
}

impl EventRate {
    /// The posterior after what was observed.
    ///
    /// ```
    /// use plancast::calibrate::EventRate;
    /// use plancast::event::ObservedEvents;
    /// // Two slumps in 17 years: P(one or more in a year) = 1 - (17 / 18)^2.5 on average.
    /// let rate = EventRate::new(&ObservedEvents::new(2, 17.0)).expect("a record that can be");
    /// assert!((rate.probability() - 0.1331558).abs() < 1e-7);
    /// ```
    ///
    /// # Errors
    /// A [`Fault`] when the years observed are not above 0 and finite, or when the prior is no law: more than 0 events, in 0
    /// years or more.
    pub fn new(observed: &ObservedEvents) -> Result<Self, Fault> {
        let (events, years) = observed.prior.map_or((0.5, 0.0), |prior| (prior.events, prior.years));
        if !(observed.years > 0.0 && observed.years.is_finite()) {
            let problem = format!("years is {}; it must be finite and above 0", observed.years);
            return Err(Fault::new("observed.years", problem));
        }
        if !(events > 0.0 && events.is_finite() && years >= 0.0 && years.is_finite()) {
            return Err(Fault::new(
                "observed.prior",
                format!(
                    "{events} events in {years} years are no prior; the events must be above 0, the years at least 0"
                ),
            ));
        }
        Ok(Self { shape: events + f64::from(observed.events), years: years + observed.years })
    }

    /// Mean of the rate: events a year.
    pub fn mean(&self) -> f64 {
        self.shape / self.years
    }

    /// Probability of at least one event in the next year, whatever the rate is: `1 - (years / (years + 1))^shape`.
    pub fn probability(&self) -> f64 {
        -libm::expm1(-self.shape * libm::log1p(1.0 / self.years))
    }

    /// Standard deviation of `1 - e^-r`, the spread of that probability over what is not known of the rate.
    pub fn probability_sd(&self) -> f64 {
        // E e^-2r - (E e^-r)^2, as a product that keeps its digits.
        let ln_square = -2.0 * self.shape * libm::log1p(1.0 / self.years);
        let ln_second = -self.shape * libm::log1p(2.0 / self.years);
        (libm::exp(ln_square) * libm::expm1(ln_second - ln_square)).max(0.0).sqrt()
    }

    /// The quantile at `p` of `1 - e^-r`: between 0 and 1; at p <= 0 it is 0, at p >= 1 it is 1.
    pub fn probability_quantile(&self, p: f64) -> f64 {
        let p = if p > 0.0 { p.min(1.0) } else { 0.0 };
        let ln_gamma = ln_gamma_quantile(self.shape, Tails::from_lower(p));
        -libm::expm1(-libm::exp(ln_gamma) / self.years)
    }

    /// Probability of exactly `events` events in the next `years` years, whatever the rate is: negative binomial. 0 when the
    /// years are not above 0 and finite.
    pub fn count_probability(&self, events: u32, years: f64) -> f64 {
        if !(years > 0.0 && years.is_finite()) {
            return 0.0;
        }
        let (n, total) = (f64::from(events), self.years + years);
        libm::exp(
            libm::lgamma(n + self.shape) - libm::lgamma(n + 1.0) - libm::lgamma(self.shape)
                + self.shape * libm::log(self.years / total)
                + n * libm::log(years / total),
        )
    }

    /// A rate, drawn: events a year, > 0.
    pub fn draw(&self, stream: &mut Stream) -> f64 {
        draw::gamma(stream, self.shape) / self.years
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::PriorEvents;
    use crate::random::Key;
    use crate::stats::Moments;
    use proptest::prelude::*;

    fn two_in_17() -> EventRate {
        EventRate::new(&ObservedEvents::new(2, 17.0)).unwrap()
    }

    fn with_prior() -> EventRate {
        let prior = PriorEvents { events: 1.0, years: 10.0 };
        EventRate::new(&ObservedEvents { prior: Some(prior), ..ObservedEvents::new(2, 17.0) }).unwrap()
    }

    #[test]
    fn the_posterior_adds_what_was_observed() {
        assert_eq!(two_in_17(), EventRate { shape: 2.5, years: 17.0 });
        assert_eq!(with_prior(), EventRate { shape: 3.0, years: 27.0 });
        assert_eq!(with_prior().mean(), 1.0 / 9.0);
    }

    #[test]
    fn the_yearly_probability_has_its_law() {
        // tests/reference/conjugate.py (SciPy 1.17.1): stats.gamma, integrate.quad, stats.nbinom.
        let checks = [
            (
                two_in_17(),
                [0.133155813985, 0.076350813851],
                [0.033129273174, 0.120132651548, 0.277908107559],
                [0.524886739865, 0.298231102196, 0.012636503152],
            ),
            (
                with_prior(),
                [0.103361880466, 0.055535950982],
                [0.029830876359, 0.094292860590, 0.207987054166],
                [0.600677490234, 0.281567573547, 0.005370475264],
            ),
        ];
        let close =
            |found: f64, expected: f64| assert!((found - expected).abs() < 1e-11, "{found} {expected}");
        for (rate, [mean, sd], quantiles, counts) in checks {
            close(rate.probability(), mean);
            close(rate.probability_sd(), sd);
            for (p, expected) in [0.05, 0.5, 0.95].into_iter().zip(quantiles) {
                close(rate.probability_quantile(p), expected);
            }
            for (n, expected) in [0, 1, 4].into_iter().zip(counts) {
                close(rate.count_probability(n, 5.0), expected);
            }
        }
        assert_eq!(
            (two_in_17().probability_quantile(0.0), two_in_17().probability_quantile(1.0)),
            (0.0, 1.0)
        );
        assert_eq!(two_in_17().count_probability(1, f64::NAN), 0.0);
    }

    #[test]
    fn draws_have_the_moments_of_the_gamma_law() {
        const N: usize = 40_000;
        let rate = two_in_17();
        let mut stream = Stream::new(Key::new(1, "calibrate", "frequency"), 0, 0);
        let draws: Vec<f64> = (0..N).map(|_| rate.draw(&mut stream)).collect();
        let mean = Moments::of(&draws).mean().unwrap();
        // Four standard errors of a mean: sd = sqrt(shape) / years.
        assert!((mean - 2.5 / 17.0).abs() < 4.0 * 2.5_f64.sqrt() / 17.0 / (N as f64).sqrt());
    }

    #[test]
    fn what_is_no_record_is_refused() {
        let refused = |observed| EventRate::new(&observed).unwrap_err().to_string();
        for years in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(refused(ObservedEvents::new(1, years)).contains("finite and above 0"));
        }
        let prior = |events, years| ObservedEvents {
            prior: Some(PriorEvents { events, years }),
            ..ObservedEvents::new(1, 10.0)
        };
        assert!(refused(prior(0.0, 1.0)).contains("are no prior"));
        assert!(refused(prior(1.0, -1.0)).contains("are no prior"));
        // No event is a record as well.
        assert_eq!(EventRate::new(&ObservedEvents::new(0, 20.0)).unwrap().mean(), 0.025);
    }

    proptest! {
        #[test]
        fn counts_add_up_and_begin_with_no_event(shape in 0.5..20.0f64, years in 1.0..100.0f64, ahead in 0.5..5.0f64) {
            let rate = EventRate { shape, years };
            let sum: f64 = (0..4000).map(|n| rate.count_probability(n, ahead)).sum();
            prop_assert!((sum - 1.0).abs() < 1e-9, "{}", sum);
            prop_assert!((rate.count_probability(0, 1.0) - (1.0 - rate.probability())).abs() < 1e-12);
        }
    }
}
