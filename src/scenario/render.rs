//! A line of a file with something underlined, as compilers print it.
//!
//! Layer 3.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::ops::Range;

/// Longer lines are shown in part.
const WIDEST: usize = 240;
/// Characters shown before and after the place where that is so.
const AROUND: usize = 100;

/// The line with its number and the bytes `underlined` marked, below the name of the file.
pub(crate) fn snippet(file: &str, row: &str, line: usize, underlined: Range<usize>) -> String {
    if row.chars().count() <= WIDEST {
        return rendered(file, row, line, underlined);
    }
    let column = row[..underlined.start].chars().count() + 1;
    let from = row[..underlined.start].char_indices().rev().nth(AROUND).map_or(0, |(byte, _)| byte);
    let until =
        |start: usize| row[start..].char_indices().nth(AROUND).map_or(row.len(), |(byte, _)| start + byte);
    let last = until(underlined.start).min(underlined.end);
    let part = &row[from..until(last)];
    let shown = rendered(file, part, line, underlined.start - from..last - from);
    // The column is that in the whole line.
    match shown.split_once('\n') {
        Some((head, rest)) => {
            let place = head.rsplit_once(':').map_or(head, |(place, _)| place);
            format!("{place}:{column}\n{rest}")
        }
        None => shown,
    }
}

fn rendered(file: &str, row: &str, line: usize, underlined: Range<usize>) -> String {
    let source =
        Snippet::source(row).line_start(line).path(file).annotation(AnnotationKind::Primary.span(underlined));
    Renderer::plain().render(&[Group::with_level(Level::ERROR).element(source)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_shown_around_the_place_with_its_column() {
        let row = format!("{}{{ colour = 3 }}{}", "昆山 = ".repeat(100), "x".repeat(1000));
        let at = row.find("colour").expect("it is there");
        let shown = snippet("a.toml", &row, 7, at..at + 6);
        assert!(shown.starts_with(" --> a.toml:7:503\n"), "{shown}");
        let widest = shown.lines().map(|line| line.chars().count()).max();
        assert!(widest.is_some_and(|widest| widest < 320), "{shown}");
        // The marks stand below the word, where a Chinese character takes two places.
        let lines: Vec<&str> = shown.lines().collect();
        let before = lines[2].split("colour").next().unwrap_or_default();
        let places = before.chars().count() + before.chars().filter(|c| "昆山".contains(*c)).count();
        assert_eq!(lines[3].find("^^^^^^"), Some(places), "{shown}");
        assert!(!lines[3].contains("^^^^^^^"), "{shown}");
    }
}
