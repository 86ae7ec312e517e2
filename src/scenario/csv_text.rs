//! CSV files as text: of a size that yearly statistics have, in UTF-8, with comments, and with the lines of their rows.
//!
//! Layer 3.

use crate::error::reason;
use std::path::Path;

/// Larger files are no yearly statistics.
const LARGEST: u64 = 64 << 20;

/// Why a CSV file cannot be used, and what to do about it.
pub(super) type Unusable = (String, String);

/// The text of a file; `where_from` says from where its path counts.
pub(super) fn read(path: &Path, where_from: &str) -> Result<String, Unusable> {
    let shown = path.display();
    let unreadable =
        |error: std::io::Error| (format!("cannot read {shown}: {}", reason(&error)), where_from.to_owned());
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > LARGEST {
        let problem = format!("{shown} has {} MiB; at most {} are read", size >> 20, LARGEST >> 20);
        return Err((problem, "keep only the series that the plan needs".into()));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|error| {
        let upto = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..upto].iter().filter(|byte| **byte == b'\n').count();
        (format!("{shown} line {line}: not UTF-8 text"), "save the file as UTF-8".to_owned())
    })
}

/// Without the mark that some programs put before the text.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_start_matches('\u{feff}')
}

/// Reads a text row by row; lines that begin with `#` are comments.
pub(super) fn reader(text: &str) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().trim(csv::Trim::All).comment(Some(b'#')).from_reader(text.as_bytes())
}

/// Lines of records. The reader's own count is of where it began to look, before empty lines and comments.
pub(super) struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: usize,
}

impl<'t> Lines<'t> {
    pub(super) fn of_text(text: &'t str) -> Self {
        Self { text: text.as_bytes(), at: 0, line: 1 }
    }

    /// The line of a record that comes after all those asked for before.
    pub(super) fn of(&mut self, position: Option<&csv::Position>) -> usize {
        let from = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(0);
        let mut comment = false;
        while let Some(byte) = self.text.get(self.at) {
            if self.at >= from {
                comment |= *byte == b'#';
                if !comment && !matches!(byte, b'\r' | b'\n') {
                    break;
                }
                comment &= *byte != b'\n';
            }
            self.line += usize::from(*byte == b'\n');
            self.at += 1;
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_know_their_lines_among_comments_and_empty_lines() {
        let text = "# head, \"quoted\n\n# more\na,b\n1,2\n# between # them\n\n3,4\r\n5,\"6\n7\"\n8,9\n";
        let mut lines = Lines::of_text(text);
        let found: Vec<(usize, String)> = reader(text)
            .records()
            .map(|row| row.expect("a row"))
            .map(|row| (lines.of(row.position()), row[0].to_owned()))
            .collect();
        let expected = [(5, "1"), (8, "3"), (9, "5"), (11, "8")];
        assert_eq!(found, expected.map(|(line, text)| (line, text.to_owned())));
    }
}
