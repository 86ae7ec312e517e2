//! The patient rule induction method: peeling and pasting on a plain table of features and outcomes.

use crate::analyse::refuse;
use crate::error::{Error, Fault, Result};

/// Finds boxes in which an outcome is frequent, by peeling off little by little.
///
/// From the box that holds all cases, the lowest or the highest share of the cases within it is peeled off along one feature: that
/// which raises the density (the share of cases within on which it happens) most for each case given up. So a trajectory of smaller and
/// denser boxes comes about, down to a least mass; the last box is then pasted: its edges move out again where that
/// raises the density. Of each box,
///
/// ```text
/// coverage = hits within / hits,  density = hits within / cases within,  mass = cases within / cases
/// quasi-p of a restriction = P(Bin(cases within, density without that restriction) >= hits within)
/// ```
///
/// A quasi-p value is no test of a hypothesis stated beforehand: the box was looked for in the same cases. Cases that the search has
/// not seen ([`PrimBox::on`]) tell what coverage and density are worth. Not for outcomes that hang on a slanting
/// combination of features: a box cuts corners there, and several restrictions stand for one.
///
/// References: Friedman and Fisher (1999), Bump hunting in high-dimensional data, Statistics and Computing 9, 123-143; Bryant and
/// Lempert (2010), Thinking inside the box, Technological Forecasting and Social Change 77, 34-49 (coverage, density, quasi-p).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prim {
    peel: f64,
    least: f64,
}

/// A box: lower and upper edges of some features, edges within.
#[derive(Debug, Clone, PartialEq)]
pub struct PrimBox {
    /// What is restricted, in the order of the features.
    pub restrictions: Vec<Restriction>,
    /// Cases within.
    pub cases: usize,
    /// Cases within on which it happens.
    pub hits: usize,
    /// Hits within, as a share of all hits.
    pub coverage: f64,
    /// Hits within, as a share of the cases within; 0 for an empty box.
    pub density: f64,
    /// Cases within, as a share of all cases.
    pub mass: f64,
}

/// The edges of one feature, in its unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Restriction {
    /// Position of the feature.
    pub feature: usize,
    /// The least value within; none where the box is open.
    pub low: Option<f64>,
    /// The largest value within.
    pub high: Option<f64>,
    /// How often so dense a box would come about by chance without this restriction.
    pub quasi_p: f64,
}

impl Default for Prim {
    fn default() -> Self {
        Self { peel: 0.05, least: 0.05 }
    }
}

impl Prim {
    /// Share of the cases within that is peeled off at a time, above 0 and at most 0.5; 0.05 when not called.
    #[must_use]
    pub fn peel(mut self, share: f64) -> Self {
        self.peel = share;
        self
    }

    /// Share of all cases that the smallest box holds at least, above 0 and below 1; 0.05 when not called.
    #[must_use]
    pub fn least(mut self, share: f64) -> Self {
        self.least = share;
        self
    }

    /// The boxes from the one that holds all cases to the smallest, the pasted one last where pasting changed it. `features` holds a column
    /// for each feature, a value a case.
    ///
    /// ```
    /// use plancast::analyse::discover::Prim;
    /// let x: Vec<f64> = (0..1000).map(|k| f64::from(k) / 1000.0).collect();
    /// let happens: Vec<bool> = x.iter().map(|x| *x < 0.3).collect();
    /// let boxes = Prim::default().run(&[x], &happens)?;
    /// let found = boxes.iter().filter(|b| b.density == 1.0).max_by(|a, b| a.coverage.total_cmp(&b.coverage)).unwrap();
    /// assert!(found.coverage > 0.95 && found.restrictions[0].low.is_none());
    /// # Ok::<(), plancast::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Question`] when it happens always or never, when columns differ in length or hold what is no number, and when a share is
    /// out of range.
    pub fn run(&self, features: &[Vec<f64>], happens: &[bool]) -> Result<Vec<PrimBox>> {
        self.check(features, happens)?;
        let cases: Vec<u32> = (0..happens.len() as u32).collect();
        Ok(self.run_on(&Table { features, happens, cases: &cases }))
    }

