//! One drawing, two files: the same calls draw an SVG and a PNG.
//!
//! Layer 8. A wrapper around the two backends of plotters, which encode and blend. It adds what they
//! lack: positions in fractions of a pixel, edges and strokes with exact coverage in the PNG, and text
//! set from the embedded font with its real bearings (plotters drops each glyph's bearing and rounds its
//! place, so that Chinese comes out unevenly spaced). Types of plotters stay behind it.

mod raster;
#[cfg(test)]
mod tests;

use super::font;
use super::shape::{Across, Along, Area, Place, Stroke, Type};
use super::style::{Color, GROUND};
use crate::error::{Error, Result};
use plotters::backend::{BitMapBackend, SVGBackend};
use plotters_backend::text_anchor::{HPos, Pos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontFamily,
    FontTransform,
};
use raster::{bodies, cover, dashes, glyphs, round};
use std::convert::Infallible;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Pixels of the PNG per pixel of the figure: legible on dense screens and in print.
const DENSITY: f64 = 2.0;
/// Units of the SVG per pixel of the figure; its backend rounds to whole units.
const FINE: f64 = 4.0;
/// The largest side of a figure in pixels.
const LARGEST: f64 = 4000.0;

/// The two files of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// The drawing whose text can be searched and whose size can be changed.
    pub svg: PathBuf,
    /// The picture, two pixels for each pixel of the figure.
    pub png: PathBuf,
}

/// What a chart is drawn on.
pub struct Canvas<'a> {
    surface: Surface<'a>,
    size: (f64, f64),
    name: String,
}

enum Surface<'a> {
    Svg(SVGBackend<'a>),
    Png(BitMapBackend<'a>),
}

impl Canvas<'_> {
    /// The whole figure.
    pub fn area(&self) -> Area {
        Area::new(0.0, 0.0, self.size.0, self.size.1)
    }

    /// Says what the chart shows, for readers who hear it read aloud.
    pub fn name(&mut self, name: &str) {
        name.clone_into(&mut self.name);
    }

    /// Fills the shape between places.
    ///
    /// # Errors
    /// [`Error::Chart`] when a place is not a finite number.
    pub fn fill(&mut self, shape: &[Place], color: Color) -> Result<()> {
        finite(shape)?;
        match &mut self.surface {
            Surface::Svg(svg) => svg.fill_polygon(fine(shape), &color.backend()).map_err(failed),
            Surface::Png(png) => cover(png, &[shape.to_vec()], color),
        }
    }

    /// Fills a rectangle.
    ///
    /// # Errors
    /// As [`Canvas::fill`].
    pub fn rect(&mut self, area: Area, color: Color) -> Result<()> {
        let Area { left, top, right, bottom } = area;
        self.fill(&[(left, top), (right, top), (right, bottom), (left, bottom)], color)
    }

    /// Fills a disc.
    ///
    /// # Errors
    /// As [`Canvas::fill`].
    pub fn disc(&mut self, center: Place, radius: f64, color: Color) -> Result<()> {
        self.fill(&round(center, radius), color)
    }

    /// Draws a line through places.
    ///
    /// # Errors
    /// As [`Canvas::fill`].
    pub fn line(&mut self, places: &[Place], stroke: Stroke) -> Result<()> {
        finite(places)?;
        let dashes = match stroke.dash {
            None => vec![places.to_vec()],
            Some((dash, gap)) => dashes(places, dash.max(0.5), gap.max(0.5)),
        };
        match &mut self.surface {
            Surface::Svg(svg) => {
                let width = (stroke.width * FINE).round().max(1.0) as u32;
                let style = Outline { color: stroke.color.backend(), width };
                dashes.iter().try_for_each(|dash| svg.draw_path(fine(dash), &style)).map_err(failed)
            }
            Surface::Png(png) => {
                let shapes: Vec<_> = dashes.iter().flat_map(|dash| bodies(dash, stroke.width)).collect();
                cover(png, &shapes, stroke.color)
            }
        }
    }

    /// Sets one line of text.
    ///
    /// # Errors
    /// [`Error::Chart`] when a character has no glyph or the place is not a finite number.
    pub fn text(&mut self, place: Place, text: &str, kind: Type) -> Result<()> {
        finite(&[place])?;
        let width = font::width(text, kind.size)?;
        let below = kind.size
            * match kind.across {
                Across::Top => font::ASCENT,
                Across::Middle => font::MIDDLE,
                Across::Baseline => 0.0,
            };
        // The baseline's beginning or middle or end, as `along` says.
        let base = if kind.upwards { (place.0 + below, place.1) } else { (place.0, place.1 + below) };
        match &mut self.surface {
            Surface::Svg(svg) => {
                // The backend sets a text 0.76 em below its place when asked for the top.
                let up = 0.76 * kind.size;
                let place = if kind.upwards { (base.0 - up, base.1) } else { (base.0, base.1 - up) };
                svg.draw_text(text, &Face(kind), fine(&[place])[0]).map_err(failed)
            }
            Surface::Png(png) => {
                let before = match kind.along {
                    Along::Start => 0.0,
                    Along::Middle => width / 2.0,
                    Along::End => width,
                };
                glyphs(png, text, kind, base, before)
            }
        }
    }
}

