//! Shapes, lines and text as pixels of the PNG.
//!
//! Layer 8, below the canvas. Each pixel takes the share of the colour that the shape covers of it, computed
//! exactly from the edges; plotters' own polygons are smooth in one direction only.

use super::{DENSITY, failed};
use crate::chart::font;
use crate::chart::shape::{Place, Type};
use crate::chart::style::Color;
use crate::error::Result;
use ab_glyph::{Font, Glyph, Point, PxScale};
use ab_glyph_rasterizer::{Rasterizer, point};
use plotters::backend::BitMapBackend;
use plotters_backend::DrawingBackend;

/// The part of a shape inside a figure (Sutherland and Hodgman 1974, "Reentrant polygon clipping").
fn clip(shape: &[Place], size: (f64, f64)) -> Vec<Place> {
    let mut kept = shape.to_vec();
    // Each edge of the figure as: how far a place is inside of it.
    let edges: [&dyn Fn(Place) -> f64; 4] = [&|p| p.0, &|p| size.0 - p.0, &|p| p.1, &|p| size.1 - p.1];
    for inside in edges {
        let before = std::mem::take(&mut kept);
        for (i, &from) in before.iter().enumerate() {
            let to = before[(i + 1) % before.len()];
            let (a, b) = (inside(from), inside(to));
            if a >= 0.0 {
                kept.push(from);
            }
            if (a >= 0.0) != (b >= 0.0) {
                let share = a / (a - b);
                kept.push((from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1)));
            }
        }
    }
    kept
}

/// Fills shapes with one colour, each pixel by the share of it that they cover. Shapes that overlap must
/// run the same way round; where they do, the colour is laid on once.
pub(super) fn cover(png: &mut BitMapBackend<'_>, shapes: &[Vec<Place>], color: Color) -> Result<()> {
    let (wide, high) = png.get_size();
    let size = (f64::from(wide) / DENSITY, f64::from(high) / DENSITY);
    let dense = |(x, y): Place| ((x * DENSITY) as f32, (y * DENSITY) as f32);
    let shapes: Vec<Vec<(f32, f32)>> =
        shapes.iter().map(|shape| clip(shape, size).into_iter().map(dense).collect()).collect();
    let (mut left, mut top) = (f32::INFINITY, f32::INFINITY);
    let (mut right, mut bottom) = (0.0_f32, 0.0_f32);
    for &(x, y) in shapes.iter().flatten() {
        (left, top) = (left.min(x.floor()), top.min(y.floor()));
        (right, bottom) = (right.max(x.ceil()), bottom.max(y.ceil()));
    }
    if left >= right || top >= bottom {
        return Ok(());
    }
    let mut raster = Rasterizer::new((right - left) as usize + 1, (bottom - top) as usize + 1);
    for shape in &shapes {
        for (i, &(x, y)) in shape.iter().enumerate() {
            let (to_x, to_y) = shape[(i + 1) % shape.len()];
            raster.draw_line(point(x - left, y - top), point(to_x - left, to_y - top));
        }
    }
    let mut result = Ok(());
    raster.for_each_pixel_2d(|x, y, covered| {
        // Sums of single-precision edges leave crumbs where nothing is covered and less than all where all is.
        if covered > 0.004 && result.is_ok() {
            let covered = if covered > 0.996 { 1.0 } else { f64::from(covered) };
            result =
                png.draw_pixel((x as i32 + left as i32, y as i32 + top as i32), color.backend().mix(covered));
        }
    });
    result.map_err(failed)
}

/// Sets a text in the PNG; `before` is what of it stands before `base`.
pub(super) fn glyphs(
    png: &mut BitMapBackend<'_>,
    text: &str,
    kind: Type,
    base: Place,
    before: f64,
) -> Result<()> {
    let font = font::font()?;
    let em = kind.size * DENSITY;
    // The crate's scale is the height of a line, ours is the em.
    let per_em = font.height_unscaled() / font.units_per_em().unwrap_or(1000.0);
    let scale = PxScale::from(em as f32 * per_em);
    let (x, y) = (base.0 * DENSITY, base.1 * DENSITY);
    // Whole pixels across the line keep the letters' feet sharp; along it the fraction stays.
    let (start, line) = if kind.upwards { (-y - before * DENSITY, x) } else { (x - before * DENSITY, y) };
    let line = line.round();
    let mut pen = start;
    for character in text.chars() {
        let (id, advance) = font::glyph(font, character);
        let place = Point { x: pen as f32, y: line as f32 };
        pen += advance * em;
        let Some(outline) = font.outline_glyph(Glyph { id, scale, position: place }) else { continue };
        let corner = outline.px_bounds().min;
        let mut result = Ok(());
        outline.draw(|dx, dy, covered| {
            let (along, across) = (corner.x as i32 + dx as i32, corner.y as i32 + dy as i32);
            let at = if kind.upwards { (across, -along - 1) } else { (along, across) };
            if result.is_ok() {
                result = png.draw_pixel(at, kind.color.backend().mix(f64::from(covered.min(1.0))));
            }
        });
        result.map_err(failed)?;
    }
    Ok(())
}

/// A circle as a polygon of 32 corners: within 0.5 % of its radius.
pub(super) fn round(center: Place, radius: f64) -> Vec<Place> {
    (0..32)
        .map(|i| {
            let turn = std::f64::consts::TAU * f64::from(i) / 32.0;
            (center.0 + radius * libm::cos(turn), center.1 + radius * libm::sin(turn))
        })
        .collect()
}

/// The shapes that a line of some width covers: one for each stretch, and a round joint between two. All run
/// the same way round.
pub(super) fn bodies(places: &[Place], width: f64) -> Vec<Vec<Place>> {
    let half = width / 2.0;
    let mut out = Vec::new();
    for (i, pair) in places.windows(2).enumerate() {
        let (dx, dy) = (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1);
        let long = libm::hypot(dx, dy);
        if long == 0.0 {
            continue;
        }
        let (sx, sy) = (-dy / long * half, dx / long * half);
        out.push(vec![
            (pair[0].0 - sx, pair[0].1 - sy),
            (pair[1].0 - sx, pair[1].1 - sy),
            (pair[1].0 + sx, pair[1].1 + sy),
            (pair[0].0 + sx, pair[0].1 + sy),
        ]);
        if i > 0 && width > 1.0 {
            out.push(round(pair[0], half));
        }
    }
    out
}

/// Cuts a line into dashes.
pub(super) fn dashes(places: &[Place], dash: f64, gap: f64) -> Vec<Vec<Place>> {
    let mut out = Vec::new();
    let (mut drawn, mut left) = (true, dash);
    let mut current: Vec<Place> = places.first().copied().into_iter().collect();
    for pair in places.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        loop {
            let rest = libm::hypot(to.0 - from.0, to.1 - from.1);
            if rest <= left {
                left -= rest;
                if drawn {
                    current.push(to);
                }
                break;
            }
            let share = left / rest;
            from = (from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1));
            if drawn {
                current.push(from);
                out.push(std::mem::take(&mut current));
            } else {
                current = vec![from];
            }
            drawn = !drawn;
            left = if drawn { dash } else { gap };
        }
    }
    if drawn && current.len() > 1 {
        out.push(current);
    }
    out
}
