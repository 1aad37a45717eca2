//! The law as a Python snippet: no library, the page's predictions to the last few digits.

use super::Taken;
use crate::fit::Fit;
use crate::law::form::{self, Notation};
use crate::law::{self, Input, Law, Parameter};
use crate::table::LossKind;
use std::fmt::Write;

/// One function a loss, the what-if, and what the page predicts there as assertions. Parameters are for `N` in parameters
/// and `D` in tokens (in billions for a formula of one's own that is no sum of products); under a law of several corpora
/// the functions take a share a corpus. Intervals need the draws, which are in the fit's JSON. `None` for a law that is
/// more than a formula (repeated data).
pub fn snippet(taken: &Taken) -> Option<String> {
    let mut out = format!("# {}.\nfrom math import exp, log, sqrt\n", taken.origin());
    let mixed = !taken.shares.is_empty();
    let mut calls = Vec::new();
    let mut names = Vec::new();
    for fit in taken.losses() {
        let law = law::by_id(&fit.law).filter(|law| law.text().is_none_or(|text| text == law.id()))?;
        let name = match fit.kind {
            _ if mixed => identifier(&fit.target, &mut names),
            // Two losses at most are shown, one of a kind.
            LossKind::General => "general_loss".to_owned(),
            LossKind::Domain => "domain_loss".to_owned(),
        };
        function(&mut out, &name, fit, law, taken);
        let Some(predicted) = taken.predict(fit) else { continue };
        let called = match fit.kind {
            _ if mixed => format!("{name}(*shares)"),
            LossKind::General => format!("{name}(N, D, 1 - domain_ratio)"),
            LossKind::Domain => format!("{name}(N, D, domain_ratio)"),
        };
        calls.push(format!(
            "print({text}, {called})\nassert abs({called} - {loss:?}) < 1e-9",
            text = serde_json::to_string(&fit.target).unwrap_or_default(),
            loss = predicted.loss
        ));
    }
    let calls = calls.join("\n");
    let at = taken.at;
    let _ = match mixed {
        true => {
            let named: Vec<String> = taken.corpora().map(|(name, _)| name).collect();
            writeln!(out, "\n\n# The mixture: {}.\nshares = {:?}\n{calls}", named.join(", "), taken.shares)
        }
        false => writeln!(
            out,
            "\n\n# The what-if: model size in parameters, tokens, the domain corpus's share of the mixture.\nN, D, domain_ratio = {:?}, {:?}, {:?}\n{calls}",
            at.size, at.tokens, at.domain_share,
        ),
    };
    Some(out)
}

/// A name Python takes for a function, not among those taken: a loss's own with what it can't have as underscores.
fn identifier(text: &str, taken: &mut Vec<String>) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let plain: String = text.chars().map(letter).collect();
    // With the ending it is neither a word of the language nor one of the names imported above.
    let whole = if plain.ends_with("loss") { plain } else { format!("{plain}_loss") };
    let asked = if whole.starts_with(|c: char| c.is_ascii_digit()) { format!("_{whole}") } else { whole };
    let mut name = asked.clone();
    let mut count = 2;
    while taken.contains(&name) {
        name = format!("{asked}_{count}");
        count += 1;
    }
    taken.push(name.clone());
    name
}

fn function(out: &mut String, name: &str, fit: &Fit, law: &dyn Law, taken: &Taken) {
    if taken.shares.is_empty() {
        let corpus = if fit.kind == LossKind::General { "general" } else { "domain" };
        let _ = write!(out, "\n\ndef {name}(N, D, r):  # r: the {corpus} corpus's share\n");
    } else {
        let shares: Vec<String> = (1..=taken.shares.len()).map(|number| format!("r{number}")).collect();
        let _ = write!(out, "\n\ndef {name}({}):  # a share a corpus\n", shares.join(", "));
    }
    let _ = writeln!(out, "    # {}", form::written(law));
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
