//! The embedded font: what it holds, how wide a text is, where a text breaks.
//!
//! Layer 8. The font is Plancast Sans SC, a cut of Noto Sans SC under the SIL Open Font License (see
//! `font/README.md`): Latin, Greek, signs and the 6 763 Han of GB 2312. With it a chart looks the same on
//! every machine and needs no font of the system. An SVG keeps its text as text and names the font
//! first and the usual Chinese fonts after it ([`FAMILIES`]).

use crate::error::{Error, Result};
use ab_glyph::{Font, FontRef, GlyphId};
use std::sync::LazyLock;

/// The families that an SVG asks for, in this order.
pub const FAMILIES: &str = "'Plancast Sans SC', 'Noto Sans SC', 'Microsoft YaHei', 'PingFang SC', sans-serif";

/// From the baseline up to the middle of capitals and of Han, in sizes of the text.
pub(super) const MIDDLE: f64 = 0.37;
/// From the baseline up to the top of accents and of Han.
pub(super) const ASCENT: f64 = 0.98;

static FONT: LazyLock<std::result::Result<FontRef<'static>, ab_glyph::InvalidFont>> =
    LazyLock::new(|| FontRef::try_from_slice(include_bytes!("font/PlancastSansSC-Regular.otf")));

/// The font; it is part of the library, so only a broken build can lack it.
pub(super) fn font() -> Result<&'static FontRef<'static>> {
    FONT.as_ref().map_err(|error| Error::Chart(format!("the embedded font cannot be read: {error}")))
}

/// The glyph of a character, and how far it moves the pen in sizes of the text.
pub(super) fn glyph(font: &FontRef<'_>, character: char) -> (GlyphId, f64) {
    let glyph = font.glyph_id(character);
    let em = font.units_per_em().unwrap_or(1000.0);
    (glyph, f64::from(font.h_advance_unscaled(glyph) / em))
}

/// Whether every character of a label can be drawn.
///
/// # Errors
/// [`Error::Chart`] that names the first character without a glyph and the label that it stands in.
pub fn check(label: &str) -> Result<()> {
    let font = font()?;
    match label.chars().find(|&c| font.glyph_id(c) == GlyphId(0)) {
        None => Ok(()),
        Some(c) => Err(Error::Chart(format!(
            "no glyph for {c:?} (U+{:04X}) in the label {label:?}: the embedded font holds Latin-1, Greek, \
             Cyrillic, mathematical signs and the Chinese of GB 2312; write the label with these",
            u32::from(c)
        ))),
    }
}

/// Width of a text in pixels, set at `size` pixels to the em.
///
/// # Errors
/// As [`check`].
pub fn width(text: &str, size: f64) -> Result<f64> {
    check(text)?;
    let font = font()?;
    Ok(size * text.chars().map(|c| glyph(font, c).1).sum::<f64>())
}

/// The text if it is at most `room` pixels wide, else its beginning and an ellipsis.
///
/// # Errors
/// As [`check`].
pub fn ellipsize(text: &str, size: f64, room: f64) -> Result<String> {
    if width(text, size)? <= room {
        return Ok(text.to_owned());
    }
    let mut kept = text.to_owned();
    while kept.pop().is_some() {
        let short = format!("{}…", kept.trim_end());
        if width(&short, size)? <= room {
            return Ok(short);
        }
    }
    Ok("…".to_owned())
}

/// Breaks a text into at most `lines` lines of at most `room` pixels; the last ends in an ellipsis
/// where the text is longer.
///
/// Latin breaks at spaces, Chinese between any two characters but not before a closing mark nor
/// after an opening one. A word wider than a line is broken where the line ends.
///
/// # Errors
/// As [`check`].
pub fn wrap(text: &str, size: f64, room: f64, lines: usize) -> Result<Vec<String>> {
    let mut out: Vec<String> = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        let joined = format!("{line}{piece}");
        if line.is_empty() || width(joined.trim_end(), size)? <= room {
            line = joined;
        } else {
            out.push(std::mem::replace(&mut line, piece.to_owned()));
        }
        while width(line.trim_end(), size)? > room && line.chars().count() > 1 {
            let mut cut = 0;
            for (i, c) in line.char_indices().skip(1) {
                if width(&line[..i + c.len_utf8()], size)? > room {
                    cut = i;
                    break;
                }
            }
            let rest = line.split_off(cut.max(line.chars().next().map_or(1, char::len_utf8)));
            out.push(std::mem::replace(&mut line, rest));
        }
    }
    if !line.trim().is_empty() {
        out.push(line);
    }
    if out.len() > lines.max(1) {
        let rest = out.split_off(lines.max(1) - 1).concat();
        out.push(ellipsize(rest.trim_end(), size, room)?);
    }
    Ok(out.into_iter().map(|line| line.trim_end().to_owned()).collect())
}

