//! The law in LaTeX: the formula with its symbols, and a table of the parameters of every loss shown with their intervals.

use super::Taken;
use crate::fit::{Fit, laws_of};
use crate::law::form::{self, Notation};
use crate::law::{Input, Law, Parameter};
use std::fmt::Write;

/// Losses side by side in one table: as many as a page is wide for, with their intervals.
const SIDE_BY_SIDE: usize = 3;

/// For a paper: needs amsmath and booktabs. `N` in parameters and `D` in tokens, both in billions; under a law of several
/// corpora the shares are numbered and named below the formula, and three losses stand in a table.
pub fn latex(taken: &Taken) -> String {
    let units = if taken.shares.is_empty() { "N and D in billions." } else { "The shares add up to one." };
    let mut out = format!("% {}.\n% Needs amsmath and booktabs. {units}\n", taken.origin().replace('%', "\\%"));
    for law in laws_of(taken.losses()) {
        of_one_law(&mut out, taken, law);
    }
    out
}

/// The formula, and the tables of the losses it was fitted to.
fn of_one_law(out: &mut String, taken: &Taken, law: &dyn Law) {
    let fits: Vec<&Fit> = taken.losses().filter(|fit| fit.law == law.id()).collect();
    let mixed = !taken.shares.is_empty();
    let of = if mixed { format!("r_{{1}}, \\dots, r_{{{}}}", taken.shares.len()) } else { "N, D, r".to_owned() };
    let _ = writeln!(out, "\\begin{{equation}}\n  L({of}) = {}\n\\end{{equation}}", formula(law));
    if mixed {
        let named = taken.corpora().zip(1..).map(|((name, _), number)| format!("$r_{{{number}}}$ {}", escape(&name)));
        let _ = writeln!(out, "Shares of the mixture: {}.", named.collect::<Vec<_>>().join(", "));
    }
    out.push('\n');
    let together = if mixed { SIDE_BY_SIDE } else { fits.len() };
    for fits in fits.chunks(together.max(1)) {
        table(out, taken, law, fits);
    }
}

/// The parameters of some losses beside each other.
fn table(out: &mut String, taken: &Taken, law: &dyn Law, fits: &[&Fit]) {
    let _ = writeln!(
        out,
        "\\begin{{table}}\n  \\centering\n  \\begin{{tabular}}{{l{}}}\n    \\toprule\n    Parameter{} \\\\\n    \\midrule",
        "r".repeat(fits.len()),
        fits.iter().fold(String::new(), |row, fit| row + " & " + &escape(&fit.target))
    );
    for (index, parameter) in law.parameters().iter().enumerate() {
        let _ = write!(out, "    ${}$", symbol(parameter.symbol));
        for fit in fits {
            out.push_str(" & ");
            if let Some(estimate) = fit.parameters.get(index) {
                out.push_str(&number(estimate.value_billions));
                match estimate.interval_billions {
                    _ if estimate.held => out.push_str(" (held)"),
                    Some((low, high)) => drop(write!(out, " [{}, {}]", number(low), number(high))),
                    None => {}
                }
            }
        }
        out.push_str(" \\\\\n");
    }
    let quality =
        |print: &dyn Fn(&Fit) -> String| fits.iter().fold(String::new(), |row, fit| row + " & " + &print(fit));
    let called = if fits.iter().all(|fit| fit.has_intervals()) { "intervals" } else { "spread of the draws" };
    let _ = writeln!(
        out,
        "    \\midrule\n    Rows{} \\\\\n    $R^2${} \\\\\n    \\bottomrule\n  \\end{{tabular}}\n  \\caption{{{} \
         ({}). Brackets: {:.0}\\,\\% {called}.}}\n\\end{{table}}",
        quality(&|fit| fit.quality.n.to_string()),
        quality(&|fit| format!("{:.4}", fit.quality.r2)),
        escape(law.name()),
        escape(law.citation()),
        taken.study.options.level * 100.0
    );
}

fn formula(law: &dyn Law) -> String {
    if let Some(text) = law.text() {
        return format!("\\texttt{{{}}}", escape(text));
    }
    form::write(law, &Latex)
}

/// LaTeX's notation, in math mode.
struct Latex;

impl Notation for Latex {
    fn parameter(&self, parameter: &Parameter) -> String {
        symbol(parameter.symbol)
    }

    fn input(&self, input: Input) -> String {
        match input {
            Input::Size | Input::Tokens | Input::Ratio => input.letter(),
            Input::Start | Input::Epochs => format!("\\mathrm{{{}}}", input.letter()),
            Input::Corpus(place) => format!("r_{{{}}}", u32::from(place) + 1),
        }
    }

    fn product(&self, factors: &[String]) -> String {
        factors.join(" ")
    }

    fn quotient(&self, above: &str, below: &[String]) -> String {
        format!("\\frac{{{above}}}{{{}}}", below.join(" "))
    }

    fn power(&self, base: &str, exponent: &str) -> String {
        format!("{base}^{{{exponent}}}")
    }

    fn exp(&self, inner: &str) -> String {
        format!("e^{{{inner}}}")
    }

    fn indicator(&self, input: Input, value: f64) -> String {
        format!("[{} = {value}]", self.input(input))
    }
}

/// A parameter's symbol: Greek letters by name, what follows the first letter as a subscript; words as text.
fn symbol(text: &str) -> String {
    if text.contains(' ') {
        return format!("\\text{{{}}}", escape(text));
    }
    let letter = |c: char| match c {
        'α' => "\\alpha".to_owned(),
        'β' => "\\beta".to_owned(),
        'γ' => "\\gamma".to_owned(),
        'δ' => "\\delta".to_owned(),
        'ε' => "\\varepsilon".to_owned(),
        'η' => "\\eta".to_owned(),
        'κ' => "\\kappa".to_owned(),
        'λ' => "\\lambda".to_owned(),
        'μ' => "\\mu".to_owned(),
        'ν' => "\\nu".to_owned(),
        'ρ' => "\\rho".to_owned(),
        'σ' => "\\sigma".to_owned(),
        'τ' => "\\tau".to_owned(),
        'φ' => "\\varphi".to_owned(),
        'ω' => "\\omega".to_owned(),
        '∞' => "\\infty".to_owned(),
        '′' | '\'' => "\\prime".to_owned(),
        '_' => String::new(),
        '₀'..='₉' => char::from(b'0' + (c as u32 - '₀' as u32) as u8).to_string(),
        other => other.to_string(),
    };
    let mut letters = text.chars();
    let first = letters.next().map(letter).unwrap_or_default();
    let rest: String = letters.map(letter).collect();
    if rest.is_empty() { first } else { format!("{first}_{{{rest}}}") }
}

/// Four significant digits in math mode.
fn number(value: f64) -> String {
    if value == 0.0 || (1e-3..1e5).contains(&value.abs()) {
        let rounded = crate::quantity::significant(value.abs(), 4);
        return format!("${}{rounded}$", if value < 0.0 { "-" } else { "" });
    }
    let text = format!("{value:.3e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    format!("${mantissa} \\times 10^{{{exponent}}}$")
}

/// A text outside math mode.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => out.extend(['\\', c]),
            '\\' => out.push_str("\\textbackslash{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            other => out.push(other),
        }
    }
    out
}
