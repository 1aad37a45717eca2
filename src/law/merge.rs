//! Merging the adapted model with its base at a weight `w`: `L(w) = a + b w + c w²`.
//!
//! Each metric as a quadratic in the weight between the measured ends, which needs three or more weights (a convention of
//! the model-merging literature, no single paper's law). The weight stands where the ratio stands, so the trade-off treats
//! it as it treats the ratio; whether a loss rises or falls with it is the data's business, so nothing is checked.
//! `L` in nats per token, `w` from 0 (the base) to 1 (the adapted model).

use super::vocabulary::signed_coefficient;
use super::{Definition, Factor, Input, Need, Term};

/// The quadratic of the merge weight, three parameters.
pub static QUADRATIC_MERGE: Definition = Definition {
    id: "quadratic-merge",
    name: "Quadratic in the merge weight",
    citation: "a convention: a quadratic through three or more merges",
    uncertain: "No paper’s law; it says nothing outside the measured weights.",
    needs: &[Need::Varies(Input::Ratio), Need::Choice],
    parameters: &[
        signed_coefficient("a", "a", "loss at weight 0"),
        signed_coefficient("b", "b", "slope there"),
        signed_coefficient("c", "c", "bend"),
    ],
    terms: &[
        Term::constant(0),
        Term::product(1, &[Factor::Fixed { input: Input::Ratio, power: 1.0 }], &[]),
        Term::product(2, &[Factor::Fixed { input: Input::Ratio, power: 2.0 }], &[]),
    ],
    collapse: &[&[(Input::Ratio, 1, 0.0), (Input::Ratio, 2, 0.0)]],
    ..Definition::PLAIN
};
