//! Colours and sizes of every chart, in one place.
//!
//! Layer 8. The look is that of a central bank's report: white ground, light grid, no box, labels at
//! the things they name. The hues are those of Okabe and Ito (2008), "Color universal design", which
//! readers with any colour vision tell apart; no meaning is carried by colour alone.

use crate::evidence::Evidence;

/// A colour with its opacity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Color {
    /// Red, green, blue.
    pub rgb: (u8, u8, u8),
    /// From 0 (not seen) to 1 (nothing seen through it).
    pub opacity: f64,
}

impl Color {
    /// A colour that nothing is seen through.
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { rgb: (red, green, blue), opacity: 1.0 }
    }

    /// The same colour, seen through.
    #[must_use]
    pub const fn faded(self, opacity: f64) -> Self {
        Self { opacity, ..self }
    }
}

/// The ground of every chart.
pub const GROUND: Color = Color::new(0xFF, 0xFF, 0xFF);
/// Titles, history, whatever must be read first.
pub const INK: Color = Color::new(0x1F, 0x24, 0x2B);
/// Subtitles, tick labels, sources.
pub const QUIET: Color = Color::new(0x5A, 0x63, 0x6E);
/// Grid lines.
pub const GRID: Color = Color::new(0xDD, 0xE1, 0xE6);
/// The line at zero or at the foot of the bars.
pub const FOOT: Color = Color::new(0x8A, 0x93, 0x9E);
/// The future: medians, fans, bars.
pub const FUTURE: Color = Color::new(0x00, 0x72, 0xB2);
/// The target.
pub const TARGET: Color = Color::new(0xD5, 0x5E, 0x00);
/// What is met.
pub const MET: Color = Color::new(0x00, 0x9E, 0x73);
/// What is missed.
pub const MISSED: Color = Color::new(0xD5, 0x5E, 0x00);
/// A second series beside the first.
pub const SECOND: Color = Color::new(0xCC, 0x79, 0xA7);
/// A third series.
pub const THIRD: Color = Color::new(0xE6, 0x9F, 0x00);

/// The bands of a fan, from the outermost to the innermost of `bands`: one hue, more and more solid.
/// Bands are drawn over each other, each over its whole width, so the steps add up.
pub fn fan(bands: usize) -> Vec<Color> {
    let step = 0.62 / bands.max(1) as f64;
    vec![FUTURE.faded(step.min(0.24)); bands]
}

/// The colour of an evidence grade: at least 4.5 to 1 against the ground, and apart from the other
/// grades for readers without red or green cones.
pub const fn evidence(grade: Evidence) -> Color {
    match grade {
        Evidence::Plan => Color::new(0x0D, 0x15, 0x2A),
        Evidence::Statistics => Color::new(0x21, 0x6F, 0x9A),
        Evidence::Derived => Color::new(0x05, 0x84, 0x77),
        Evidence::Proxy => Color::new(0x96, 0x61, 0x02),
        Evidence::Assumption => Color::new(0x82, 0x0F, 0x22),
    }
}

/// Sizes of text in pixels.
pub mod text {
    /// The title of a chart.
    pub const TITLE: f64 = 20.0;
    /// The line below the title.
    pub const SUBTITLE: f64 = 14.0;
    /// Labels of axes and lines.
    pub const LABEL: f64 = 13.0;
    /// The title of a panel among many.
    pub const PANEL: f64 = 12.0;
    /// Sources, and labels in small panels.
    pub const SMALL: f64 = 11.0;
    /// From one line of text to the next, in sizes of the text.
    pub const LEADING: f64 = 1.35;
}

/// Widths of lines in pixels.
pub mod line {
    /// Grid.
    pub const HAIR: f64 = 1.0;
    /// Targets, error bars.
    pub const THIN: f64 = 1.5;
    /// Medians, history.
    pub const BOLD: f64 = 2.25;
    /// Lengths of dash and gap of a target line.
    pub const DASH: (f64, f64) = (6.0, 4.0);
}

/// Sizes of figures in pixels, width and height.
pub mod figure {
    /// One chart.
    pub const SINGLE: (f64, f64) = (900.0, 540.0);
    /// A chart of many rows or panels.
    pub const TALL: (f64, f64) = (1100.0, 1000.0);
    /// From the edge of the figure to anything drawn.
    pub const MARGIN: f64 = 24.0;
    /// Between neighbours: text and line, panel and panel.
    pub const GAP: f64 = 8.0;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast ratio against the ground, WCAG 2.1, section "contrast ratio".
    fn contrast(color: Color) -> f64 {
        let light = |byte: u8| {
            let share = f64::from(byte) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { libm::pow((share + 0.055) / 1.055, 2.4) }
        };
        let (red, green, blue) = color.rgb;
        1.05 / (0.2126 * light(red) + 0.7152 * light(green) + 0.0722 * light(blue) + 0.05)
    }

    #[test]
    fn contrast_is_that_of_the_standard() {
        assert!((contrast(Color::new(0, 0, 0)) - 21.0).abs() < 1e-9);
        // A published pair: #767676 is the lightest grey that passes 4.5 to 1 on white.
        assert!(contrast(Color::new(0x76, 0x76, 0x76)) >= 4.5);
        assert!(contrast(Color::new(0x77, 0x77, 0x77)) < 4.5);
    }

    #[test]
    fn grades_and_text_stand_out_from_the_ground() {
        for grade in Evidence::ALL {
            assert!(contrast(evidence(grade)) >= 4.5, "{grade}");
        }
        assert!(contrast(INK) >= 7.0 && contrast(QUIET) >= 4.5);
        assert!(contrast(FUTURE) >= 4.5 && contrast(TARGET) >= 3.0);
    }

    #[test]
    fn a_fan_grows_solid_but_stays_seen_through() {
        for bands in 1..=9 {
            let through: f64 = fan(bands).iter().map(|c| 1.0 - c.opacity).product();
            assert!(through > 0.3 && through < 0.9, "{bands} bands: {through}");
        }
    }
}
