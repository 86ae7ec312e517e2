//! A scenario with what came of its first years.
//!
//! Layer 3.

use super::actuals::{Actuals, KnownYears};
use super::meant::Scenario;
use crate::error::Result;

/// What a scenario was updated with: the two may differ while a change is explained.
#[derive(Debug, Clone, Default)]
pub(crate) struct Update {
    /// Paths start from these.
    pub(crate) start: Option<Taken>,
    /// Parameters are learned from these as well.
    pub(crate) learn: Option<Taken>,
}

/// Actuals that were checked against the scenario.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(crate) actuals: Actuals,
    pub(crate) known: KnownYears,
}

impl Scenario {
    /// This plan as it stands when some of its years are over: paths start from the actuals, and what is learned from a history is learned
    /// from the actuals as well. Targets count the whole period as before.
    ///
    /// **Starting.** In a year with an actual the indicator has that value on every path; its growth of that year is what persists, drives others and
    /// is the base of what comes. An indicator without an actual of a year moves as always. Where innovations are correlated, those of a year are drawn given
    /// the ones that the actuals imply: eps = (growth less what the equation expects) / sigma on the path, and for the others
    ///
    /// ```text
    /// eps_other + S_ok S_kk^-1 (eps implied - eps drawn),     S the correlation of the scores
    /// ```
    ///
    /// which has the conditional law, and keeps the draws (Matheron's rule: Journel and Huijbregts 1978, Mining Geostatistics; Doucet 2010). This is done for
    /// normal innovations of indicators whose drivers of the same year are known as well; an actual under another law, under a process of the user's own, or behind a
    /// driver that is not known, says nothing of others.
    ///
    /// **Learning.** Every `estimate` has the actuals in its history, as if that had ended in the last of them; so has a correlation with
    /// `shrunk`, and a resampled process. A history that stands in for the indicator's own takes none (a splice would be of two series; a notice says so), nor does one with a `to`
    /// before them. What the scenario states stays as stated, distributions of drifts and baselines included, and so do the probabilities of events: whoever
    /// wants them to learn gives the indicator a history and an `estimate`.
    ///
    /// **When not to use it.** For a revised figure of the base year, or a new reading of the future: that is a new scenario file. For what might come: an
    /// actual is a fact and teaches; an assumption must not.
    ///
    /// ```
    /// # use plancast::prelude::*;
    /// use plancast::scenario::Actuals;
    /// # let scenario = Scenario::builder("Plan", 2025, 2030)
    /// #     .indicator("gdp", IndicatorDraft::new("GDP", "bn").baseline(100.0).process(RandomWalk::new(0.05, 0.02)))
    /// #     .target("gdp", TargetDraft::average_growth("gdp").at_least(0.05))
    /// #     .build()?;
    /// let now = scenario.updated(&Actuals::new([("gdp", 2026, 104.0), ("gdp", 2027, 108.5)]))?;
    /// let outcome = Simulation::new(&now).run()?;
    /// assert_eq!(outcome.indicator("gdp").expect("it is there").bands[2].quantiles.median(), 108.5);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Data`](crate::error::Error::Data) with every actual that does not fit the scenario, by its file and line;
    /// [`Error::Scenario`](crate::error::Error::Scenario) when a history with the actuals behind it cannot be learned from.
    pub fn updated(&self, actuals: &Actuals) -> Result<Self> {
        self.with_update(Some(actuals), Some(actuals))
    }

    /// Paths start from the actuals, and parameters are those from before.
    ///
    /// # Errors
    /// As [`Scenario::updated`].
    pub fn starting_from(&self, actuals: &Actuals) -> Result<Self> {
        self.with_update(Some(actuals), self.learned_from())
    }

    /// Parameters learn from the actuals, and paths start where they did before.
    ///
    /// # Errors
    /// As [`Scenario::updated`].
    pub fn learning_from(&self, actuals: &Actuals) -> Result<Self> {
        self.with_update(self.started_from(), Some(actuals))
    }

    /// The actuals that its paths start from.
    pub fn started_from(&self) -> Option<&Actuals> {
        self.update.start.as_ref().map(|taken| &taken.actuals)
    }

    /// The actuals that its parameters are learned from.
    pub fn learned_from(&self) -> Option<&Actuals> {
        self.update.learn.as_ref().map(|taken| &taken.actuals)
    }

    /// The plan as it was written, with these actuals in place of those that it has.
    pub(crate) fn with_update(&self, start: Option<&Actuals>, learn: Option<&Actuals>) -> Result<Self> {
        let taken = |actuals: Option<&Actuals>| {
            let check =
                |actuals: &Actuals| Ok(Taken { actuals: actuals.clone(), known: actuals.known(self)? });
            actuals.map(check).transpose()
        };
        let update = Update { start: taken(start)?, learn: taken(learn)? };
        let mut updated = self.draft.clone().validate_with(update)?;
        updated.variant.clone_from(&self.variant);
        self.changes.iter().try_fold(updated, |updated, (id, change)| updated.changed(id, change.clone()))
    }

    /// What is known of the first years, where paths start from it.
    pub(crate) fn known(&self) -> Option<&KnownYears> {
        self.update.start.as_ref().map(|taken| &taken.known)
    }
}
