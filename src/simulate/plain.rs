//! The growth equation in one loop, for the commonest case: every coefficient is a number, the innovation is normal and
//! nothing else acts.
//!
//! The operations and their order are those of [`super::step`], so the bits are the same; what it saves is to write and
//! read the row of growth once a term.

use super::rows::Row;
use crate::innovation::Law;
use crate::math::simd;
use crate::model::{Coefficient, ProcessMotion};
use crate::process::GrowthScale;

/// The coefficients of a year.
#[derive(Clone, Copy)]
pub(super) struct Plain {
    drift: f64,
    /// Persistence, and the drift of the year before.
    persistence: Option<(f64, f64)>,
    /// kappa and theta.
    pull: Option<(f64, f64)>,
    volatility: f64,
    /// Position among the scores.
    pub(super) score: usize,
}

impl Plain {
    /// None where the case is another one.
    pub(super) fn of(p: &ProcessMotion, step: usize) -> Option<Self> {
        let number = |coefficient: &Coefficient, step: usize| match coefficient {
            Coefficient::Number(x) => Some(*x),
            Coefficient::Course(years) => Some(years[step - 1]),
            Coefficient::Drawn(_) | Coefficient::Shifted(..) | Coefficient::Yearly(_) => None,
        };
        let forced = &p.forced;
        let noise = forced.noise.as_ref()?;
        let alone = forced.drivers.is_empty() && forced.events.is_empty() && forced.shifts.is_empty();
        let is_normal = matches!(noise.law, Law::Normal) && noise.scales.is_empty();
        if !(alone
            && is_normal
            && p.damping.is_none()
            && p.pushes.is_empty()
            && p.wander.is_none()
            && p.growth == GrowthScale::Latent)
        {
            return None;
        }
        let before = step.saturating_sub(1).max(1);
        Some(Self {
            drift: number(&p.drift, step)?,
            persistence: match &p.persistence {
                Some(persistence) => Some((number(persistence, step)?, number(&p.drift, before)?)),
                None => None,
            },
            pull: match &p.pull {
                Some((speed, theta)) => Some((number(speed, step)?, number(theta, step)?)),
                None => None,
            },
            volatility: number(&noise.volatility, step)?,
            score: noise.score,
        })
    }

    /// Growth and state of the year, from those of the year before.
    pub(super) fn step(self, score: &Row, before: &Row, growth: &mut Row, next: &mut Row) {
        match (self.persistence.is_some(), self.pull.is_some()) {
            (false, false) => self.run::<false, false>(score, before, growth, next),
            (false, true) => self.run::<false, true>(score, before, growth, next),
            (true, false) => self.run::<true, false>(score, before, growth, next),
            (true, true) => self.run::<true, true>(score, before, growth, next),
        }
    }

    fn run<const PERSISTS: bool, const PULLED: bool>(
        self,
        score: &Row,
        before: &Row,
        growth: &mut Row,
        next: &mut Row,
    ) {
        let (drift, volatility) = (self.drift, self.volatility);
        let (persistence, drift_before) = self.persistence.unwrap_or_default();
        let (speed, theta) = self.pull.unwrap_or_default();
        simd(
            #[inline(always)]
            move || {
                for (((next, growth), score), before) in next.iter_mut().zip(growth).zip(score).zip(before) {
                    let mut dx = drift;
                    if PERSISTS {
                        dx += (*growth - drift_before) * persistence;
                    }
                    if PULLED {
                        dx += speed * (theta - before);
                    }
                    dx += volatility * score;
                    if PERSISTS {
                        *growth = dx;
                    }
                    *next = before + dx;
                }
            },
        );
    }
}
