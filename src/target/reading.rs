//! From a latent state to a measure or a margin.
//!
//! Every reading is monotone: a quantile of what is read is the reading of a quantile of the state.

use crate::link::Link;

/// What is read off a number that was counted: a measure, or its distance to a bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Reading {
    pub(crate) seen: Seen,
    pub(crate) turn: Turn,
}

/// What a counted number says of an indicator; increasing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Seen {
    /// Itself.
    Itself,
    /// The level whose latent state it is.
    Level(Link),
    /// Growth a year, of a state that is a logarithm: e^((x - base) / years) - 1.
    Growth { base: f64, years: f64 },
}

/// Distance to a bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Turn {
    /// x.
    Same,
    /// x - b.
    Above(f64),
    /// b - x.
    Below(f64),
}

impl Reading {
    /// The number itself.
    pub(crate) const ITSELF: Self = Self { seen: Seen::Itself, turn: Turn::Same };

    /// The level of a latent state.
    pub(crate) fn level(link: Link) -> Self {
        Self { seen: Seen::Level(link), turn: Turn::Same }
    }

    /// Of one number.
    pub(crate) fn of(&self, x: f64) -> f64 {
        let mut row = [x];
        self.in_place(&mut row);
        row[0]
    }

    /// Of a row of numbers.
    pub(crate) fn in_place(&self, row: &mut [f64]) {
        match self.seen {
            Seen::Itself => {}
            Seen::Level(link) => link.levels_in_place(row),
            Seen::Growth { base, years } => {
                row.iter_mut().for_each(|x| *x = libm::expm1((*x - base) / years));
            }
        }
        match self.turn {
            Turn::Same => {}
            Turn::Above(bound) => row.iter_mut().for_each(|x| *x -= bound),
            Turn::Below(bound) => row.iter_mut().for_each(|x| *x = bound - *x),
        }
    }

    /// Whether it falls where the number rises.
    pub(crate) fn falls(&self) -> bool {
        matches!(self.turn, Turn::Below(_))
    }
}