    /// The same of a table that was checked.
    pub(super) fn run_on(&self, table: &Table<'_>) -> Vec<PrimBox> {
        let mut now = Edges::open(table.features.len());
        let mut boxes = vec![table.told(&now)];
        let least = (self.least * table.cases.len() as f64).max(1.0);
        let (mut within, mut room) = (table.cases.to_vec(), Vec::new());
        while let Some((feature, edges)) = self.peeled(table, &now, &within, least, &mut room) {
            let (low, high) = edges.of[feature];
            let column = &table.features[feature];
            within.retain(|case| (low..=high).contains(&column[*case as usize]));
            now = edges;
            boxes.push(table.told(&now));
        }
        let mut pasted = false;
        while let Some(next) = self.pasted(table, &now) {
            (now, pasted) = (next, true);
        }
        if pasted {
            boxes.push(table.told(&now));
        }
        boxes
    }

    /// Refuses shares that mean nothing.
    pub(super) fn check_shares(&self) -> Result<()> {
        if !(self.peel > 0.0 && self.peel <= 0.5) {
            let problem = format!("a share of {} was asked for; it lies above 0 and up to 0.5", self.peel);
            return refuse("peel", problem, "take 0.05");
        }
        if !(self.least > 0.0 && self.least < 1.0) {
            let problem = format!("a share of {} was asked for; it lies between 0 and 1", self.least);
            return refuse("least", problem, "take 0.05");
        }
        Ok(())
    }

    fn check(&self, features: &[Vec<f64>], happens: &[bool]) -> Result<()> {
        self.check_shares()?;
        if happens.len() > u32::MAX as usize {
            let problem = format!("there are {} cases; {} are possible", happens.len(), u32::MAX);
            return refuse("outcome", problem, "take some of them");
        }
        if features.is_empty() {
            return refuse("features", "there is no feature to look at", "give a column at least");
        }
        for (k, column) in features.iter().enumerate() {
            if column.len() != happens.len() {
                let problem = format!("column {k} has {} values for {} cases", column.len(), happens.len());
                return refuse("features", problem, "give a value for each case");
            }
            if column.iter().any(|x| !x.is_finite()) {
                let problem = format!("column {k} holds a value that is not a finite number");
                return refuse("features", problem, "leave the column out");
            }
        }
        match happens.iter().filter(|hit| **hit).count() {
            0 => refuse(
                "outcome",
                "it happens in no case, so there is nowhere to find it",
                "take more cases, or ask for something likelier",
            ),
            all if all == happens.len() => refuse(
                "outcome",
                "it happens in every case, so no box is better than another",
                "ask for something less certain",
            ),
            _ => Ok(()),
        }
    }

    /// The box after the best peel, and where it was peeled; none where the smallest mass or every case alike is reached.
    fn peeled(
        &self,
        table: &Table<'_>,
        now: &Edges,
        within: &[u32],
        least: f64,
        room: &mut Vec<f64>,
    ) -> Option<(usize, Edges)> {
        let hits = table.hits(within);
        if hits == within.len() {
            return None;
        }
        let density = hits as f64 / within.len() as f64;
        let mut best: Option<(f64, usize, Edges)> = None;
        for (feature, column) in table.features.iter().enumerate() {
            for upper in [false, true] {
                room.clear();
                room.extend(within.iter().map(|case| column[*case as usize]));
                let Some(edge) = edge(room, self.peel, upper) else { continue };
                let (mut kept, mut hit) = (0_usize, 0_usize);
                for case in within {
                    let x = column[*case as usize];
                    let keeps = usize::from(if upper { x <= edge } else { x >= edge });
                    kept += keeps;
                    hit += keeps & usize::from(table.happens[*case as usize]);
                }
                if (kept as f64) < least {
                    continue;
                }
                let gain = (hit as f64 / kept as f64 - density) / (within.len() - kept) as f64;
                // The first of equals: nothing hangs on chance.
                if best.as_ref().is_none_or(|(most, ..)| gain > *most) {
                    let mut edges = now.clone();
                    let of = &mut edges.of[feature];
                    *of = if upper { (of.0, edge) } else { (edge, of.1) };
                    best = Some((gain, feature, edges));
                }
            }
        }
        best.map(|(_, feature, edges)| (feature, edges))
    }

