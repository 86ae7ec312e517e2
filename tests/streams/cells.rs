//! Goodness of fit of ten million draws without sorting them.

use plancast::stats::normal;

/// Draws of a law.
pub const DRAWS: usize = 10_000_000;

/// Cells between 0 and 1; a power of two, so that edges are exact.
const CELLS: usize = 1 << 20;

/// Cells that the chi-square test joins.
const JOINED: usize = 1 << 10;

/// Counts of F(x), where F is the distribution function that the draws x should have, in equal cells.
///
/// The distance of Kolmogorov and Smirnov is looked for at the edges of the cells alone: between two of them it can
/// be larger by what a cell holds, 1e-6, against a limit of 6e-4.
pub struct Cells {
    counts: Vec<u32>,
    drawn: u64,
}

impl Cells {
    pub fn new() -> Self {
        Self { counts: vec![0; CELLS], drawn: 0 }
    }

    /// Counts a draw by the value of the distribution function.
    pub fn add(&mut self, u: f64) {
        assert!((0.0..=1.0).contains(&u), "{u} is no probability");
        self.counts[((u * CELLS as f64) as usize).min(CELLS - 1)] += 1;
        self.drawn += 1;
    }

    pub fn merge(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.drawn += other.drawn;
    }

    /// The largest distance of the share of draws from the probability, at any edge, times the root of their number.
    /// `truth` gives the probability at an edge: the edge itself, or what it would be under another law.
    pub fn distance(&self, truth: impl Fn(f64) -> f64) -> f64 {
        let n = self.drawn as f64;
        let (mut below, mut largest) = (0_u64, 0.0_f64);
        for (cell, count) in self.counts.iter().enumerate() {
            largest = largest.max((below as f64 / n - truth(cell as f64 / CELLS as f64)).abs());
            below += u64::from(*count);
        }
        largest * n.sqrt()
    }

    /// Sum of squares over joined cells, as a normal score: sees what repeats within the law, which a distance does not.
    pub fn chi_square(&self) -> f64 {
        let expected = self.drawn as f64 / JOINED as f64;
        let joined = self.counts.chunks_exact(CELLS / JOINED);
        let squares =
            joined.map(|cells| (cells.iter().sum::<u32>() as f64 - expected).powi(2) / expected).sum::<f64>();
        let free = (JOINED - 1) as f64;
        (squares - free) / (2.0 * free).sqrt()
    }

    /// Holds the draws against their law.
    ///
    /// The distance times sqrt(n) exceeds 1.95 with probability 0.001 (Kolmogorov's limit law, 2 exp(-2 x^2)), the
    /// score of the chi-square 4 with probability 0.0001. The same draws are told from a law whose normal
    /// score is half a per cent wider, and from one that is moved by half a per cent of a standard deviation.
    #[track_caller]
    pub fn check(&self, what: &str) {
        assert_eq!(self.drawn, DRAWS as u64, "{what}");
        let (distance, score) = (self.distance(|u| u), self.chi_square());
        let wide = self.distance(|u| normal::cdf(normal::quantile(u) * 1.005));
        let moved = self.distance(|u| normal::cdf(normal::quantile(u) + 0.005));
        println!("{what}: distance {distance:.2}, chi-square {score:.2}; other laws {wide:.2}, {moved:.2}");
        assert!(distance < 1.95, "{what}: a distance of {distance:.2} / sqrt(n)");
        assert!(score.abs() < 4.0, "{what}: the chi-square of {JOINED} cells has the score {score:.2}");
        assert!(
            wide > 1.95 && moved > 1.95,
            "{what}: other laws are not told from it: {wide:.2}, {moved:.2}"
        );
    }
}

#[test]
fn a_comb_has_the_right_shape_but_not_the_right_cells() {
    // Every other joined cell holds all draws: no distance sees it.
    let mut cells = Cells::new();
    for k in 0..DRAWS {
        let tooth = 2.0 * (k % (JOINED / 2)) as f64 / JOINED as f64;
        cells.add(tooth + (k as f64 + 0.5) / (DRAWS * JOINED) as f64);
    }
    assert!(cells.distance(|u| u) < 4.0 && cells.chi_square() > 4.0);
}
