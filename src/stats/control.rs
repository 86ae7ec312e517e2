//! Layer 1: control variates: what numbers whose means are known tell of the error of a mean that is not.

/// The regression of a number on others, the controls, one control after the other.
///
/// ```text
/// beta = S^-1 c,   estimate = y - beta' d,   residual variance = v - c' S^-1 c
/// ```
///
/// S is the covariance matrix of the controls, c their covariances with the number, v its variance; d is what the means of
/// the controls are off. S is factored row by row (Cholesky); a control that those before it tell already is left out, so S may
/// be singular.
///
/// Reference: Lavenberg and Welch (1981), A perspective on the use of control variables to increase the efficiency of
/// Monte Carlo simulations, Management Science 27(3), 322-335.
#[derive(Debug, Clone, Default)]
pub(crate) struct Control {
    /// Rows of the factor of S, each with its pivot last.
    rows: Vec<Vec<f64>>,
    /// Factor^-1 c and factor^-1 d.
    with: Vec<f64>,
    off: Vec<f64>,
}

impl Control {
    /// Adds a control: its covariances with those that were kept before it, its variance last; its covariance with the
    /// number; what its mean is off. It is kept, and true is returned, where what the others leave of its variance is more than
    /// `least`.
    pub(crate) fn add(&mut self, covariances: &[f64], with: f64, off: f64, least: f64) -> bool {
        let mut row = Vec::with_capacity(covariances.len());
        for (k, covariance) in covariances.iter().enumerate() {
            let known: f64 = self.rows.get(k).unwrap_or(&row).iter().zip(&row).map(|(a, b)| a * b).sum();
            let rest = covariance - known;
            match self.rows.get(k) {
                Some(kept) => row.push(rest / kept[k]),
                None if rest > least => row.push(rest.sqrt()),
                None => return false,
            }
        }
        let Some(pivot) = row.last() else { return false };
        let rest = |of: &[f64]| of.iter().zip(&row).map(|(a, b)| a * b).sum::<f64>();
        let (with, off) = ((with - rest(&self.with)) / pivot, (off - rest(&self.off)) / pivot);
        self.with.push(with);
        self.off.push(off);
        self.rows.push(row);
        true
    }

    /// beta' d: what the controls say that the mean is off.
    pub(crate) fn shift(&self) -> f64 {
        self.with.iter().zip(&self.off).map(|(with, off)| with * off).sum()
    }

    /// c' S^-1 c: the variance of the number that the controls tell.
    pub(crate) fn told(&self) -> f64 {
        self.with.iter().map(|x| x * x).sum()
    }

    /// d' S^-1 d: how far the controls are off, in squared standard deviations.
    pub(crate) fn distance(&self) -> f64 {
        self.off.iter().map(|x| x * x).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three numbers by hand: S = [[4, 2], [2, 10]], its factor [[2, 0], [1, 3]].
    #[test]
    fn two_controls_by_hand() {
        let mut control = Control::default();
        assert!(control.add(&[4.0], 2.0, 1.0, 1e-9));
        assert!(control.add(&[2.0, 10.0], 7.0, -1.0, 1e-9));
        // S^-1 = [[10, -2], [-2, 4]] / 36; beta = (6, 24) / 36.
        assert!((control.shift() - (6.0 - 24.0) / 36.0).abs() < 1e-15);
        assert!((control.told() - (2.0 * 6.0 + 7.0 * 24.0) / 36.0).abs() < 1e-14);
        assert!((control.distance() - (10.0 + 2.0 + 2.0 + 4.0) / 36.0).abs() < 1e-15);
    }

    #[test]
    fn what_others_tell_already_is_left_out() {
        let mut control = Control::default();
        assert!(control.add(&[4.0], 2.0, 1.0, 1e-9));
        let before = (control.shift(), control.told(), control.distance());
        // Twice the first one, and a constant.
        assert!(!control.add(&[8.0, 16.0], 4.0, 2.0, 1e-9));
        assert!(!control.add(&[0.0, 0.0], 0.0, 0.0, 1e-9));
        assert_eq!((control.shift(), control.told(), control.distance()), before);
        assert_eq!(control.rows.len(), 1);
        assert!(!control.add(&[], 1.0, 1.0, 1e-9));
    }
}