    /// The box with an edge moved out by some cases where that raises the density most, or keeps it and covers more.
    fn pasted(&self, table: &Table<'_>, now: &Edges) -> Option<Edges> {
        let within: Vec<u32> = table.within(now).collect();
        let (cases, hits) = (within.len(), table.hits(&within));
        let density = hits as f64 / cases as f64;
        let share = ((self.peel * cases as f64) as usize).max(1);
        let mut best: Option<(f64, Edges)> = None;
        for (feature, column) in table.features.iter().enumerate() {
            let (low, high) = now.of[feature];
            for upper in [false, true] {
                if (if upper { high } else { low }).is_infinite() {
                    continue;
                }
                let mut open = now.clone();
                open.of[feature] = if upper { (low, f64::INFINITY) } else { (f64::NEG_INFINITY, high) };
                let beyond = |x: &f64| if upper { *x > high } else { *x < low };
                let mut next: Vec<f64> =
                    table.within(&open).map(|case| column[case as usize]).filter(beyond).collect();
                next.sort_by(|a, b| if upper { a.total_cmp(b) } else { b.total_cmp(a) });
                let Some(edge) = next.get(share.min(next.len()).saturating_sub(1)) else { continue };
                open.of[feature] = if upper { (low, *edge) } else { (*edge, high) };
                let grown: Vec<u32> = table.within(&open).collect();
                let denser = table.hits(&grown) as f64 / grown.len() as f64;
                if denser >= density && best.as_ref().is_none_or(|(most, _)| denser > *most) {
                    best = Some((denser, open));
                }
            }
        }
        best.map(|(_, edges)| edges)
    }
}

/// Where an edge stands that peels off a share of some values, which are moved about; more where they are tied, none where all are.
fn edge(values: &mut [f64], share: f64, upper: bool) -> Option<f64> {
    let peeled = ((share * values.len() as f64) as usize).max(1);
    let place = if upper { values.len().checked_sub(peeled + 1)? } else { peeled };
    if place >= values.len() {
        return None;
    }
    let (below, edge, above) = values.select_nth_unstable_by(place, f64::total_cmp);
    let (edge, outside) = (*edge, if upper { above } else { below });
    let outer = outside.iter().fold(edge, |outer, x| if upper { outer.max(*x) } else { outer.min(*x) });
    if edge != outer {
        return Some(edge);
    }
    let inner = values.iter().filter(|x| **x != outer);
    inner.copied().reduce(|a, b| if upper { a.max(b) } else { a.min(b) })
}

impl PrimBox {
    /// The same box on other cases, which the search has not seen.
    ///
    /// # Errors
    /// [`Error::Question`] when a feature that it restricts is not there, or columns differ in length.
    pub fn on(&self, features: &[Vec<f64>], happens: &[bool]) -> Result<PrimBox> {
        let fits = |restriction: &Restriction| {
            features.get(restriction.feature).is_some_and(|column| column.len() == happens.len())
        };
        if !self.restrictions.iter().all(fits) {
            let fault = Fault::new("features", "the columns are not those that the box was found in");
            return Err(Error::Question(fault.remedy("give the same features of other cases")));
        }
        let cases: Vec<u32> = (0..happens.len() as u32).collect();
        Ok(self.told(&Table { features, happens, cases: &cases }))
    }

