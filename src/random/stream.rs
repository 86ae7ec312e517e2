//! Layer 1: a generator at an address, for laws that this crate does not draw itself.

use super::draw::bits_at;
use super::key::Key;
use rand::rand_core::TryRng;
use std::convert::Infallible;

/// A random generator of its own for one key, path and year: what a process of the user's own draws
/// from, with any law of `rand_distr`.
///
/// It holds 2^31 blocks of 128 bits, then starts again. Draws of one address never meet
/// those of another, nor the normals and uniforms of [`super::normal_pair_lanes`] and its siblings.
///
/// ```
/// use plancast::random::{Key, Stream};
/// use rand_distr::{Distribution, Poisson};
/// let mut stream = Stream::new(Key::new(1, "event", "flood"), 12, 2027);
/// let floods = Poisson::new(0.3).unwrap().sample(&mut stream);
/// assert!(floods >= 0.0);
/// ```
#[derive(Debug, Clone)]
pub struct Stream {
    key: Key,
    path: u64,
    year: u32,
    /// The number of the next block; its top bit marks streams.
    block: u32,
    words: [u32; 4],
    /// How many of the words are used.
    used: usize,
}

impl Stream {
    /// The generator at an address, at its beginning.
    pub fn new(key: Key, path: u64, year: i32) -> Self {
        Self { key, path, year: year as u32, block: 0, words: [0; 4], used: 4 }
    }

    fn word(&mut self) -> u32 {
        if self.used == 4 {
            let kind = u64::from(self.block | 0x8000_0000);
            self.words = bits_at(self.key, self.path, self.year, kind).map(|word| word as u32);
            self.block = self.block.wrapping_add(1);
            self.used = 0;
        }
        self.used += 1;
        self.words[self.used - 1]
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.word())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let low = u64::from(self.word());
        Ok(low | (u64::from(self.word()) << 32))
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Infallible> {
        for chunk in target.chunks_mut(4) {
            let bytes = self.word().to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
        Ok(())
    }
}
