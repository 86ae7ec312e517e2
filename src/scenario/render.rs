//! A line of a file with something underlined, as compilers print it.
//!
//! Layer 3.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::ops::Range;

/// The line with its number and the bytes `underlined` marked, below the name of the file.
pub(crate) fn snippet(file: &str, row: &str, line: usize, underlined: Range<usize>) -> String {
    let source =
        Snippet::source(row).line_start(line).path(file).annotation(AnnotationKind::Primary.span(underlined));
    Renderer::plain().render(&[Group::with_level(Level::ERROR).element(source)])
}
