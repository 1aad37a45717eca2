//! Data mixing laws: `L_i(r) = c_i + k_i e^(Σ_j t_ij r_j)` over any number of corpora.
//!
//! Ye et al., "Data Mixing Laws", ICLR 2025, arXiv 2403.16952; the formula is the paper's. At one size and one budget:
//! on a file with several it fits their average. `L` in nats per token, `r_j` the share of corpus `j`.
//!
//! Shares add up to one, so a number added to every `t` is a factor of `k`: the first corpus' `t` is held at 0 and the
//! others are relative to it. With two corpora that leaves `c + k e^(t r)` in the loss's own share, [`DATA_MIXING`]. The
//! paper allows either sign of `k`; here it is not negative, so the loss is convex in the shares, as in all of the
//! paper's own fits.

use super::checks::rises_with_ratio;
use super::vocabulary::{IRREDUCIBLE, coefficient, rate};
use super::{Definition, Factor, Input, Need, Parameter, Term};

const C: usize = 0;
const K: usize = 1;
const T: usize = 2;

/// From so many corpora on a mixture is more than one ratio, which is all that the law of two knows.
pub const SEVERAL: u8 = 3;

/// `k`, the weight of the mixture's term.
const WEIGHT: Parameter = coefficient("k", "k", "weight of the mixture");

/// The law of two corpora, three parameters.
pub static DATA_MIXING: Definition = Definition {
    id: "data-mixing",
    name: "Data mixing, exponential",
    citation: "Ye et al., Data Mixing Laws, ICLR 2025, arXiv 2403.16952",
    uncertain: "The paper allows a negative k; here it is not.",
    needs: &[Need::Varies(Input::Ratio), Need::Single(Input::Size), Need::Single(Input::Tokens)],
    parameters: &[IRREDUCIBLE, WEIGHT, rate("t", "t", "effect of the corpus’ own share")],
    terms: &[Term::constant(C), Term::product(K, &[Factor::Exp { input: Input::Ratio, rate: T }], &[])],
    collapse: &[&[(Input::Ratio, K, 0.0), (Input::Ratio, T, 0.0)]],
    check: rises_with_ratio,
    ..Definition::PLAIN
};

#[cfg(any(not(target_arch = "wasm32"), not(feature = "page"), feature = "workbench"))]
pub use many::{by_id, over};

#[cfg(any(not(target_arch = "wasm32"), not(feature = "page"), feature = "workbench"))]
mod many {
    use super::{C, DATA_MIXING, Definition, Factor, IRREDUCIBLE, Input, K, Need, T, Term, WEIGHT, rate};
    use crate::law::Law;
    use std::collections::BTreeMap;
    use std::sync::{Mutex, PoisonError};

    /// The laws that were asked for, by the number of corpora. A law lives as long as the program: one a number.
    static MADE: Mutex<BTreeMap<u8, &'static Definition>> = Mutex::new(BTreeMap::new());

    /// Most corpora of a law: RegMix mixes 17, the Pile has 22.
    const MOST: u8 = 64;

    /// The law of that id: `data-mixing-7` is that of seven corpora.
    pub fn by_id(id: &str) -> Option<&'static dyn Law> {
        let count: u8 = id.strip_prefix("data-mixing-")?.parse().ok()?;
        over(count).map(|law| law as &dyn Law)
    }

    /// The law over so many corpora, `count + 1` parameters; `None` of fewer than two or too many.
    pub fn over(count: u8) -> Option<&'static Definition> {
        if !(2..=MOST).contains(&count) {
            return None;
        }
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        Some(made.entry(count).or_insert_with(|| Box::leak(Box::new(make(count)))))
    }

    fn leak(text: String) -> &'static str {
        Box::leak(text.into_boxed_str())
    }

    fn make(count: u8) -> Definition {
        let mut parameters = vec![IRREDUCIBLE, WEIGHT];
        let mut factors = Vec::new();
        // The first corpus is what the others are relative to.
        for place in 1..count {
            let number = u32::from(place) + 1;
            let name = leak(format!("t{number}"));
            parameters.push(rate(name, name, leak(format!("effect of corpus {number}’s share"))));
            factors.push(Factor::Exp { input: Input::Corpus(place), rate: T + usize::from(place) - 1 });
        }
        let terms = vec![Term::constant(C), Term::product(K, Vec::leak(factors), &[])];
        Definition {
            id: leak(format!("data-mixing-{count}")),
            name: leak(format!("Data mixing, exponential, {count} corpora")),
            citation: DATA_MIXING.citation,
            uncertain: DATA_MIXING.uncertain,
            needs: Vec::leak(vec![
                Need::Corpora(count),
                // One more than its `count + 1` parameters.
                Need::Mixtures(count + 2),
                Need::Single(Input::Size),
                Need::Single(Input::Tokens),
            ]),
            parameters: Vec::leak(parameters),
            terms: Vec::leak(terms),
            ..Definition::PLAIN
        }
    }
}
