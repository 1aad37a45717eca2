//! The frontier: what the general loss weighs against the domain loss.

use super::field::{Field, Input, always};
use super::read;
use super::row::RowParts;
use crate::reply::Topic;

static FIELDS: [Field; 1] = [Field {
    label: "Weight of the general loss",
    input: Input::Slider,
    show: |choices| format!("{:.0}", choices.weight * 100.0),
    read: |choices, text| read::set(&mut choices.weight, read::plain(text).map(|weight| weight / 100.0)),
    when: always,
    expected: "",
}];

/// The row.
pub fn parts_of_row() -> RowParts {
    RowParts {
        topic: Topic::Frontier,
        title: "Frontier",
        about: "General against domain loss over all ratios at this what-if’s size and tokens. The knee is where one starts to \
                cost more than the other gains; the weights choose where you stand.",
        fields: &FIELDS,
        more: None,
    }
}
