//! The word that was meant by a misspelt one.

/// The known word with the fewest letters inserted, left out, replaced or swapped, where these are few for its length.
pub(in crate::scenario) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // Comparing takes the product of the lengths, and a hostile file may have long words.
    let short = |word: &str| word.chars().take(64).collect::<String>().to_lowercase();
    let wanted = short(word);
    let near =
        known.map(|known| (strsim::osa_distance(&wanted, &short(known)), known)).min_by_key(|(d, _)| *d)?;
    let shortest = wanted.chars().count().min(near.1.chars().count());
    (near.0 <= 1 + shortest / 4 && near.0 < shortest).then_some(near.1)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_finger_is_recognised_and_another_word_is_not() {
        let known = ["gdp", "employment", "retail_sales"];
        assert_eq!(nearest("empolyment", known.into_iter()), Some("employment"));
        assert_eq!(nearest("retail_sale", known.into_iter()), Some("retail_sales"));
        assert_eq!(nearest("GDP", known.into_iter()), Some("gdp"));
        assert_eq!(nearest("carbon", known.into_iter()), None);
    }
}
