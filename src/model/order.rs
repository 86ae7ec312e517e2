//! The order of evaluation within a year: what is needed in the same year comes first.

use indexmap::IndexSet;

/// Sorts `0..needs.len()` so that everything in `needs[i]` comes before `i`; otherwise the order of the
/// file is kept. `None` when there is a loop, which the validator has refused before.
pub(crate) fn order(needs: &[Vec<usize>]) -> Option<Vec<usize>> {
    let mut done: IndexSet<usize> = IndexSet::with_capacity(needs.len());
    while done.len() < needs.len() {
        let before = done.len();
        for (i, needed) in needs.iter().enumerate() {
            if !done.contains(&i) && needed.iter().all(|j| done.contains(j)) {
                done.insert(i);
            }
        }
        if done.len() == before {
            return None;
        }
    }
    Some(done.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn needs_come_first_and_the_rest_keeps_its_order() {
        assert_eq!(order(&[vec![2], vec![], vec![1], vec![]]), Some(vec![1, 2, 3, 0]));
        assert_eq!(order(&[vec![1], vec![0]]), None);
    }
}
