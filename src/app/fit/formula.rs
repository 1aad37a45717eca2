//! The law with the fitted numbers, drawn as MathML from its own list of terms, a piece a term so that it wraps.

use crate::app::state::State;
use crate::fit::Fit;
use crate::law::{self, Base, Factor, Input, Sign, Term};
use crate::number::three;
#[cfg(feature = "workbench")]
use crate::published::Printed;
use crate::quantity::significant;
use crate::table::LossKind;
use leptos::math::{math, mfrac, mi, mn, mo, mrow, msup};
use leptos::prelude::*;

/// The formula of the loss shown, and what its letters mean.
#[component]
pub fn Formula() -> impl IntoView {
    let state = State::get();
    move || {
        let kind = state.loss_shown.get();
        let fit = state.fit_of(kind)?;
        let law = law::by_id(&fit.law)?;
        #[cfg(feature = "workbench")]
        let letter = state.printed.with(|law| law.as_ref().map_or("L", Printed::letter));
        #[cfg(not(feature = "workbench"))]
        let letter = "L";
        // A term whose coefficient is zero says nothing.
        let terms: Vec<&Term> = law.terms().iter().filter(|term| value(&fit, term.coefficient) != 0.0).collect();
        let mut pieces: Vec<AnyView> = terms
            .iter()
            .enumerate()
            .map(|(i, term)| {
                let minus = (value(&fit, term.coefficient) < 0.0) != (term.sign == Sign::Minus);
                let lead = match (i, minus) {
                    (0, false) => mrow().child((mi().child(letter), mo().child("="))).into_any(),
                    (0, true) => mrow().child((mi().child(letter), mo().child("="), mo().child("−"))).into_any(),
                    (_, minus) => mo().child(if minus { "−" } else { "+" }).into_any(),
                };
                math().child(mrow().child((lead, draw(&fit, term)))).into_any()
            })
            .collect();
        // What has many factors wraps between them: a law of many corpora has one each.
        let split = |term: &&Term| term.above.len() > SIDE_BY_SIDE && term.below.is_empty();
        if let Some(long) = terms.iter().find(|term| split(term)) {
            let more = long.above[SIDE_BY_SIDE..].iter().map(|factor| math().child(power(&fit, factor)).into_any());
            pieces.extend(more);
        }
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
                state.fitted_unit()
            ),
            false => {
                format!("L in {}, N parameters and D tokens in billions. This law knows no ratio.", state.fitted_unit())
            }
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

/// A parameter for `N` and `D` in billions; of a law that no row was fitted to, as it is printed.
fn value(fit: &Fit, index: usize) -> f64 {
    match fit.quality.n {
        0 => fit.theta.get(index).copied().unwrap_or(0.0),
        _ => fit.parameters.get(index).map_or(0.0, |parameter| parameter.value_billions),
    }
}

/// Its figure: three digits of an estimate, all that is printed of a printed one.
fn digits(fit: &Fit, value: f64) -> String {
    if fit.quality.n == 0 { significant(value, 9).to_string().replace('-', "−") } else { three(value) }
}

/// Factors of a term that are drawn in one piece.
const SIDE_BY_SIDE: usize = 2;

fn draw(fit: &Fit, term: &Term) -> AnyView {
    let number = mn().child(digits(fit, value(fit, term.coefficient).abs()));
    // The rest of a long product follows in pieces of its own.
    let many = term.above.len() > SIDE_BY_SIDE && term.below.is_empty();
    let most = if many { SIDE_BY_SIDE } else { term.above.len() };
    let above: Vec<AnyView> = term.above.iter().take(most).map(|factor| power(fit, factor)).collect();
    let below: Vec<AnyView> = term.below.iter().map(|factor| power(fit, factor)).collect();
    let above = mrow().child((number, above));
    if below.is_empty() { above.into_any() } else { mfrac().child((above, mrow().child(below))).into_any() }
}

fn power(fit: &Fit, factor: &Factor) -> AnyView {
    let letter = || mi().child(factor.input().letter());
    let number = |index: usize| mn().child(digits(fit, value(fit, index)));
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