    /// The same box on the cases of a table that has its features.
    pub(super) fn told(&self, table: &Table<'_>) -> PrimBox {
        let mut edges = Edges::open(table.features.len());
        for Restriction { feature, low, high, .. } in &self.restrictions {
            edges.of[*feature] = (low.unwrap_or(f64::NEG_INFINITY), high.unwrap_or(f64::INFINITY));
        }
        table.told(&edges)
    }
}

/// Lower and upper edge of each feature.
#[derive(Clone)]
struct Edges {
    of: Vec<(f64, f64)>,
}

impl Edges {
    fn open(features: usize) -> Self {
        Self { of: vec![(f64::NEG_INFINITY, f64::INFINITY); features] }
    }
}

/// Columns of features, what happens, and the cases that are looked at: some of them, or some of them twice.
pub(super) struct Table<'a> {
    pub(super) features: &'a [Vec<f64>],
    pub(super) happens: &'a [bool],
    pub(super) cases: &'a [u32],
}

impl Table<'_> {
    fn within<'s>(&'s self, edges: &'s Edges) -> impl Iterator<Item = u32> + 's {
        let restricted: Vec<usize> =
            (0..edges.of.len()).filter(|k| edges.of[*k] != (f64::NEG_INFINITY, f64::INFINITY)).collect();
        self.cases.iter().copied().filter(move |case| {
            restricted.iter().all(|k| {
                let ((low, high), x) = (edges.of[*k], self.features[*k][*case as usize]);
                low <= x && x <= high
            })
        })
    }

    pub(super) fn hits(&self, cases: &[u32]) -> usize {
        cases.iter().filter(|case| self.happens[**case as usize]).count()
    }

    fn told(&self, edges: &Edges) -> PrimBox {
        let within: Vec<u32> = self.within(edges).collect();
        let (cases, hits) = (within.len(), self.hits(&within));
        let all = self.hits(self.cases);
        let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        let finite = |x: f64| x.is_finite().then_some(x);
        let restrictions = edges.of.iter().enumerate().filter_map(|(feature, (low, high))| {
            let (low, high) = (finite(*low), finite(*high));
            if low.is_none() && high.is_none() {
                return None;
            }
            let mut without = edges.clone();
            without.of[feature] = (f64::NEG_INFINITY, f64::INFINITY);
            let others: Vec<u32> = self.within(&without).collect();
            let quasi_p = at_least(hits, cases, share(self.hits(&others), others.len()));
            Some(Restriction { feature, low, high, quasi_p })
        });
        PrimBox {
            restrictions: restrictions.collect(),
            cases,
            hits,
            coverage: share(hits, all),
            density: share(hits, cases),
            mass: share(cases, self.cases.len()),
        }
    }
}

