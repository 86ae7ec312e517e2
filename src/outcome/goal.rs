//! A target in words and numbers, as a table or a chart shows it.

use super::format::level;
use crate::label::Label;
use crate::quantity::{Quantity, Value};
use crate::random::Transform;
use crate::scenario::{Condition, Target};
use crate::target::{Bound, Combination, Measure, Side};

/// `≥ 5 % a year`, `50 ± 1`, `all of 25`.
pub(crate) fn goal(target: &Target, scale: f64) -> Label {
    match &target.condition {
        Condition::Combined(combination) => combined(combination),
        Condition::Bounded { measure, bound, strict, .. } => {
            let number = |q: &Quantity| shown(q, scale);
            let text = match (bound, strict) {
                (Bound::AtLeast(q), false) => format!("≥ {}", number(q)),
                (Bound::AtLeast(q), true) => format!("> {}", number(q)),
                (Bound::AtMost(q), false) => format!("≤ {}", number(q)),
                (Bound::AtMost(q), true) => format!("< {}", number(q)),
                (Bound::About { value, tolerance, side }, _) => match side {
                    Side::Both => format!("{} ± {}", number(value), number(tolerance)),
                    Side::AtLeast => format!("≥ {} − {}", number(value), number(tolerance)),
                    Side::AtMost => format!("≤ {} + {}", number(value), number(tolerance)),
                },
            };
            let percent = if measure.is_rate() { " %" } else { "" };
            let (en, zh) = match measure {
                Measure::Level => ("", ""),
                Measure::AverageGrowth | Measure::AverageGrowthArithmetic => (" a year", "（年均）"),
                Measure::Cumulative => (" in all", "（累计）"),
                Measure::Change | Measure::Difference => (" since the base year", "（较基年）"),
                Measure::EveryYear => (" every year", "（每年）"),
                Measure::KeepPace => (" difference of growth", "（增速差）"),
            };
            Label::both(format!("{text}{percent}{en}"), Some(format!("{text}{percent}{zh}")))
        }
    }
}

fn combined(combination: &Combination) -> Label {
    match combination {
        Combination::All(names) => {
            Label::both(format!("all of {}", names.len()), Some(format!("{} 项全部实现", names.len())))
        }
        Combination::Any(names) => {
            Label::both(format!("any of {}", names.len()), Some(format!("{} 项中任一项", names.len())))
        }
        Combination::AtLeastK { k, of } => Label::both(
            format!("at least {k} of {}", of.len()),
            Some(format!("{} 项中至少 {k} 项", of.len())),
        ),
    }
}

/// The middle of a quantity: the number, the median, the last year of a course.
pub(crate) fn middle(quantity: &Quantity) -> f64 {
    match &quantity.value {
        Value::Number(x) => *x,
        Value::Uncertain(law) => Transform::new(law).apply(0.0),
        Value::ByYear(course) => course.years.values().next_back().copied().unwrap_or(0.0),
    }
}

/// A quantity as its reader wrote it, to six digits; the middle half of it where it is uncertain.
fn shown(quantity: &Quantity, scale: f64) -> String {
    match &quantity.value {
        Value::Uncertain(law) => {
            // The quartiles of a normal score.
            let law = Transform::new(law);
            let (low, high) = (law.apply(-0.674_489_750_196), law.apply(0.674_489_750_196));
            let spread = (high - low) * scale;
            format!("{}…{}", level(low * scale, spread), level(high * scale, spread))
        }
        _ => level(middle(quantity) * scale, 0.0),
    }
}
