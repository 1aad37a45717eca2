//! The law as a Python snippet: no library, the page's predictions to the last few digits.

use super::Taken;
use crate::fit::Fit;
use crate::law::form::{self, Notation};
use crate::law::{self, Input, Law, Parameter};
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
    let _ = write!(out, "\n\ndef {name}(N, D, r):  # r: the {corpus} corpus's share\n    # {}\n", form::written(law));
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
        None => form::write(law, &Python),
    };
    let _ = writeln!(out, "    return {body}");
}

/// Python's notation.
struct Python;

impl Notation for Python {
    fn parameter(&self, parameter: &Parameter) -> String {
        parameter.name.to_owned()
    }

    fn product(&self, factors: &[String]) -> String {
        factors.join(" * ")
    }

    fn quotient(&self, above: &str, below: &[String]) -> String {
        format!("{above} / {}", below.join(" / "))
    }

    fn power(&self, base: &str, exponent: &str) -> String {
        format!("{base}**{exponent}")
    }

    fn exp(&self, inner: &str) -> String {
        format!("exp({inner})")
    }

    fn indicator(&self, input: Input, value: f64) -> String {
        format!("({} == {value})", self.input(input))
    }
}
