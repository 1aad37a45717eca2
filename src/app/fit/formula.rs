//! The law with the fitted numbers, drawn as MathML from its own list of terms, a piece a term so that it wraps.

use super::shown;
use crate::app::state::State;
use crate::fit::Fit;
use crate::law::{self, Axis, Base, Factor, Term};
use crate::number::three;
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
        let terms: Vec<&Term> = law.terms().iter().filter(|term| value(&fit, term.coefficient()) != 0.0).collect();
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
            LossKind::General => ("Formula, general loss", "general"),
            LossKind::Domain => ("Formula, domain loss", "domain"),
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

/// A parameter for `N` and `D` in billions.
fn value(fit: &Fit, index: usize) -> f64 {
    fit.parameters.get(index).map_or(0.0, |parameter| parameter.value_billions)
}

fn draw(fit: &Fit, term: &Term) -> AnyView {
    let number = mn().child(three(value(fit, term.coefficient())));
    match term {
        Term::Constant(_) => number.into_any(),
        Term::Product { above, below, .. } => {
            let above: Vec<AnyView> = above.iter().map(|factor| power(fit, factor)).collect();
            let below: Vec<AnyView> = below.iter().map(|factor| power(fit, factor)).collect();
            let above = mrow().child((number, above));
            if below.is_empty() { above.into_any() } else { mfrac().child((above, mrow().child(below))).into_any() }
        }
    }
}

fn power(fit: &Fit, factor: &Factor) -> AnyView {
    let letter = || {
        mi().child(match factor.axis() {
            Axis::Size => "N",
            Axis::Tokens => "D",
            Axis::Ratio => "r",
        })
    };
    let number = |index: usize| mn().child(three(value(fit, index)));
    let sign = |text: &'static str| mo().child(text);
    let (base, exponent) = match *factor {
        Factor::Exponential { base, .. } => return msup().child((number(base), letter())).into_any(),
        Factor::Power { base, exponent, .. } => (base, exponent),
    };
    let base = match base {
        Base::Plain => letter().into_any(),
        Base::Plus(offset) => mrow().child((sign("("), letter(), sign("+"), number(offset), sign(")"))).into_any(),
        Base::Blend(share) => {
            let rest = mrow().child((sign("("), mn().child("1"), sign("−"), letter(), sign(")")));
            mrow().child((sign("("), letter(), sign("+"), number(share), rest, sign(")"))).into_any()
        }
    };
    if value(fit, exponent) == 0.0 {
        return ().into_any();
    }
    msup().child((base, number(exponent))).into_any()
}
