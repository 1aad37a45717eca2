//! The trade-off: how much the general loss may rise.

use super::field::{Field, Input, always};
use super::read;
use super::row::RowParts;
use crate::decide::{Choices, Limit};
use crate::quantity::significant;
use crate::reply::Topic;

const BASE: &str = "over the base model’s";
const START: &str = "over a loss I type";
const ABSOLUTE: &str = "to a loss I type";

/// The limit's choices, which an allocation and limited data share.
pub static FIELDS: [Field; 3] = [
    Field {
        label: "General loss may rise",
        input: Input::Menu(|| [BASE, START, ABSOLUTE].map(str::to_owned).to_vec()),
        show: |choices| {
            let way = match choices.limit {
                Limit::OverBase { .. } => BASE,
                Limit::OverStart { .. } => START,
                Limit::Absolute { .. } => ABSOLUTE,
            };
            way.to_owned()
        },
        read: |choices, text| {
            let (rise, loss) = parts(choices);
            choices.limit = match text {
                START => Limit::OverStart { rise, start: loss },
                ABSOLUTE => Limit::Absolute { loss },
                _ => Limit::OverBase { rise },
            };
            true
        },
        when: always,
        expected: "",
    },
    Field {
        label: "By at most",
        input: Input::Rise,
        show: |choices| format!("{} %", significant(100.0 * parts(choices).0, 6)).replace('-', "−"),
        read: |choices, text| {
            let (mut rise, _) = parts(choices);
            let known = read::set(&mut rise, read::rise(text));
            match &mut choices.limit {
                Limit::OverBase { rise: kept } | Limit::OverStart { rise: kept, .. } => *kept = rise,
                Limit::Absolute { .. } => {}
            }
            known
        },
        when: |choices| !matches!(choices.limit, Limit::Absolute { .. }),
        expected: "Type a rise such as 3 % or 0.03.",
    },
    Field {
        label: "Loss",
        input: Input::Loss,
        show: |choices| parts(choices).1.to_string(),
        read: |choices, text| match &mut choices.limit {
            Limit::OverStart { start: kept, .. } | Limit::Absolute { loss: kept } => {
                read::set(kept, read::positive(text))
            }
            Limit::OverBase { .. } => false,
        },
        when: |choices| !matches!(choices.limit, Limit::OverBase { .. }),
        expected: "",
    },
];

/// A typed loss before one was typed: of the order of the losses people have.
const LOSS: f64 = 3.0;

/// The rise and the loss of a limit, whichever it has; the others as they start.
fn parts(choices: &Choices) -> (f64, f64) {
    let first = if let Limit::OverBase { rise } = Limit::default() { rise } else { 0.0 };
    match choices.limit {
        Limit::OverBase { rise } => (rise, LOSS),
        Limit::OverStart { rise, start } => (rise, start),
        Limit::Absolute { loss } => (first, loss),
    }
}

/// The row.
pub fn parts_of_row() -> RowParts {
    RowParts {
        topic: Topic::TradeOff,
        title: "Trade-off",
        about: "The domain ratio that lowers the domain loss most, at this what-if’s size and tokens, while the general loss \
                stays within a limit. The chart shades where it does.",
        fields: &FIELDS,
        more: None,
    }
}
