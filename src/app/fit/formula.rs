//! The law with the fitted numbers, drawn as MathML from its own list of terms, a piece a term so that it wraps.

use super::number::three;
use super::shown;
use crate::app::state::State;
use crate::fit::Fit;
use crate::law::{self, Axis, Factor, Term};
use crate::table::LossKind;
use leptos::math::{math, mfrac, mi, mn, mo, mrow, msup};
use leptos::prelude::*;

/// The formula of the loss shown, and what its letters mean.
#[component]
pub fn Formula() -> impl IntoView {
    let state = State::get();
    move || {
        let kind = shown(state);
        let fit = state.fit_of(kind)?;
        let law = law::by_id(&fit.law)?;
        // A term whose coefficient is zero says nothing.
        let terms: Vec<&Term> = law.terms().iter().filter(|term| value(&fit, coefficient(term)) != 0.0).collect();
        let pieces: Vec<AnyView> = terms
            .iter()
            .enumerate()
            .map(|(i, term)| {
                let lead = if i == 0 {
                    mrow().child((mi().child("L"), mo().child("="))).into_any()
                } else {
                    mo().child("+").into_any()
                };
                math().child(mrow().child((lead, draw(&fit, term)))).into_any()
            })
            .collect();
        let (name, corpus) = match kind {
            LossKind::General => ("Fitted law, general loss", "general"),
            LossKind::Domain => ("Fitted law, domain loss", "domain"),
        };
        let uses_ratio = law.needs().contains(&Axis::Ratio);
        let letters = match uses_ratio {
            true => format!(
                "L in {}, N parameters and D tokens in billions, r the {corpus} corpus’s share of the mixture.",
                state.unit()
            ),
            false => format!("L in {}, N parameters and D tokens in billions. This law knows no ratio.", state.unit()),
        };
        Some(view! {
            <div class="formula" role="group" aria-label=name>{pieces.into_iter().collect_view()}</div>
            <p class="quiet">{letters}" "{law.citation()}"."</p>
        })
    }
}

fn coefficient(term: &Term) -> usize {
    match term {
        Term::Constant(index) => *index,
        Term::Power { coefficient, .. } => *coefficient,
    }
}

/// A parameter for `N` and `D` in billions.
fn value(fit: &Fit, index: usize) -> f64 {
    fit.parameters.get(index).map_or(0.0, |parameter| parameter.value_billions)
}

fn draw(fit: &Fit, term: &Term) -> AnyView {
    let number = mn().child(three(value(fit, coefficient(term))));
    match term {
        Term::Constant(_) => number.into_any(),
        Term::Power { above, below, .. } => {
            let above: Vec<AnyView> = above.iter().map(|factor| power(fit, factor)).collect();
            let below: Vec<AnyView> = below.iter().map(|factor| power(fit, factor)).collect();
            let above = mrow().child((number, above));
            if below.is_empty() { above.into_any() } else { mfrac().child((above, mrow().child(below))).into_any() }
        }
    }
}

fn power(fit: &Fit, factor: &Factor) -> AnyView {
    let letter = match factor.axis {
        Axis::Size => "N",
        Axis::Tokens => "D",
        Axis::Ratio => "r",
    };
    let base = match factor.offset {
        None => mi().child(letter).into_any(),
        Some(offset) => mrow()
            .child((
                mo().child("("),
                mi().child(letter),
                mo().child("+"),
                mn().child(three(value(fit, offset))),
                mo().child(")"),
            ))
            .into_any(),
    };
    let exponent = value(fit, factor.exponent);
    if exponent == 0.0 {
        return ().into_any();
    }
    msup().child((base, mn().child(three(exponent)))).into_any()
}
