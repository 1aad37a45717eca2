//! The law with the fitted numbers, drawn as MathML from its own list of terms, a piece a term so that it wraps.

use super::shown;
use crate::app::state::State;
use crate::fit::Fit;
use crate::law::{self, Base, Factor, Input, Sign, Term};
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
        let terms: Vec<&Term> = law.terms().iter().filter(|term| value(&fit, term.coefficient) != 0.0).collect();
        let mut pieces: Vec<AnyView> = terms
            .iter()
            .enumerate()
            .map(|(i, term)| {
                let minus = (value(&fit, term.coefficient) < 0.0) != (term.sign == Sign::Minus);
                let lead = match (i, minus) {
                    (0, false) => mrow().child((mi().child("L"), mo().child("="))).into_any(),
                    (0, true) => mrow().child((mi().child("L"), mo().child("="), mo().child("−"))).into_any(),
                    (_, minus) => mo().child(if minus { "−" } else { "+" }).into_any(),
                };
                math().child(mrow().child((lead, draw(&fit, term)))).into_any()
            })
            .collect();
        if let Some(text) = law.text() {
            pieces.push(view! { <code>"L = "{text}</code> }.into_any());
        }
        let (name, corpus) = match kind {
            LossKind::General => ("Formula, general loss", "general"),
            LossKind::Domain => ("Formula, domain loss", "domain"),
        };
        let uses_ratio = law.inputs().contains(&Input::Ratio);
        let letters = match uses_ratio {
            // The constants below say what the letters are in.
            _ if state.printed.with(Option::is_some) => return Some(drawn(name, pieces)),
            true => format!(
                "L in {}, N parameters and D tokens in billions, r the {corpus} corpus’s share of the mixture.",
                state.unit()
            ),
            false => format!("L in {}, N parameters and D tokens in billions. This law knows no ratio.", state.unit()),
        };
        Some(
            view! {
                {drawn(name, pieces)}
                <p class="quiet">{letters}" "{law.citation()}"."</p>
            }
            .into_any(),
        )
    }
}

/// The formula alone.
fn drawn(name: &'static str, pieces: Vec<AnyView>) -> AnyView {
    view! { <div class="formula" role="group" aria-label=name>{pieces.into_iter().collect_view()}</div> }.into_any()
}

/// A parameter for `N` and `D` in billions.
fn value(fit: &Fit, index: usize) -> f64 {
    fit.parameters.get(index).map_or(0.0, |parameter| parameter.value_billions)
}

fn draw(fit: &Fit, term: &Term) -> AnyView {
    let number = mn().child(three(value(fit, term.coefficient).abs()));
    let above: Vec<AnyView> = term.above.iter().map(|factor| power(fit, factor)).collect();
    let below: Vec<AnyView> = term.below.iter().map(|factor| power(fit, factor)).collect();
    let above = mrow().child((number, above));
    if below.is_empty() { above.into_any() } else { mfrac().child((above, mrow().child(below))).into_any() }
}

fn power(fit: &Fit, factor: &Factor) -> AnyView {
    let letter = || mi().child(factor.input().letter());
    let number = |index: usize| mn().child(three(value(fit, index)));
    let sign = |text: &'static str| mo().child(text);
    let (base, exponent) = match *factor {
        Factor::Exponential { base, .. } => return msup().child((number(base), letter())).into_any(),
        Factor::Exp { rate, .. } => {
            return msup().child((mi().child("e"), mrow().child((number(rate), letter())))).into_any();
        }
        Factor::Fixed { power: 1.0, .. } => return letter().into_any(),
        Factor::Fixed { power, .. } => return msup().child((letter(), mn().child(three(power)))).into_any(),
        Factor::Where { value, .. } => {
            let kind = if value == 0.0 { "[from scratch]" } else { "[continued]" };
            return leptos::math::mtext().child(kind).into_any();
        }
        Factor::Power { base, exponent, .. } => (base, exponent),
    };
    let base = match base {
        Base::Plain => letter().into_any(),
        Base::Plus(offset) => mrow().child((sign("("), letter(), sign("+"), number(offset), sign(")"))).into_any(),
        Base::OnePlus(times) => {
            let inner = (sign("("), mn().child("1"), sign("+"), number(times), letter(), sign(")"));
            mrow().child(inner).into_any()
        }
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
