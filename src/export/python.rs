//! The law as a Python snippet: no library, the page's predictions to the last few digits.

use super::Taken;
use crate::fit::Fit;
use crate::law::{self, Base, Factor, Input, Law, Sign, Term};
use crate::table::LossKind;
use std::fmt::Write;

/// One function a loss, the what-if, and what the page predicts there as assertions. Parameters are for `N` in parameters
/// and `D` in tokens (in billions for a formula of one's own that is no sum of products). Intervals need the draws, which
/// are in the fit's JSON. `None` for a law that is more than a formula (repeated data).
pub fn snippet(taken: &Taken) -> Option<String> {
    let mut out = format!("# {}.\nfrom math import exp, log, sqrt\n", taken.origin());
    let mut calls = Vec::new();
    for fit in taken.losses() {
        let law = law::by_id(&fit.law).filter(|law| law.text().is_none_or(|text| text == law.id()))?;
        // Two losses at most are shown, one of a kind.
        let name = match fit.kind {
            LossKind::General => "general_loss",
            LossKind::Domain => "domain_loss",
        };
        function(&mut out, name, fit, law);
        let Some(predicted) = taken.study.predict(&fit.target, taken.at) else { continue };
        let share = if fit.kind == LossKind::General { "1 - domain_ratio" } else { "domain_ratio" };
        calls.push(format!(
            "print({text}, {name}(N, D, {share}))\nassert abs({name}(N, D, {share}) - {loss:?}) < 1e-9",
            text = serde_json::to_string(&fit.target).unwrap_or_default(),
            loss = predicted.loss
        ));
    }
    let at = taken.at;
    let _ = writeln!(
        out,
        "\n\n# The what-if: model size in parameters, tokens, the domain corpus's share of the mixture.\nN, D, domain_ratio = {:?}, {:?}, {:?}\n{}",
        at.size,
        at.tokens,
        at.domain_share,
        calls.join("\n")
    );
    Some(out)
}

fn function(out: &mut String, name: &str, fit: &Fit, law: &dyn Law) {
    let corpus = if fit.kind == LossKind::General { "general" } else { "domain" };
    let _ =
        write!(out, "\n\ndef {name}(N, D, r):  # r: the {corpus} corpus's share\n    # {}\n", law::form::written(law));
    let inputs = law.inputs();
    let extra = [(Input::Start, "continued"), (Input::Epochs, "epochs")];
    for (_, name) in extra.iter().filter(|(input, _)| inputs.contains(input)) {
        let _ = writeln!(out, "    {name} = 1");
    }
    let billions = law.text().is_some();
    if billions {
        out.push_str("    N, D = N / 1e9, D / 1e9\n");
    }
    for parameter in &fit.parameters {
        let value = if billions { parameter.value_billions } else { parameter.value };
        let _ = writeln!(out, "    {} = {value:?}", parameter.name);
    }
    let body = match law.text() {
        Some(text) => text.split(" where ").next().unwrap_or(text).replace('^', "**").replace("ln(", "log("),
        None => sum(law),
    };
    let _ = writeln!(out, "    return {body}");
}

fn sum(law: &dyn Law) -> String {
    let name = |index: usize| law.parameters().get(index).map_or("0", |parameter| parameter.name);
    let mut out = String::new();
    for (at, term) in law.terms().iter().enumerate() {
        out.push_str(match (term.sign, at) {
            (Sign::Plus, 0) => "",
            (Sign::Minus, 0) => "-",
            (Sign::Plus, _) => " + ",
            (Sign::Minus, _) => " - ",
        });
        product(&mut out, term, &name);
    }
    out
}

fn product<'a>(out: &mut String, term: &Term, name: &dyn Fn(usize) -> &'a str) {
    out.push_str(name(term.coefficient));
    for (factor, sign) in term.signed_factors() {
        out.push_str(if sign > 0.0 { " * " } else { " / " });
        out.push_str(&written(factor, name));
    }
}

fn written<'a>(factor: &Factor, name: &dyn Fn(usize) -> &'a str) -> String {
    let x = factor.input().letter();
    match *factor {
        Factor::Power { base, exponent, .. } => {
            let exponent = name(exponent);
            match base {
                Base::Plain => format!("{x}**{exponent}"),
                Base::Plus(offset) => format!("({x} + {})**{exponent}", name(offset)),
                Base::Blend(share) => format!("({x} + (1 - {x}) * {})**{exponent}", name(share)),
                Base::OnePlus(times) => format!("(1 + {} * {x})**{exponent}", name(times)),
            }
        }
        Factor::Exponential { base, .. } => format!("{}**{x}", name(base)),
        Factor::Exp { rate, .. } => format!("exp({} * {x})", name(rate)),
        Factor::Fixed { power, .. } => format!("{x}**{power:?}"),
        Factor::Where { value, .. } => format!("({x} == {value:?})"),
    }
}