/// The parts of a text between which a line may end.
fn pieces(text: &str) -> Vec<&str> {
    let han = |c: char| ('\u{2E80}'..='\u{9FFF}').contains(&c) || ('\u{FF00}'..='\u{FFEF}').contains(&c);
    let closing = |c: char| "，。、；：！？）》」』】〕”’％".contains(c);
    let opening = |c: char| "（《「『【〔“‘".contains(c);
    let mut out = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (i, c) in text.char_indices() {
        if let Some(b) = before {
            let space = b == ' ' && c != ' ';
            let chinese = (han(b) || han(c)) && !closing(c) && !opening(b) && c != ' ';
            if space || chinese {
                out.push(&text[start..i]);
                start = i;
            }
        }
        before = Some(c);
    }
    if start < text.len() {
        out.push(&text[start..]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_holds_what_labels_need() {
        check("GDP growth, 5.0 % ± 0.3 ≥ ≤ · − × ‰ μ °C").unwrap();
        check("CO₂ PM₂.₅ m³ km² 10⁶ São Paulo Köln Kūnshān").unwrap();
        check("昆山市地区生产总值年均增长（％），“十五五”：深圳、东莞、泸州、衢州的阈值与熵。").unwrap();
    }

    #[test]
    fn an_unknown_character_is_named() {
        let Error::Chart(message) = check("朱镕基 \u{9FD0}").unwrap_err() else { panic!("another error") };
        assert!(message.contains("U+9555") || message.contains("U+9FD0"), "{message}");
        assert!(message.contains("朱"), "{message}");
        let Error::Chart(message) = check("a\tb").unwrap_err() else { panic!("another error") };
        assert!(message.contains("U+0009"), "{message}");
    }

    #[test]
    fn widths_are_those_of_the_font() {
        // Han are one em wide; the digits of the source are 555/1000 em.
        assert!((width("昆山", 20.0).unwrap() - 40.0).abs() < 1e-4);
        assert!((width("2030", 10.0).unwrap() - 22.2).abs() < 1e-4);
        assert_eq!(width("", 10.0).unwrap(), 0.0);
    }

    #[test]
    fn a_line_of_text_is_1_24_em_high() {
        let font = font().unwrap();
        let high = font.ascent_unscaled() - font.descent_unscaled();
        assert!((high / font.units_per_em().unwrap() - 1.24).abs() < 1e-6);
    }

    #[test]
    fn short_texts_stay_and_long_ones_end_in_an_ellipsis() {
        assert_eq!(ellipsize("GDP", 12.0, 100.0).unwrap(), "GDP");
        let short = ellipsize("地区生产总值年均增长", 10.0, 45.0).unwrap();
        assert!(short.ends_with('…') && width(&short, 10.0).unwrap() <= 45.0, "{short}");
        assert_eq!(ellipsize("wide", 12.0, 1.0).unwrap(), "…");
    }

    #[test]
    fn lines_break_where_they_may() {
        assert_eq!(wrap("one two three", 10.0, 45.0, 9).unwrap(), ["one two", "three"]);
        assert_eq!(wrap("地区生产，总值", 10.0, 41.0, 9).unwrap(), ["地区生", "产，总值"]);
        let lines = wrap("unbreakableword 研发经费投入强度", 10.0, 40.0, 3).unwrap();
        assert_eq!(lines.len(), 3);
        for line in &lines {
            assert!(width(line, 10.0).unwrap() <= 40.0, "{lines:?}");
        }
        assert!(lines[2].ends_with('…'), "{lines:?}");
        assert_eq!(wrap("", 10.0, 40.0, 3).unwrap(), Vec::<String>::new());
        assert_eq!(wrap("窄字", 10.0, 1.0, 9).unwrap(), ["窄", "字"]);
    }
}
