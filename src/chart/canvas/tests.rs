//! Tests of the canvas.

use super::*;
use crate::chart::style::{FUTURE, INK};

fn sample(canvas: &mut Canvas<'_>) -> Result<()> {
    canvas.name("Growth & \"pace\"");
    canvas.rect(Area::new(10.0, 10.0, 30.0, 30.0), FUTURE)?;
    canvas.line(&[(0.0, 40.0), (50.0, 40.0), (100.0, 60.0)], Stroke::dashed(INK, 2.0, (6.0, 4.0)))?;
    canvas.disc((70.0, 20.0), 5.0, FUTURE.faded(0.5))?;
    canvas.text((50.0, 80.0), "增长 < 5 %", Type::new(12.0, INK).at(Along::Middle, Across::Middle))?;
    canvas.text((8.0, 90.0), "年率", Type::new(10.0, INK).upwards())
}

/// Where of the picture something other than the ground is drawn, as left, top, right, bottom in pixels
/// of the figure.
fn inked(chart: impl Fn(&mut Canvas<'_>) -> Result<()>) -> Area {
    let (wide, high) = (200_u32, 200_u32);
    let mut pixels = vec![255_u8; (wide * high * 3) as usize];
    let surface = Surface::Png(BitMapBackend::with_buffer(&mut pixels, (wide, high)));
    let mut canvas = Canvas { surface, size: (100.0, 100.0), name: String::new() };
    chart(&mut canvas).unwrap();
    drop(canvas);
    let mut found = Area::new(f64::INFINITY, f64::INFINITY, 0.0, 0.0);
    for (i, pixel) in pixels.chunks(3).enumerate() {
        if pixel != [255, 255, 255] {
            let (x, y) = ((i as u32 % wide) as f64 / 2.0, (i as u32 / wide) as f64 / 2.0);
            found.left = found.left.min(x);
            found.top = found.top.min(y);
            found.right = found.right.max(x + 0.5);
            found.bottom = found.bottom.max(y + 0.5);
        }
    }
    found
}

#[test]
fn one_call_writes_both_files() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.v2", "deep/b.png", "c.svg"] {
        let files = draw(folder.path().join(name), (100.0, 100.0), sample).unwrap();
        let png = std::fs::read(&files.png).unwrap();
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
        let svg = std::fs::read_to_string(&files.svg).unwrap();
        assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
        assert!(svg.contains("增长 &lt; 5 %") && svg.contains("viewBox=\"0 0 400 400\""));
        assert!(svg.contains("Growth &amp; &quot;pace&quot;") && svg.contains("Noto Sans SC"));
        let image = Image::read(&png);
        assert_eq!(image.size, (200, 200));
        // The ground, the rectangle's colour where it stands, and something where the text stands.
        assert_eq!(image.at(0, 0), [255, 255, 255]);
        assert_eq!(image.at(40, 40), [0x00, 0x72, 0xB2]);
        assert!((60..140).any(|x| image.at(x, 160) != [255, 255, 255]));
    }
    let mut names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["a.v2.png", "a.v2.svg", "c.png", "c.svg", "deep"], "nothing else may stay behind");
}

#[test]
fn the_same_chart_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str| {
        let files = draw(folder.path().join(name), (100.0, 100.0), sample).unwrap();
        (std::fs::read(files.svg).unwrap(), std::fs::read(files.png).unwrap())
    };
    assert!(read("a") == read("b"));
}

#[test]
fn a_folder_that_cannot_be_written_is_named_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "kept").unwrap();
    let error = draw(file.join("chart"), (100.0, 100.0), sample).unwrap_err();
    assert!(matches!(&error, Error::Write { path, .. } if path.starts_with(&file)), "{error}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "kept");

    // A folder stands where the SVG should go: the PNG that was there stays.
    std::fs::create_dir(folder.path().join("chart.svg")).unwrap();
    std::fs::write(folder.path().join("chart.png"), "kept").unwrap();
    let error = draw(folder.path().join("chart"), (100.0, 100.0), sample).unwrap_err();
    assert!(matches!(error, Error::Write { .. }), "{error}");
    assert_eq!(std::fs::read_to_string(folder.path().join("chart.png")).unwrap(), "kept");
    assert!(matches!(draw("/", (100.0, 100.0), sample), Err(Error::Write { .. })));
}

