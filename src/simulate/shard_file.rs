//! The bytes of a shard's file.
//!
//! ```text
//! 16 bytes   PLANCAST SHARD and a line end as Windows writes it (a copy made as text shows itself)
//!  4 bytes   format, a whole number, least byte first
//!  8 bytes   length of the content in bytes, least byte first
//!            content: identity and paths, then counts, then sums, in postcard (https://postcard.jamesmunns.com)
//! 32 bytes   SHA-256 of everything before it
//! ```
//!
//! Nothing of the content is looked at before the checksum fits; and what is read never takes more memory than some twenty
//! times its bytes.

use crate::error::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::Path;

const MAGIC: &[u8; 16] = b"PLANCAST SHARD\r\n";

/// The format that is written and read.
const FORMAT: u32 = 1;

/// Magic, format and length.
const HEAD: usize = 28;

/// Of a SHA-256.
const CHECKSUM: usize = 32;

/// No file is larger: a thousand indicators over fifty years take some 300 MB.
const MOST: u64 = 1 << 31;

/// Why bytes are no shard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unreadable {
    #[error("this is no file of a shard or checkpoint")]
    Foreign,
    #[error("the format is number {0}; this version of plancast reads number {FORMAT}")]
    Format(u32),
    #[error("the file is cut off: {there} of its {whole} bytes are there")]
    CutOff { there: u64, whole: u64 },
    #[error("the file is longer than it says: {there} bytes instead of {whole}")]
    TooLong { there: u64, whole: u64 },
    #[error("the file has more than {MOST} bytes, the most that a shard can have")]
    TooLarge,
    #[error("the file is damaged: its checksum does not fit its content")]
    Damaged,
    #[error(
        "the file was written by plancast {0}, and each version reads its own alone: they may count different things"
    )]
    Version(String),
    #[error("the content of the file makes no sense")]
    Senseless,
}

impl Unreadable {
    pub(super) fn remedy(&self) -> &'static str {
        match self {
            Self::Foreign | Self::TooLarge => "look whether the name is right",
            Self::Format(_) | Self::Version(_) => {
                "use the version that wrote it, or simulate these paths again"
            }
            Self::CutOff { .. } | Self::TooLong { .. } | Self::Damaged => {
                "copy it again from where it was made, or simulate these paths again"
            }
            Self::Senseless => "simulate these paths again",
        }
    }
}

/// Content that is being put together.
#[derive(Default)]
pub(super) struct Content(Vec<u8>);

impl Content {
    /// Adds a value. Only a value that cannot be written in any format would be left out.
    pub(super) fn put(&mut self, value: &impl Serialize) {
        let _in_memory = postcard::to_allocvec(value).map(|bytes| self.0.extend(bytes));
    }

    /// The bytes of the file.
    pub(super) fn seal(self) -> Vec<u8> {
        let mut file = Vec::with_capacity(HEAD + self.0.len() + CHECKSUM);
        file.extend(MAGIC);
        file.extend(FORMAT.to_le_bytes());
        file.extend((self.0.len() as u64).to_le_bytes());
        file.extend(self.0);
        let checksum = Sha256::digest(&file);
        file.extend(&checksum[..]);
        file
    }
}

/// Content whose checksum fits.
#[derive(Debug)]
pub(super) struct Opened<'a>(&'a [u8]);

impl Opened<'_> {
    /// The next value.
    pub(super) fn take<T: DeserializeOwned>(&mut self) -> std::result::Result<T, Unreadable> {
        let (value, rest) = postcard::take_from_bytes(self.0).map_err(|_| Unreadable::Senseless)?;
        self.0 = rest;
        Ok(value)
    }

    /// Nothing is left.
    pub(super) fn end(&self) -> std::result::Result<(), Unreadable> {
        if self.0.is_empty() { Ok(()) } else { Err(Unreadable::Senseless) }
    }
}

/// Looks at everything around the content of a file.
pub(super) fn open(file: &[u8]) -> std::result::Result<Opened<'_>, Unreadable> {
    let there = file.len() as u64;
    if there > MOST {
        return Err(Unreadable::TooLarge);
    }
    if !file.starts_with(&MAGIC[..MAGIC.len().min(file.len())]) || file.is_empty() {
        return Err(Unreadable::Foreign);
    }
    let least = (HEAD + CHECKSUM) as u64;
    let (Some(format), Some(length)) = (number(file, 16), number(file, 20)) else {
        return Err(Unreadable::CutOff { there, whole: least });
    };
    if format as u32 != FORMAT {
        return Err(Unreadable::Format(format as u32));
    }
    let whole = length.saturating_add(least);
    match there.cmp(&whole) {
        std::cmp::Ordering::Less => return Err(Unreadable::CutOff { there, whole }),
        std::cmp::Ordering::Greater => return Err(Unreadable::TooLong { there, whole }),
        std::cmp::Ordering::Equal => {}
    }
    let (sealed, checksum) = file.split_at(file.len() - CHECKSUM);
    if Sha256::digest(sealed)[..] != *checksum {
        return Err(Unreadable::Damaged);
    }
    Ok(Opened(&sealed[HEAD..]))
}

/// The eight bytes from a place on as a number.
fn number(file: &[u8], at: usize) -> Option<u64> {
    let bytes = file.get(at..at + 8)?;
    Some(u64::from_le_bytes(bytes.try_into().ok()?))
}

/// All bytes of a file, or the first ones of one that is too large to be a shard.
pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    let fail = |source| Error::Read { path: path.into(), source };
    let file = std::fs::File::open(path).map_err(fail)?;
    let mut bytes = Vec::new();
    file.take(MOST + 1).read_to_end(&mut bytes).map_err(fail)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed() -> Vec<u8> {
        let mut content = Content::default();
        content.put(&(7_u64, "seven"));
        content.seal()
    }

    #[test]
    fn what_was_put_in_is_taken_out() {
        let file = sealed();
        let mut opened = open(&file).unwrap();
        assert!(opened.end().is_err());
        assert_eq!(opened.take(), Ok((7_u64, String::from("seven"))));
        assert_eq!(opened.end(), Ok(()));
        assert_eq!(opened.take::<u64>(), Err(Unreadable::Senseless));
    }

    #[test]
    fn every_cut_is_seen() {
        let file = sealed();
        assert_eq!(open(&[]).unwrap_err(), Unreadable::Foreign);
        for there in 1..file.len() {
            let seen = open(&file[..there]).unwrap_err();
            assert!(matches!(seen, Unreadable::CutOff { .. }), "{there}: {seen}");
        }
        let longer = [&file[..], &[0]].concat();
        assert!(matches!(open(&longer).unwrap_err(), Unreadable::TooLong { .. }));
    }

    #[test]
    fn every_flipped_bit_is_seen() {
        let file = sealed();
        for bit in 0..8 * file.len() {
            let mut file = file.clone();
            file[bit / 8] ^= 1 << (bit % 8);
            let seen = open(&file).unwrap_err();
            let expected = match bit / 8 {
                0..16 => matches!(seen, Unreadable::Foreign),
                16..20 => matches!(seen, Unreadable::Format(_)),
                20..28 => matches!(seen, Unreadable::CutOff { .. } | Unreadable::TooLong { .. }),
                _ => seen == Unreadable::Damaged,
            };
            assert!(expected, "{bit}: {seen}");
        }
    }
}