/// P(Bin(n, p) >= k), summed from k on.
fn at_least(k: usize, n: usize, p: f64) -> f64 {
    if k == 0 || p >= 1.0 {
        return 1.0;
    }
    if p <= 0.0 {
        return 0.0;
    }
    let ln_factorial = |k: usize| libm::lgamma(k as f64 + 1.0);
    let first = ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k)
        + k as f64 * libm::log(p)
        + (n - k) as f64 * libm::log1p(-p);
    let (odds, mut term, mut sum) = (p / (1.0 - p), 1.0, 0.0);
    for j in k..=n {
        sum += term;
        term *= odds * (n - j) as f64 / (j as f64 + 1.0);
    }
    (libm::exp(first) * sum).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points spread evenly over the cube, by multiples of roots of primes.
    fn cube(cases: usize) -> Vec<Vec<f64>> {
        let roots = [2.0_f64, 3.0, 5.0, 7.0].map(f64::sqrt);
        roots.iter().map(|root| (1..=cases).map(|k| (k as f64 * root).fract()).collect()).collect()
    }

    fn inside(features: &[Vec<f64>]) -> Vec<bool> {
        (0..features[0].len())
            .map(|k| (0.2..=0.6).contains(&features[0][k]) && features[1][k] >= 0.5)
            .collect()
    }

    #[test]
    fn a_known_box_is_found() {
        let features = cube(4000);
        let boxes = Prim::default().run(&features, &inside(&features)).unwrap();
        let found = boxes.last().unwrap();
        assert!(found.density == 1.0 && found.coverage > 0.9, "{found:?}");
        let [x, y] = &found.restrictions[..] else { panic!("{found:?}") };
        assert_eq!((x.feature, y.feature, y.high), (0, 1, None));
        // An edge moves by 5 % of the cases at a time: 0.02 of a width of 0.4, 0.025 of one of 0.5.
        for (edge, truth) in [(x.low, 0.2), (x.high, 0.6), (y.low, 0.5)] {
            assert!((edge.unwrap() - truth).abs() < 0.025, "{found:?}");
        }
        assert!(x.quasi_p < 1e-100 && y.quasi_p < 1e-100);
        // On cases that it has not seen.
        let others: Vec<Vec<f64>> = cube(9000).into_iter().map(|column| column[4000..].to_vec()).collect();
        let judged = found.on(&others, &inside(&others)).unwrap();
        assert!(judged.density > 0.99 && judged.coverage > 0.9, "{judged:?}");
    }

    #[test]
    fn boxes_shrink_and_grow_denser() {
        let features = cube(4000);
        let boxes = Prim::default().run(&features, &inside(&features)).unwrap();
        assert_eq!((boxes[0].coverage, boxes[0].mass, boxes[0].restrictions.len()), (1.0, 1.0, 0));
        let peeled = &boxes[..boxes.len() - 1];
        assert!(
            peeled.windows(2).all(|pair| pair[1].cases < pair[0].cases && pair[1].density >= pair[0].density)
        );
    }

    #[test]
    fn counts_with_ties_are_peeled_between_values() {
        let events: Vec<f64> = (0..900).map(|k| f64::from(k % 3)).collect();
        let happens: Vec<bool> = events.iter().map(|n| *n >= 2.0).collect();
        let boxes = Prim::default().run(&[events], &happens).unwrap();
        let found = boxes.last().unwrap();
        assert_eq!((found.restrictions[0].low, found.density, found.coverage), (Some(2.0), 1.0, 1.0));
    }

    #[test]
    fn tails_are_those_of_the_binomial_law() {
        // scipy.stats.binom.sf(k - 1, n, p) rounds to these: 0.5 for three of five, 1 - 0.9^10, and the one way to hit all.
        for (k, n, p, truth) in
            [(3, 5, 0.5, 0.5), (1, 10, 0.1, 0.651_321_559_9), (20, 20, 0.3, 3.486_784_401e-11)]
        {
            assert!((at_least(k, n, p) / truth - 1.0).abs() < 1e-9, "{k} {n} {p}");
        }
        assert_eq!((at_least(0, 9, 0.2), at_least(3, 9, 0.0), at_least(9, 9, 1.0)), (1.0, 0.0, 1.0));
    }

    #[test]
    fn what_cannot_be_found_is_refused_in_words() {
        let x = vec![vec![1.0, 2.0, 3.0]];
        for (prim, features, happens, said) in [
            (Prim::default(), x.clone(), [false; 3], "no case"),
            (Prim::default(), x.clone(), [true; 3], "every case"),
            (Prim::default(), vec![vec![1.0]], [true, false, true], "1 values for 3 cases"),
            (Prim::default(), vec![vec![1.0, f64::NAN, 2.0]], [true, false, true], "finite"),
            (Prim::default(), vec![], [true, false, true], "no feature"),
            (Prim::default().peel(0.7), x.clone(), [true, false, true], "0.7"),
            (Prim::default().least(f64::NAN), x.clone(), [true, false, true], "NaN"),
        ] {
            let error = prim.run(&features, &happens).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }
}
