//! "Should we at all?": every evaluation set of the file against the base model.

use super::row::RowParts;
use crate::reply::Topic;

/// The row.
pub fn parts_of_row() -> RowParts {
    RowParts {
        topic: Topic::Tasks,
        title: "Should we at all?",
        about: "What this what-if changes on every evaluation set of the file. A set gains or loses where the interval of a new \
                run does not hold zero.",
        fields: &[],
        more: None,
    }
}