/// Draws a chart and writes it as `path.svg` and `path.png`.
///
/// A path that ends in `.svg` or `.png` is taken without that ending; missing folders are made. `size` is in
/// pixels; `chart` is called once for each format and must draw the same both times. Both drawings are
/// finished before a file of that name is touched, and each file is replaced whole.
///
/// # Errors
/// What `chart` returns; [`Error::Write`] when a file cannot be written; [`Error::Chart`] for a size that is
/// not between 1 and 4000 pixels.
pub fn draw<F>(path: impl AsRef<Path>, size: (f64, f64), mut chart: F) -> Result<Files>
where
    F: FnMut(&mut Canvas<'_>) -> Result<()>,
{
    let (folder, svg, png) = names(path.as_ref())?;
    let text = svg_text(size, &mut chart)?;
    std::fs::create_dir_all(&folder).map_err(|source| Error::Write { path: folder.clone(), source })?;
    let drawing = unnamed(&folder, ".svg", &svg)?;
    std::fs::write(drawing.path(), text).map_err(|source| Error::Write { path: svg.clone(), source })?;
    let picture = unnamed(&folder, ".png", &png)?;
    {
        let pixels = ((size.0 * DENSITY) as u32, (size.1 * DENSITY) as u32);
        let surface = Surface::Png(BitMapBackend::new(picture.path(), pixels));
        let mut canvas = Canvas { surface, size, name: String::new() };
        canvas.rect(canvas.area(), GROUND)?;
        chart(&mut canvas)?;
        if let Surface::Png(backend) = &mut canvas.surface {
            let written = backend.present();
            written.map_err(|e| Error::Write {
                path: png.clone(),
                source: std::io::Error::other(e.to_string()),
            })?;
        }
    }
    for (file, path) in [(drawing, &svg), (picture, &png)] {
        file.persist(path).map_err(|e| Error::Write { path: path.clone(), source: e.error })?;
    }
    Ok(Files { svg, png })
}

/// Draws a chart as the text of an SVG, for a page that holds it.
///
/// # Errors
/// As [`draw`], except that nothing is written.
pub fn svg_text<F>(size: (f64, f64), mut chart: F) -> Result<String>
where
    F: FnMut(&mut Canvas<'_>) -> Result<()>,
{
    let (wide, high) = size;
    if !(1.0..=LARGEST).contains(&wide) || !(1.0..=LARGEST).contains(&high) {
        return Err(Error::Chart(format!(
            "a figure of {wide} by {high} pixels was asked for; each side must be between 1 and {LARGEST}"
        )));
    }
    let mut text = String::new();
    let backend = SVGBackend::with_string(&mut text, ((wide * FINE) as u32, (high * FINE) as u32));
    let mut canvas = Canvas { surface: Surface::Svg(backend), size, name: String::new() };
    canvas.rect(canvas.area(), GROUND)?;
    chart(&mut canvas)?;
    let name = std::mem::take(&mut canvas.name);
    if let Surface::Svg(backend) = &mut canvas.surface {
        backend.present().map_err(failed)?;
    }
    drop(canvas);
    // The backend's opening tag gives the size in its own units; ours shows the figure at its real size.
    let rest = text.split_once('>').map_or("", |(_, rest)| rest);
    let escaped = name.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide}\" height=\"{high}\" \
         viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{escaped}\">{rest}",
        wide * FINE,
        high * FINE
    ))
}

