//! stub
use super::{Draft, Scenario};
use crate::error::{Error, Fault, Faults, Result};

impl Draft {
    /// Checks it.
    ///
    /// # Errors
    /// Always, as yet.
    pub fn validate(self) -> Result<Scenario> {
        let mut faults = Faults::new();
        for (id, indicator) in &self.indicator {
            if indicator.process.is_none() && indicator.formula.is_none() {
                faults.push(Fault::new(format!("indicator.{id}"), "a process or a formula is needed"));
            }
        }
        for (id, target) in &self.target {
            if let Some(indicator) = &target.indicator {
                if !self.indicator.contains_key(indicator) {
                    faults.push(Fault::new(
                        format!("target.{id}.indicator"),
                        format!("there is no indicator `{indicator}`"),
                    ));
                }
            }
        }
        faults.push(Fault::new("stub", "validation is not there yet"));
        Err(Error::Scenario(faults))
    }
}
