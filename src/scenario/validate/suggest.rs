//! What to do about a word that is not known.

use crate::scenario::nearest::nearest;

/// What to do about an unknown id: the nearest known one, or all of them.
pub(in crate::scenario) fn remedy<'a>(
    word: &str,
    known: impl Iterator<Item = &'a str> + Clone,
    what: &str,
) -> String {
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

#[cfg(test)]
mod tests {
    use super::remedy;

    #[test]
    fn a_word_unlike_all_others_gets_the_list() {
        let known = ["gdp", "employment"].into_iter();
        assert_eq!(remedy("gpd", known.clone(), "indicators"), "did you mean `gdp`?");
        assert_eq!(remedy("carbon", known, "indicators"), "the indicators are gdp, employment");
    }
}
