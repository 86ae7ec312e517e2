//! Rules of the correlation of yearly innovations: factors, matrix, pairs, or explicitly none. One estimated from histories has a
//! file of its own.

use super::quantity::Rule;
use super::{Hyphen, Walk, short, under};
use crate::correlation::{Correlation, nearest};
use crate::error::Fault;
use crate::scenario::draft::{CorrelationDraft, MatrixDraft, PairsDraft};
use crate::scenario::meant::{Correlated, Indicator};
use indexmap::{IndexMap, IndexSet};

/// Sums that should be at most 1 may be above it by this, as decimals are.
const ROUNDING: f64 = 1e-9;

impl Walk<'_> {
    pub(super) fn correlation(&mut self, indicators: &IndexMap<String, Indicator>) -> Option<Correlated> {
        let draft = self.draft;
        self.factors();
        match &draft.correlation {
            Some(CorrelationDraft::Factors) => {
                if draft.factor.is_empty() {
                    self.refuse(
                        "correlation",
                        "correlation is by factors, but no factor is given",
                        "add `[factor.demand]` with its loads, or write `correlation = \"independent\"`",
                    );
                }
                let loads = draft.factor.iter().map(|(id, factor)| (id.clone(), factor.load.clone()));
                return Some(Correlated::Factors(loads.collect()));
            }
            Some(_) if !draft.factor.is_empty() => {
                let ids: Vec<&str> = draft.factor.keys().map(String::as_str).collect();
                self.refuse(
                    "correlation",
                    format!("factors are given ({}), but the correlation is stated otherwise; it must be one of the two", ids.join(", ")),
                    "write `correlation = \"factors\"`, or leave the factors out",
                );
            }
            _ => {}
        }
        match &draft.correlation {
            Some(CorrelationDraft::Matrix(matrix)) => self.matrix(matrix),
            Some(CorrelationDraft::Pairs(pairs)) => self.pairs(pairs),
            Some(CorrelationDraft::Shrunk(shrunk)) => self.shrunk(shrunk, indicators),
            Some(CorrelationDraft::Independent | CorrelationDraft::Factors) => Some(Correlated::Independent),
            None => {
                self.unstated();
                Some(Correlated::Independent)
            }
        }
    }

    /// Silence is no answer once two indicators are uncertain: independence is the strongest claim of all.
    fn unstated(&mut self) {
        let draft = self.draft;
        let noisy: Vec<&str> =
            draft.indicator.keys().map(String::as_str).filter(|id| self.noisy(id)).collect();
        if noisy.len() < 2 {
            return;
        }
        let named =
            if noisy.len() <= 4 { noisy.join(", ") } else { format!("{}, …", noisy[..4].join(", ")) };
        let remedy = if draft.factor.is_empty() {
            "state it with `[correlation.matrix]`, `[correlation.pairs]` or factors, or estimate it with `[correlation.shrunk]`; if none is meant, write `correlation = \"independent\"`"
        } else {
            "write `correlation = \"factors\"` to use the factors given"
        };
        self.refuse(
            "correlation",
            format!("no correlation is given, but {} indicators are uncertain ({named})", noisy.len()),
            remedy,
        );
    }

    fn factors(&mut self) {
        let draft = self.draft;
        let mut squares: IndexMap<&str, f64> = IndexMap::new();
        for (id, factor) in &draft.factor {
            let path = under("factor", id);
            self.id(&path, id, Hyphen::Refused);
            self.texts(&path, &[("name", Some(&factor.name)), ("name_zh", factor.name_zh.as_ref())]);
            let path = under(&path, "load");
            if factor.load.is_empty() {
                self.fault(&path, "load is empty; a factor must load on at least one indicator");
            }
            for (indicator, load) in &factor.load {
                let path = under(&path, indicator);
                let sound = self.number(&path, "load", *load, &Rule::any().at_least(-1.0).at_most(1.0));
                if !self.correlated(&path, indicator) || !sound {
                    continue;
                }
                let sum = squares.entry(indicator).or_insert(0.0);
                let before = *sum;
                *sum += load * load;
                if before <= 1.0 + ROUNDING && *sum > 1.0 + ROUNDING {
                    let sum = *sum;
                    self.refuse(
                        path,
                        format!(
                            "the squared loads of `{indicator}` add up to {}; they must be at most 1",
                            short(sum)
                        ),
                        "a load is a correlation with the factor; their squares are shares of the variance",
                    );
                }
            }
        }
    }

    /// Whether an indicator has an innovation that can be correlated. One whose volatility is 0 just now is
    /// passed over with a notice, so that a variant can switch noise off.
    pub(super) fn correlated(&mut self, path: &str, id: &str) -> bool {
        if !self.known(path, id) {
            return false;
        }
        let formula = self.draft.indicator.get(id).is_some_and(|i| i.formula.is_some());
        if formula {
            self.refuse(
                path,
                format!("`{id}` is a formula and has no innovation that could be correlated"),
                "name the indicators that the formula is made of",
            );
        } else if !self.noisy(id) {
            let notice = format!("correlation: {id} has volatility 0, so its correlation has no effect");
            if !self.notices.contains(&notice) {
                self.notices.push(notice);
            }
        }
        !formula
    }

    fn matrix(&mut self, matrix: &MatrixDraft) -> Option<Correlated> {
        let path = "correlation.matrix";
        let names = under(path, "indicators");
        let before = self.faults.len();
        let mut once = IndexSet::new();
        for (k, id) in matrix.indicators.iter().enumerate() {
            let place = format!("{names}[{k}]");
            self.correlated(&place, id);
            if !once.insert(id) {
                self.fault(place, format!("`{id}` stands twice; each indicator has one row"));
            }
        }
        if matrix.indicators.is_empty() {
            self.fault(&names, "indicators is empty; a matrix needs at least one");
        }
        let rows = under(path, "rows");
        if matrix.rows.len() != matrix.indicators.len() {
            self.fault(
                &rows,
                format!(
                    "rows has {} rows; it must have {}, one for each of indicators",
                    matrix.rows.len(),
                    matrix.indicators.len()
                ),
            );
        }
        if self.faults.len() > before {
            return None;
        }
        self.definite(&rows, matrix.indicators.clone(), matrix.rows.clone(), matrix.repair)
    }

    fn pairs(&mut self, pairs: &PairsDraft) -> Option<Correlated> {
        let path = "correlation.pairs.of";
        let before = self.faults.len();
        let mut named: IndexSet<&str> = IndexSet::new();
        let mut entries: IndexMap<(usize, usize), f64> = IndexMap::new();
        if pairs.of.is_empty() {
            self.refuse(
                path,
                "no pair is given; at least one is needed",
                "if none is meant, write `correlation = \"independent\"`",
            );
        }
        for (k, (a, b, r)) in pairs.of.iter().enumerate() {
            let place = format!("{path}[{k}]");
            for (end, id) in [a, b].into_iter().enumerate() {
                if !named.contains(id.as_str()) {
                    self.correlated(&format!("{place}[{end}]"), id);
                }
            }
            let (i, j) = (named.insert_full(a).0, named.insert_full(b).0);
            self.number(
                &format!("{place}[2]"),
                &format!("the correlation of {a} and {b}"),
                *r,
                &Rule::any().at_least(-1.0).at_most(1.0),
            );
            if a == b {
                self.fault(place, format!("`{a}` is paired with itself"));
            } else if entries.insert((i.min(j), i.max(j)), *r).is_some() {
                self.refuse(place, format!("the pair {a}, {b} stands twice"), "keep one of the two");
            }
        }
        if self.faults.len() > before {
            return None;
        }
        let n = named.len();
        let mut rows = vec![vec![0.0; n]; n];
        for (i, row) in rows.iter_mut().enumerate() {
            row[i] = 1.0;
        }
        for ((i, j), r) in entries {
            rows[i][j] = r;
            rows[j][i] = r;
        }
        let indicators = named.into_iter().map(str::to_owned).collect();
        self.definite(path, indicators, rows, pairs.repair)
    }

    /// Positive semi-definite as it is, or made so on request and reported.
    fn definite(
        &mut self,
        path: &str,
        indicators: Vec<String>,
        rows: Vec<Vec<f64>>,
        repair: bool,
    ) -> Option<Correlated> {
        let checked = if repair {
            nearest(&rows).map(|(correlation, report)| {
                if report.largest_change > 0.0 {
                    self.notices.push(format!(
                        "correlation: the matrix given is no correlation matrix (smallest eigenvalue {}); the nearest one is used, no entry changes by more than {}",
                        short(report.smallest_eigenvalue_before),
                        short(report.largest_change)
                    ));
                }
                correlation
            })
        } else {
            Correlation::new(&rows)
        };
        match checked {
            Ok(correlation) => {
                let n = correlation.size();
                let rows = correlation.entries().chunks(n.max(1)).map(<[f64]>::to_vec).collect();
                Some(Correlated::Matrix { indicators, rows })
            }
            Err(fault) => {
                // Where the nearest one exists, shape and entries are in order and only the eigenvalue is not.
                let remedy = match nearest(&rows) {
                    Ok((_, report)) => Some(format!(
                        "write `repair = true` to take the nearest correlation matrix, where no entry changes by more than {}, or move the entries towards 0",
                        short(report.largest_change)
                    )),
                    Err(_) => fault.remedy,
                };
                self.faults.push(Fault { path: format!("{path}{}", fault.path), remedy, ..fault });
                None
            }
        }
    }
}
