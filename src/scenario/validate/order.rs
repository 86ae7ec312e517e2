//! Loops among things that need each other: indicators within a year, combinations of targets.

use indexmap::IndexMap;

/// How far the search has come with one of them.
#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

/// Every loop that closes on the way of a depth-first search in the order given, each as `a, b, a`. Empty exactly when
/// an order exists in which each comes after those that it needs. Needs that are not among the keys are passed over.
pub(super) fn loops(needs: &IndexMap<&str, Vec<String>>) -> Vec<Vec<String>> {
    let mut state = vec![State::New; needs.len()];
    let mut found = Vec::new();
    for start in 0..needs.len() {
        if state[start] != State::New {
            continue;
        }
        // (which, how many of its needs were looked at); a list of our own, as plans may be deeper than the stack.
        let mut open = vec![(start, 0)];
        state[start] = State::Open;
        while let Some((at, next)) = open.last_mut() {
            let at = *at;
            let need = needs[at].get(*next);
            *next += 1;
            let Some(need) = need else {
                state[at] = State::Done;
                open.pop();
                continue;
            };
            let Some(other) = needs.get_index_of(need.as_str()) else { continue };
            match state[other] {
                State::New => {
                    state[other] = State::Open;
                    open.push((other, 0));
                }
                State::Open => {
                    let from = open.iter().position(|(which, _)| *which == other).unwrap_or(0);
                    let ring = open[from..].iter().map(|(which, _)| *which).chain([other]);
                    found.push(
                        ring.filter_map(|which| needs.get_index(which))
                            .map(|(id, _)| id.to_string())
                            .collect(),
                    );
                }
                State::Done => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rings(needs: &[(&'static str, &[&str])]) -> Vec<String> {
        let needs =
            needs.iter().map(|(id, of)| (*id, of.iter().map(|id| id.to_string()).collect())).collect();
        loops(&needs).iter().map(|ring| ring.join(" -> ")).collect()
    }

    #[test]
    fn every_loop_is_named_in_full_and_a_diamond_is_none() {
        assert_eq!(rings(&[("a", &["b", "c"]), ("b", &["d"]), ("c", &["d"]), ("d", &["x"])]), [""; 0]);
        assert_eq!(rings(&[("a", &["b"]), ("b", &["c"]), ("c", &["b"])]), ["b -> c -> b"]);
        assert_eq!(rings(&[("a", &["a"])]), ["a -> a"]);
        assert_eq!(rings(&[("a", &["b"]), ("b", &["a"]), ("c", &["d"]), ("d", &["c"])]).len(), 2);
    }

    #[test]
    fn a_very_long_chain_is_no_trouble() {
        let ids: Vec<String> = (0..100_000).map(|i| format!("i{i}")).collect();
        let chain = ids.iter().zip(ids.iter().skip(1)).map(|(a, b)| (a.as_str(), vec![b.clone()])).collect();
        assert!(loops(&chain).is_empty());
    }
}
