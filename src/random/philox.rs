//! Layer 1: Philox4x32-10, the counter-based generator under every draw.
//!
//! ```text
//! ten rounds of   (c0, c1, c2, c3) -> (hi(M1 c2) ^ c1 ^ k0, lo(M1 c2), hi(M0 c0) ^ c3 ^ k1, lo(M0 c0))
//! with the key    (k0, k1) -> (k0 + W0, k1 + W1) after each round
//! ```
//!
//! Reference: Salmon, Moraes, Dror and Shaw (2011), Parallel random numbers: as easy as 1, 2, 3,
//! SC '11, doi:10.1145/2063384.2063405; passes TestU01's BigCrush.

const M0: u64 = 0xD251_1F53;
const M1: u64 = 0xCD9E_8D57;
const W0: u64 = 0x9E37_79B9;
const W1: u64 = 0xBB67_AE85;
const LOW: u64 = 0xFFFF_FFFF;

/// The 128 bits of a counter under a key, as four words of 32 bits.
///
/// Every word is kept in 64 bits, its upper half zero: that is the form in which vector units multiply 32
/// by 32 bits, and the lanes of the caller's loop then have the width of an `f64`.
#[inline(always)]
pub fn philox4x32_10(counter: [u64; 4], key: [u64; 2]) -> [u64; 4] {
    let [mut c0, mut c1, mut c2, mut c3] = counter;
    let [mut k0, mut k1] = key;
    let mut round = 0;
    while round < 10 {
        let p0 = (c0 & LOW) * M0;
        let p1 = (c2 & LOW) * M1;
        c0 = (p1 >> 32) ^ c1 ^ k0;
        c2 = (p0 >> 32) ^ c3 ^ k1;
        c1 = p1 & LOW;
        c3 = p0 & LOW;
        k0 = (k0 + W0) & LOW;
        k1 = (k1 + W1) & LOW;
        round += 1;
    }
    [c0, c1, c2, c3]
}

#[cfg(test)]
mod tests {
    use super::philox4x32_10;

    #[test]
    fn known_answers_of_random123() {
        // Random123 1.14, tests/kat_vectors, lines "philox4x32 10".
        let known = [
            ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            ([0xffff_ffff; 4], [0xffff_ffff; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0],
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
            ),
        ];
        for (counter, key, expected) in known {
            assert_eq!(philox4x32_10(counter, key), expected);
        }
    }
}
