//! Layer 1: a generator at an address, for laws that this crate does not draw itself.

use super::draw::bits_at;
use super::key::Key;
use rand::rand_core::TryRng;
use std::convert::Infallible;

/// A random generator of its own for one key, path and year: what a process of the user's own draws
/// from, with any law of `rand_distr`.
///
/// It holds 2^31 blocks of 128 bits, then starts again. Draws of one address never meet
/// those of another, nor the normals and uniforms of [`super::normal_lanes`] and its siblings.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{normal_at, uniform_at};
    use rand::{Rng, RngExt};
    use rand_distr::{Distribution, Exp1, StandardNormal};

    fn stream(path: u64, year: i32) -> Stream {
        Stream::new(Key::new(1, "process", "own"), path, year)
    }

    #[test]
    fn words_come_in_the_order_of_the_blocks() {
        let key = Key::new(1, "process", "own");
        let mut words = stream(5, 2026);
        let expected = (0..3).flat_map(|block| bits_at(key, 5, 2026, 0x8000_0000 | block));
        for word in expected {
            assert_eq!(u64::from(words.next_u32()), word);
        }
        let (mut words, mut longs) = (stream(5, 2026), stream(5, 2026));
        for _ in 0..9 {
            let low = u64::from(words.next_u32());
            assert_eq!(longs.next_u64(), low | (u64::from(words.next_u32()) << 32));
        }
    }

    #[test]
    fn bytes_are_those_of_the_words() {
        let mut bytes = [0; 11];
        stream(5, -3).fill_bytes(&mut bytes);
        let mut words = stream(5, -3);
        let all: Vec<u8> = (0..3).flat_map(|_| words.next_u32().to_le_bytes()).collect();
        assert_eq!(bytes, all[..11]);
    }

    #[test]
    fn addresses_do_not_share_draws() {
        let first = |mut stream: Stream| stream.next_u64();
        assert_ne!(first(stream(1, 2026)), first(stream(2, 2026)));
        assert_ne!(first(stream(1, 2026)), first(stream(1, 2027)));
        assert_eq!(first(stream(1, 2026)), first(stream(1, 2026)));
        let key = Key::new(1, "process", "own");
        let u: f64 = stream(1, 2026).random();
        assert!((u - uniform_at(key, 1, 2026)).abs() > 1e-9);
        let z: f64 = StandardNormal.sample(&mut stream(1, 2026));
        assert_ne!(normal_at(key, 1, 2026), z);
    }

    #[test]
    fn laws_of_rand_distr_have_their_means() {
        // One draw from each of 100 000 streams, and as many from one of them; standard error 1/sqrt n.
        let n = 100_000;
        let limit = 4.0 / f64::from(n).sqrt();
        let draw = |stream: &mut Stream| -> f64 { Exp1.sample(stream) };
        let across = (0..n).map(|path| draw(&mut stream(path as u64, 2030))).sum::<f64>() / f64::from(n);
        let mut one = stream(0, 2030);
        let along = (0..n).map(|_| draw(&mut one)).sum::<f64>() / f64::from(n);
        assert!((across - 1.0).abs() < limit && (along - 1.0).abs() < limit, "{across} {along}");
    }
}
