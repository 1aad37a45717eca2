//! Sorting by three shared routines. The standard library's sorts are compiled anew for every element type and every
//! comparison, some 4 KB of WebAssembly each, and nothing here sorts where that speed would be felt.

use std::cmp::Ordering;

/// Sorts numbers, the smallest first; NaN last.
pub fn ascending(values: &mut [f64]) {
    values.sort_unstable_by(f64::total_cmp);
}

/// The numbers `0..length` in the order that `compare` gives them; equal ones stay as they were.
pub fn positions(length: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut positions: Vec<usize> = (0..length).collect();
    positions.sort_unstable_by(|&a, &b| compare(a, b).then(a.cmp(&b)));
    positions
}

/// Sorts anything; equal items keep their order.
pub fn sort_by<T>(items: &mut Vec<T>, compare: impl Fn(&T, &T) -> Ordering) {
    let order = positions(items.len(), &|a, b| compare(&items[a], &items[b]));
    let mut taken: Vec<Option<T>> = std::mem::take(items).into_iter().map(Some).collect();
    items.extend(order.into_iter().filter_map(|at| taken[at].take()));
}

#[cfg(test)]
mod tests {
    use super::{ascending, positions, sort_by};

    #[test]
    fn sorts_stably_and_puts_nan_last() {
        let mut values = [2.0, f64::NAN, -1.0, f64::INFINITY];
        ascending(&mut values);
        assert_eq!(values[..3], [-1.0, 2.0, f64::INFINITY]);
        assert!(values[3].is_nan());

        let keys = [3, 1, 3, 1, 2];
        assert_eq!(positions(5, &|a, b| keys[a].cmp(&keys[b])), [1, 3, 4, 0, 2]);

        let mut words = vec!["pear", "fig", "plum", "kiwi", "yam"];
        sort_by(&mut words, |a, b| a.len().cmp(&b.len()));
        assert_eq!(words, ["fig", "yam", "pear", "plum", "kiwi"]);
    }
}
