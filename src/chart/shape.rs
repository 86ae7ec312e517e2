//! What a drawing is said in: places and areas, strokes, and how text is set.
//!
//! Layer 8, below the [`canvas`](super::canvas).

use super::style::Color;

/// A place in the figure in pixels: right from the left edge, down from the top edge.
pub type Place = (f64, f64);

/// A rectangle of the figure in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// Left edge.
    pub left: f64,
    /// Top edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Bottom edge.
    pub bottom: f64,
}

impl Area {
    /// The rectangle between two corners.
    pub const fn new(left: f64, top: f64, right: f64, bottom: f64) -> Self {
        Self { left, top, right, bottom }
    }

    /// From the left edge to the right one.
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    /// From the top edge to the bottom one.
    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }

    /// What is left when each edge moves inwards.
    #[must_use]
    pub fn inset(&self, left: f64, top: f64, right: f64, bottom: f64) -> Self {
        Self::new(self.left + left, self.top + top, self.right - right, self.bottom - bottom)
    }

    /// Cuts it into equal panels, row by row, `gap` pixels apart (across, down).
    pub fn panels(&self, columns: usize, rows: usize, gap: (f64, f64)) -> Vec<Area> {
        let (columns, rows) = (columns.max(1), rows.max(1));
        let wide = (self.width() - gap.0 * (columns - 1) as f64) / columns as f64;
        let high = (self.height() - gap.1 * (rows - 1) as f64) / rows as f64;
        (0..rows * columns)
            .map(|i| {
                let left = self.left + (wide + gap.0) * (i % columns) as f64;
                let top = self.top + (high + gap.1) * (i / columns) as f64;
                Self::new(left, top, left + wide, top + high)
            })
            .collect()
    }
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// Colour.
    pub color: Color,
    /// Width in pixels.
    pub width: f64,
    /// Lengths of dash and gap in pixels; none for a solid line.
    pub dash: Option<(f64, f64)>,
}

impl Stroke {
    /// A solid line.
    pub const fn solid(color: Color, width: f64) -> Self {
        Self { color, width, dash: None }
    }

    /// A dashed line.
    pub const fn dashed(color: Color, width: f64, dash: (f64, f64)) -> Self {
        Self { color, width, dash: Some(dash) }
    }
}

/// Which part of a text stands at its place, along the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Along {
    /// Its beginning.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// Which part of a text stands at its place, across the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Across {
    /// The top of its tallest signs.
    Top,
    /// The middle of its capitals and Han.
    Middle,
    /// The line that letters stand on.
    Baseline,
}

/// How a text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Type {
    /// Pixels to the em.
    pub size: f64,
    /// Colour.
    pub color: Color,
    /// What stands at the place, along the line.
    pub along: Along,
    /// What stands at the place, across the line.
    pub across: Across,
    /// Whether it runs upwards, as the label of a vertical axis does.
    pub upwards: bool,
}

impl Type {
    /// Text whose baseline begins at the place.
    pub const fn new(size: f64, color: Color) -> Self {
        Self { size, color, along: Along::Start, across: Across::Baseline, upwards: false }
    }

    /// What stands at the place.
    #[must_use]
    pub const fn at(mut self, along: Along, across: Across) -> Self {
        self.along = along;
        self.across = across;
        self
    }

    /// Turned to run upwards.
    #[must_use]
    pub const fn upwards(mut self) -> Self {
        self.upwards = true;
        self
    }
}
