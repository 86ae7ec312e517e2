//! Layer 1: keys of random streams.

use sha2::{Digest, Sha256};

/// The key of a family of draws: 64 bits that depend on a seed, on what the draws are for and on the name
/// of their owner, and on nothing else.
///
/// The key is the first eight bytes, read as a little-endian number, of the SHA-256 digest of: the text
/// `plancast key 1`, the seed (8 bytes, little-endian), the length of the domain in bytes (8 bytes,
/// little-endian), the domain, the name (both UTF-8). Two of 10 000 names share a key with
/// probability 3e-12.
///
/// ```
/// use plancast::random::Key;
/// assert_ne!(Key::new(1, "innovation", "gdp"), Key::new(2, "innovation", "gdp"));
/// assert_ne!(Key::new(1, "innovation", "gdp"), Key::new(1, "parameter", "gdp"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(u64);

impl Key {
    /// The key for a seed, a domain such as `innovation`, and a name such as that of an indicator.
    pub fn new(seed: u64, domain: &str, name: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"plancast key 1");
        hash.update(seed.to_le_bytes());
        hash.update((domain.len() as u64).to_le_bytes());
        hash.update(domain.as_bytes());
        hash.update(name.as_bytes());
        let digest = hash.finalize();
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        Self(u64::from_le_bytes(first))
    }

    /// The key with these bits, for known answers and for keys made elsewhere.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The 64 bits.
    pub const fn bits(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_keeps_domain_and_name_apart() {
        assert_ne!(Key::new(7, "ab", "c"), Key::new(7, "a", "bc"));
    }

    #[test]
    fn keys_are_stable() {
        // Python: int.from_bytes(hashlib.sha256(b"plancast key 1" + (42).to_bytes(8, "little")
        //   + (10).to_bytes(8, "little") + b"innovation" + "地区生产总值".encode()).digest()[:8], "little")
        assert_eq!(Key::new(42, "innovation", "地区生产总值").bits(), 0xa845a44f4bde0f6b);
    }
}
