//! Limited domain data: how many tokens exist, how often each may be seen.

use super::field::{Field, Input, always};
use super::read;
use super::row::RowParts;
use crate::decide::choices::Keeps;
use crate::decide::words::percent;
use crate::quantity::Tokens;
use crate::reply::Topic;

const FREE: &str = "leave it free";
const LIMIT: &str = "keep the trade-off’s limit";

static FIELDS: [Field; 5] = [
    Field {
        label: "Domain tokens that exist",
        input: Input::Text,
        show: |choices| choices.domain_tokens.map(|tokens| Tokens(tokens).to_string()).unwrap_or_default(),
        read: |choices, text| read::optional(&mut choices.domain_tokens, text, read::tokens),
        when: always,
        expected: "Type a number of tokens above 0 such as 5B.",
    },
    Field {
        label: "Each may be seen, times",
        input: Input::Text,
        show: |choices| choices.epochs.to_string(),
        read: |choices, text| {
            let whole = read::plain(text).filter(|times| (1.0..=64.0).contains(times) && times.fract() == 0.0);
            read::set(&mut choices.epochs, whole.map(|times| times as u32))
        },
        when: always,
        expected: "Type a whole number from 1 to 64.",
    },
    Field {
        label: "Most tokens in all",
        input: Input::Text,
        show: |choices| choices.most_tokens.map(|tokens| Tokens(tokens).to_string()).unwrap_or_default(),
        read: |choices, text| read::optional(&mut choices.most_tokens, text, read::tokens),
        when: always,
        expected: "Type a number of tokens such as 100B, or nothing for twenty times the largest measured.",
    },
    Field {
        label: "General loss",
        input: Input::Menu(|| [FREE, LIMIT].map(str::to_owned).to_vec()),
        show: |choices| if choices.limited_keeps == Keeps::Limit { LIMIT } else { FREE }.to_owned(),
        read: |choices, text| {
            choices.limited_keeps = if text == LIMIT { Keeps::Limit } else { Keeps::Free };
            true
        },
        when: always,
        expected: "",
    },
    Field {
        label: "A pass pays above a gain of",
        input: Input::Text,
        show: |choices| percent(choices.least_gain),
        read: |choices, text| read::set(&mut choices.least_gain, read::share(text)),
        when: |choices| choices.epochs > 1,
        expected: "Type a gain such as 0.1 %.",
    },
];

/// The row.
pub fn parts_of_row() -> RowParts {
    RowParts {
        topic: Topic::Limited,
        title: "Limited domain data",
        about: "The best ratio and the tokens in all where only so many domain tokens exist, and where repeating them stops \
                paying.",
        fields: &FIELDS,
        more: None,
    }
}
