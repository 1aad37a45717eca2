//! The rows of each run in order of tokens: the checkpoint nearest to a budget is found without looking at every row.

use super::observations::Observations;
use crate::order;
use serde::{Deserialize, Serialize};

/// Rows by run and, within a run, by tokens; rows of equal tokens stay in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ByRun {
    /// Rows, run by run.
    rows: Vec<u32>,
    /// Where each run's rows end.
    ends: Vec<u32>,
}

impl ByRun {
    /// The rows of these observations. Takes a step a row where a run's rows come in order of tokens, as they mostly do.
    pub fn of(all: &Observations) -> Self {
        let mut ends = vec![0u32; all.runs.len()];
        for run in &all.run {
            if let Some(count) = ends.get_mut(*run as usize) {
                *count += 1;
            }
        }
        let mut end = 0;
        let mut next: Vec<u32> = Vec::with_capacity(ends.len());
        for count in &mut ends {
            next.push(end);
            end += *count;
            *count = end;
        }
        let mut by_run = Self { rows: vec![0; end as usize], ends };
        for (row, run) in (0u32..).zip(&all.run) {
            if let Some(place) = next.get_mut(*run as usize) {
                by_run.rows[*place as usize] = row;
                *place += 1;
            }
        }
        if let Some(tokens) = &all.tokens {
            for run in 0..by_run.ends.len() {
                let (from, to) = by_run.span(run);
                let rows = &mut by_run.rows[from..to];
                if !rows.is_sorted_by(|a, b| tokens[*a as usize] <= tokens[*b as usize]) {
                    let at = |place: usize| tokens[rows[place] as usize];
                    let order = order::positions(rows.len(), &|a, b| at(a).total_cmp(&at(b)));
                    let sorted: Vec<u32> = order.into_iter().map(|place| rows[place]).collect();
                    rows.copy_from_slice(&sorted);
                }
            }
        }
        by_run
    }

    /// From what [`ByRun::order`] and [`ByRun::ends`] gave.
    pub fn from_parts(rows: Vec<u32>, ends: Vec<u32>) -> Self {
        Self { rows, ends }
    }

    /// All rows, run by run.
    pub fn order(&self) -> &[u32] {
        &self.rows
    }

    /// Where each run's rows end in that order.
    pub fn ends(&self) -> &[u32] {
        &self.ends
    }

    /// The rows of a run; none of a run there is not.
    pub fn rows(&self, run: usize) -> &[u32] {
        let (from, to) = self.span(run);
        self.rows.get(from..to).unwrap_or_default()
    }

    fn span(&self, run: usize) -> (usize, usize) {
        let end = |run: usize| self.ends.get(run).map_or(0, |end| *end as usize);
        (run.checked_sub(1).map_or(0, end), end(run))
    }
}

#[cfg(test)]
mod tests {
    use super::ByRun;
    use crate::table::Observations;

    #[test]
    fn rows_go_by_run_and_tokens() {
        let all = Observations {
            run: vec![1, 0, 1, 0, 1],
            runs: vec!["a".to_owned(), "b".to_owned(), "empty".to_owned()],
            tokens: Some(vec![2e9, 1e9, 1e9, 1e9, 3e9]),
            ..Observations::default()
        };
        let by_run = ByRun::of(&all);
        assert_eq!(by_run.rows(0), [1, 3], "equal tokens stay as in the file");
        assert_eq!(by_run.rows(1), [2, 0, 4]);
        assert!(by_run.rows(2).is_empty() && by_run.rows(3).is_empty());
        assert!(ByRun::of(&Observations::default()).rows(0).is_empty());
    }
}
