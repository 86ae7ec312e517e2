//! Values of neighbouring tasks, merged along a fixed binary tree.
//!
//! Sums of floating-point numbers depend on where the brackets stand. Here they stand in fixed places: task k is leaf
//! k, and a node of height h holds the 2^h leaves from a multiple of 2^h on, merged from its two halves. Tasks from
//! a to b are held as the largest such nodes that fit between them, some 2 log2(b - a) at most, whatever
//! the order in which they came; so ranges that meet can be merged, and the bits are those of the whole.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Heights below this are possible: more leaves than any run has tasks.
const HEIGHTS: u32 = 48;

/// The largest aligned nodes of a range of leaves, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Forest<T> {
    nodes: Vec<Node<T>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Node<T> {
    first: u64,
    height: u32,
    value: T,
}

impl<T> Node<T> {
    /// One beyond the last leaf.
    fn end(&self) -> u64 {
        self.first + (1 << self.height)
    }

    /// Whether the two are the halves of a node.
    fn pairs_with(&self, right: &Self) -> bool {
        self.height == right.height && self.first >> self.height & 1 == 0 && self.end() == right.first
    }
}

impl<T> Forest<T> {
    /// Of no leaf.
    pub(crate) fn new() -> Self {
        Self { nodes: Vec::new() }
    }

    /// Adds the leaf after the last one.
    pub(crate) fn push(&mut self, leaf: u64, value: T, merge: impl Fn(&mut T, T)) {
        self.push_node(Node { first: leaf, height: 0, value }, &merge);
    }

    /// Adds the leaves after the last one.
    pub(crate) fn append(&mut self, later: Self, merge: impl Fn(&mut T, T)) {
        for node in later.nodes {
            self.push_node(node, &merge);
        }
    }

    fn push_node(&mut self, mut node: Node<T>, merge: &impl Fn(&mut T, T)) {
        while let Some(mut left) = self.nodes.pop_if(|left| left.pairs_with(&node)) {
            merge(&mut left.value, node.value);
            node = Node { first: left.first, height: left.height + 1, value: left.value };
        }
        self.nodes.push(node);
    }

    /// All of it as one value: the nodes that are left, merged in order. None without leaves.
    pub(crate) fn fold(self, merge: impl Fn(&mut T, T)) -> Option<T> {
        self.nodes.into_iter().map(|node| node.value).reduce(|mut total, later| {
            merge(&mut total, later);
            total
        })
    }

    /// Whether it holds just these leaves in the one way in which they can be held: what was read may say anything.
    pub(crate) fn holds(&self, leaves: &Range<u64>) -> bool {
        let mut next = leaves.start;
        for node in &self.nodes {
            let aligned = node.height < HEIGHTS && node.first.is_multiple_of(1 << node.height);
            if !aligned || node.first != next || node.first >= leaves.end {
                return false;
            }
            next = node.end();
        }
        next == leaves.end && !self.nodes.windows(2).any(|pair| pair[0].pairs_with(&pair[1]))
    }

    /// The values with the leaves that each holds.
    pub(crate) fn values(&self) -> impl Iterator<Item = (Range<u64>, &T)> {
        self.nodes.iter().map(|node| (node.first..node.end(), &node.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Writes the brackets out, so that nothing but the same tree is equal.
    fn brackets(left: &mut String, right: String) {
        *left = format!("({left} {right})");
    }

    fn of(leaves: Range<u64>) -> Forest<String> {
        let mut forest = Forest::new();
        leaves.for_each(|leaf| forest.push(leaf, leaf.to_string(), brackets));
        forest
    }

    #[test]
    fn brackets_stand_at_powers_of_two() {
        assert_eq!(of(0..6).fold(brackets).as_deref(), Some("(((0 1) (2 3)) (4 5))"));
        assert_eq!(of(0..7).fold(brackets).as_deref(), Some("((((0 1) (2 3)) (4 5)) 6)"));
        assert_eq!(of(3..9).fold(brackets).as_deref(), Some("((3 ((4 5) (6 7))) 8)"));
        assert_eq!(of(4..4).fold(brackets), None);
    }

    #[test]
    fn a_range_is_held_by_few_nodes() {
        // At most two of each height.
        assert!(of(1..1023).nodes.len() <= 20);
        assert_eq!(of(0..1024).nodes.len(), 1);
    }

    #[test]
    fn what_does_not_hold_its_leaves_is_seen() {
        let sound = of(3..9);
        assert!(sound.holds(&(3..9)) && !sound.holds(&(3..10)) && !sound.holds(&(2..9)));
        assert!(of(5..5).holds(&(5..5)) && !of(5..5).holds(&(5..6)));
        let node = |first, height| Node { first, height, value: String::new() };
        for nodes in [
            // A gap, an overlap, a height that is none, one out of line, two halves that were not merged.
            vec![node(0, 1), node(3, 0)],
            vec![node(0, 1), node(1, 0), node(2, 1)],
            vec![node(0, 64)],
            vec![node(1, 1), node(3, 0)],
            vec![node(0, 1), node(2, 1)],
        ] {
            let forest = Forest { nodes };
            assert!(!forest.holds(&(0..4)) && !forest.holds(&(1..4)), "{forest:?}");
        }
    }

    proptest! {
        #[test]
        fn any_split_merged_in_any_order_is_the_whole(
            first in 0_u64..70,
            lengths in prop::collection::vec(0_u64..40, 1..9),
            order in prop::collection::vec(any::<prop::sample::Index>(), 8),
        ) {
            let mut end = first;
            let mut parts: Vec<Forest<String>> = lengths.iter().map(|length| {
                end += length;
                of(end - length..end)
            }).collect();
            // Neighbours are merged, now here and now there, until one is left.
            for at in order {
                if parts.len() > 1 {
                    let left = at.index(parts.len() - 1);
                    let right = parts.remove(left + 1);
                    parts[left].append(right, brackets);
                }
            }
            let whole = of(first..end);
            prop_assert!(parts[0].holds(&(first..end)));
            prop_assert_eq!(&parts[0], &whole);
        }
    }
}
