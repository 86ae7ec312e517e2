//! The nearest word to one that is not known.

/// What to do about an unknown id: the nearest known one, or all of them.
pub(super) fn remedy<'a>(word: &str, known: impl Iterator<Item = &'a str> + Clone, what: &str) -> String {
    if let Some(near) = nearest(word, known.clone()) {
        return format!("did you mean `{near}`?");
    }
    let all: Vec<&str> = known.collect();
    match all.len() {
        0 => format!("there are no {what} yet"),
        n if n <= 12 => format!("the {what} are {}", all.join(", ")),
        n => format!("the {n} {what} begin with {}", all[..12].join(", ")),
    }
}

/// The known word that takes the fewest edits, if they are few for its length.
pub(in crate::scenario) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = word.to_lowercase().chars().take(64).collect();
    let most = (wanted.len() / 3).max(1);
    known
        .map(|candidate| (edits(&wanted, candidate), candidate))
        .filter(|(edits, _)| *edits <= most)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// Letters inserted, left out, replaced or swapped with their neighbour
/// (optimal string alignment: Damerau 1964, Communications of the ACM 7(3)).
fn edits(a: &[char], b: &str) -> usize {
    let b: Vec<char> = b.to_lowercase().chars().take(64).collect();
    let mut before: Vec<usize> = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + same);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_recognised_and_another_word_is_not() {
        let known = ["gdp", "employment", "retail_sales"];
        assert_eq!(nearest("empolyment", known.into_iter()), Some("employment"));
        assert_eq!(nearest("retail_sale", known.into_iter()), Some("retail_sales"));
        assert_eq!(nearest("GDP", known.into_iter()), Some("gdp"));
        assert_eq!(nearest("carbon", known.into_iter()), None);
        assert_eq!(
            remedy("carbon", known.into_iter(), "indicators"),
            "the indicators are gdp, employment, retail_sales"
        );
    }
}
