//! Continued or from scratch: the compute that each kind of run spends best.

use super::allocate::typed;
use super::field::{Field, Input, always};
use super::read;
use super::row::RowParts;
use crate::reply::Topic;

static FIELDS: [Field; 1] = [Field {
    label: "Compute, FLOPs",
    input: Input::Text,
    show: |choices| choices.start_flops.map(typed).unwrap_or_default(),
    read: |choices, text| read::optional(&mut choices.start_flops, text, read::positive),
    when: always,
    expected: "Type FLOPs above 0 such as 1e21, or nothing for what the what-if takes.",
}];

/// The row.
pub fn parts_of_row() -> RowParts {
    RowParts {
        topic: Topic::Start,
        title: "Continued or from scratch?",
        about: "What a run that continues a trained model saves at equal loss, from how many tokens on training from scratch is \
                better, and the best size of each for the same compute.",
        fields: &FIELDS,
        more: None,
    }
}