/// The folder and the two files of a path with or without one of the endings.
fn names(path: &Path) -> Result<(PathBuf, PathBuf, PathBuf)> {
    let ours = path.extension().is_some_and(|e| e == "svg" || e == "png");
    let stem = if ours { path.with_extension("") } else { path.to_owned() };
    if stem.file_name().is_none() {
        let source = std::io::Error::new(std::io::ErrorKind::InvalidInput, "the path names no file");
        return Err(Error::Write { path: path.to_owned(), source });
    }
    let with = |ending: &str| {
        let mut name = OsString::from(stem.as_os_str());
        name.push(ending);
        PathBuf::from(name)
    };
    let folder = stem.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok((folder.to_owned(), with(".svg"), with(".png")))
}

/// A file beside its place to be, not yet under its name; gone if it never gets it.
fn unnamed(folder: &Path, ending: &str, path: &Path) -> Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".chart-").suffix(ending);
    // Readable as any other file that the user writes, not by its owner alone.
    #[cfg(unix)]
    let permissions = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666);
    #[cfg(unix)]
    builder.permissions(permissions);
    builder.tempfile_in(folder).map_err(|source| Error::Write { path: path.to_owned(), source })
}

fn failed<E: std::error::Error + Send + Sync>(error: DrawingErrorKind<E>) -> Error {
    Error::Chart(error.to_string())
}

fn finite(places: &[Place]) -> Result<()> {
    match places.iter().find(|(x, y)| !(x.is_finite() && y.is_finite())) {
        None => Ok(()),
        Some((x, y)) => Err(Error::Chart(format!("a place of the drawing is not finite: ({x}, {y})"))),
    }
}

impl Color {
    fn backend(self) -> BackendColor {
        BackendColor { alpha: self.opacity.clamp(0.0, 1.0), rgb: self.rgb }
    }
}

struct Outline {
    color: BackendColor,
    width: u32,
}

impl BackendStyle for Outline {
    fn color(&self) -> BackendColor {
        self.color
    }
    fn stroke_width(&self) -> u32 {
        self.width
    }
}

/// A text as the SVG backend asks for it; the backend writes it as text, so it is never drawn here.
struct Face(Type);

impl BackendTextStyle for Face {
    type FontError = Infallible;
    fn color(&self) -> BackendColor {
        self.0.color.backend()
    }
    fn size(&self) -> f64 {
        // The backend divides by the height of a line.
        self.0.size * FINE * 1.24
    }
    fn transform(&self) -> FontTransform {
        if self.0.upwards { FontTransform::Rotate270 } else { FontTransform::None }
    }
    fn anchor(&self) -> Pos {
        let along = match self.0.along {
            Along::Start => HPos::Left,
            Along::Middle => HPos::Center,
            Along::End => HPos::Right,
        };
        Pos::new(along, VPos::Top)
    }
    fn family(&self) -> FontFamily<'_> {
        FontFamily::Name(font::FAMILIES)
    }
    fn layout_box(&self, text: &str) -> std::result::Result<((i32, i32), (i32, i32)), Infallible> {
        let wide = font::width(text, self.0.size * FINE).unwrap_or(0.0);
        Ok(((0, 0), (wide.ceil() as i32, self.size().ceil() as i32)))
    }
    fn draw<E, D: FnMut(i32, i32, BackendColor) -> std::result::Result<(), E>>(
        &self,
        _: &str,
        _: BackendCoord,
        _: D,
    ) -> std::result::Result<std::result::Result<(), E>, Infallible> {
        Ok(Ok(()))
    }
}

fn fine(places: &[Place]) -> Vec<BackendCoord> {
    places.iter().map(|&(x, y)| ((x * FINE).round() as i32, (y * FINE).round() as i32)).collect()
}