#[test]
fn a_chart_that_fails_leaves_the_old_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chart");
    let files = draw(&path, (100.0, 100.0), sample).unwrap();
    let before = (std::fs::read(&files.svg).unwrap(), std::fs::read(&files.png).unwrap());
    let error =
        draw(&path, (100.0, 100.0), |canvas| canvas.text((10.0, 10.0), "犇\u{20000}", Type::new(12.0, INK)))
            .unwrap_err();
    assert!(matches!(&error, Error::Chart(m) if m.contains("U+7287")), "{error}");
    let error = draw(&path, (100.0, 100.0), |c| c.rect(Area::new(0.0, 0.0, f64::NAN, 1.0), INK)).unwrap_err();
    assert!(matches!(error, Error::Chart(_)));
    assert!(matches!(draw(&path, (0.0, 100.0), sample), Err(Error::Chart(_))));
    assert_eq!(before, (std::fs::read(&files.svg).unwrap(), std::fs::read(&files.png).unwrap()));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn shapes_stand_where_they_are_put() {
    let rect = Area::new(10.0, 20.0, 30.0, 50.0);
    assert_eq!(inked(|c| c.rect(rect, INK)), rect);
    // Two pixels wide around y = 40, from end to end.
    let line = inked(|c| c.line(&[(10.0, 40.0), (60.0, 40.0)], Stroke::solid(INK, 2.0)));
    assert_eq!(line, Area::new(10.0, 39.0, 60.0, 41.0));
    let disc = inked(|c| c.disc((50.0, 50.0), 10.0, INK));
    assert_eq!(disc, Area::new(40.0, 40.0, 60.0, 60.0));
    // Outside of the figure nothing happens.
    let outside = inked(|c| c.rect(Area::new(-1e12, -50.0, -10.0, 1e12), INK));
    assert_eq!((outside.right, outside.bottom), (0.0, 0.0));
}

#[test]
fn overlapping_stretches_of_a_line_are_laid_on_once() {
    let (wide, high) = (100_u32, 100_u32);
    let mut pixels = vec![255_u8; (wide * high * 3) as usize];
    let surface = Surface::Png(BitMapBackend::with_buffer(&mut pixels, (wide, high)));
    let mut canvas = Canvas { surface, size: (50.0, 50.0), name: String::new() };
    let half = Color::new(0, 0, 0).faded(0.5);
    canvas.line(&[(5.0, 25.0), (25.0, 25.0), (25.0, 45.0)], Stroke::solid(half, 6.0)).unwrap();
    drop(canvas);
    let at = |x: u32, y: u32| pixels[((y * wide + x) * 3) as usize];
    assert_eq!(at(50, 50), at(20, 50));
    assert!((127..=128).contains(&at(50, 50)), "{}", at(50, 50));
}

#[test]
fn text_is_anchored_as_asked_and_turns() {
    // Han fill nearly their em square, so the ink must lie within it and near its edges.
    let near = |found: Area, want: Area| {
        for (a, b) in [
            (found.left, want.left),
            (found.top, want.top),
            (found.right, want.right),
            (found.bottom, want.bottom),
        ] {
            assert!((a - b).abs() <= 2.0, "{found:?} instead of about {want:?}");
        }
    };
    let set = |along, across, upwards| {
        let kind = Type { along, across, upwards, ..Type::new(20.0, INK) };
        inked(move |c| c.text((50.0, 50.0), "国国", kind))
    };
    near(set(Along::Start, Across::Baseline, false), Area::new(51.0, 33.5, 89.0, 51.5));
    near(set(Along::End, Across::Baseline, false), Area::new(11.0, 33.5, 49.0, 51.5));
    near(set(Along::Middle, Across::Middle, false), Area::new(31.0, 40.5, 69.0, 59.5));
    near(set(Along::Middle, Across::Middle, true), Area::new(40.5, 31.0, 59.5, 69.0));
    near(set(Along::Start, Across::Baseline, true), Area::new(33.5, 11.0, 51.5, 49.0));
}

#[test]
fn dashes_have_their_lengths_round_corners_too() {
    let cut = dashes(&[(0.0, 0.0), (8.0, 0.0), (8.0, 12.0)], 6.0, 4.0);
    assert_eq!(cut, [vec![(0.0, 0.0), (6.0, 0.0)], vec![(8.0, 2.0), (8.0, 8.0)]]);
}

/// A decoded picture.
struct Image {
    size: (u32, u32),
    pixels: Vec<u8>,
}

impl Image {
    fn read(bytes: &[u8]) -> Self {
        let mut reader = png::Decoder::new(bytes).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!(info.color_type, png::ColorType::Rgb);
        Self { size: (info.width, info.height), pixels }
    }

    fn at(&self, x: u32, y: u32) -> [u8; 3] {
        let i = ((y * self.size.0 + x) * 3) as usize;
        [self.pixels[i], self.pixels[i + 1], self.pixels[i + 2]]
    }
}
