//! The program's answers for people: short, aligned, the notes last.

use crate::predict::Answer;
use crate::validate::Validated;
use ratioscope::fit::comparison::Comparison;
use ratioscope::fit::profile::{Profile, Side};
use ratioscope::fit::validation::{HeldOut, Protocol};
use ratioscope::fit::{Chosen, Fit, Severity, Study};
use ratioscope::law::{self, Span};
use ratioscope::quantity::{Params, Share, Tokens, significant};
use ratioscope::table::Measure;
use std::collections::BTreeMap;
use std::fmt::Write;

/// A study: what the data spans, each fit with parameters, quality and notes, then the file's problems.
pub fn study(study: &Study) -> String {
    let mut out = String::new();
    let spans = [
        study.ranges.ratio.map(|s| span("domain ratio", s, Share(s.low), Share(s.high))),
        study.ranges.size.map(|s| span("model size", s, Params(s.low), Params(s.high))),
        study.ranges.tokens.map(|s| span("tokens", s, Tokens(s.low), Tokens(s.high))),
    ];
    let spans: Vec<String> = spans.into_iter().flatten().collect();
    push(&mut out, format_args!("Data: {}\n", spans.join("; ")));
    // The general loss first, then the domains in the order of the file.
    let names = study.general.iter().chain(&study.domains);
    for fit in names.filter_map(|name| study.targets.get(name)) {
        out.push('\n');
        target(&mut out, fit, study.options.level);
    }
    if !study.problems.is_empty() {
        push(&mut out, format_args!("\nProblems of the file: {}\n", study.problems.len()));
        // The first ones name the pattern; --json has them all.
        for problem in study.problems.iter().take(10) {
            push(&mut out, format_args!("  {problem}\n"));
        }
    }
    out
}

fn span(what: &str, span: Span, low: impl std::fmt::Display, high: impl std::fmt::Display) -> String {
    match span.distinct {
        1 => format!("{what} {low} only"),
        count => format!("{what} {low} to {high} ({count} values)"),
    }
}

fn target(out: &mut String, fit: &Fit, level: f64) {
    let Some(law) = law::by_id(&fit.law) else { return };
    push(out, format_args!("{}: {}, {} rows, {} runs\n", fit.target, law.name(), fit.quality.n, fit.quality.runs));
    push(out, format_args!("  L = {}   (N and D in billions)\n", law::form::written(law)));
    for p in &fit.parameters {
        let value = number(p.value_billions);
        let beside = match p.interval_billions {
            _ if p.held && p.chosen.is_some() => "fixed".to_owned(),
            Some((low, high)) if matches!(p.chosen, Some(Chosen::Tied(_))) => {
                format!("{} to {}, tied", number(low), number(high))
            }
            _ if p.held => "held, the data has a single value of its axis".to_owned(),
            Some((low, high)) => format!("{} to {}", number(low), number(high)),
            None => String::new(),
        };
        push(out, format_args!("  {:<6} {:>10}   {beside}\n", p.name, value));
    }
    let q = &fit.quality;
    if fit.draws.is_empty() {
        push(out, format_args!("  no draws, no intervals\n"));
    } else {
        let what = match fit.has_intervals() {
            true => format!("{} % percentile intervals of {} draws", number(level * 100.0), fit.draws.len()),
            false => fit.interval_name(level),
        };
        push(out, format_args!("  {what}\n"));
    }
    push(
        out,
        format_args!(
            "  R² {:.5}, mean relative error {} %, Huber mean {:.3e}, objective {:.9e}\n",
            q.r2,
            number(q.mean_relative_error * 100.0),
            q.huber_mean,
            q.objective
        ),
    );
    for note in &fit.notes {
        let severity = match note.severity {
            Severity::Info => "note",
            Severity::Warning => "warning",
            Severity::Withholds => "withholds",
        };
        push(out, format_args!("  {severity} {}: {}\n", note.code, note.text));
    }
}

/// The answer to one recipe, losses in a measure.
pub fn answer(answer: &Answer, unit: Measure) -> String {
    let mut out = String::new();
    let recipe = answer.recipe;
    let (ratio, size, tokens) = (Share(recipe.domain_share), Params(recipe.size), Tokens(recipe.tokens));
    push(&mut out, format_args!("Domain ratio {ratio}, model size {size}, tokens {tokens}\n"));
    for (name, p) in &answer.targets {
        let unit = if p.score { Measure::Nats } else { unit };
        let said = if unit == Measure::Nats { String::new() } else { format!(" {}", unit.word()) };
        let print = |nats: f64| unit.precise(nats);
        push(&mut out, format_args!("\n{name}: {}{said}\n", print(p.loss)));
        if let Some((low, high)) = p.law {
            push(&mut out, format_args!("  the law      {} to {} ({})\n", print(low), print(high), p.interval));
        }
        if let Some((low, high)) = p.new_run {
            push(&mut out, format_args!("  a new run    {} to {} ({})\n", print(low), print(high), p.interval));
        }
        if let Some((low, high)) = p.without_a_size {
            push(&mut out, format_args!("  without one of the sizes {} to {}\n", print(low), print(high)));
        }
        if let (Some(base), Some(change), Some(relative)) = (p.base, p.change, p.relative_change) {
            let sign = if change < 0.0 { "−" } else { "+" };
            let percent = 100.0 * unit.change(relative, base).abs();
            // Perplexities are compared by their ratio alone.
            let change = match unit {
                Measure::Perplexity => String::new(),
                _ => format!("{sign}{}, ", print(change.abs())),
            };
            push(&mut out, format_args!("  the base     {}; change {change}{sign}{percent:.2} %\n", print(base)));
        }
    }
    let withheld = answer.targets.iter().flat_map(|(name, p)| p.withheld.iter().map(move |note| (Some(name), note)));
    for (at, (name, note)) in withheld.chain(answer.notes.iter().map(|note| (None, note))).enumerate() {
        let lead = if at == 0 { "\n" } else { "" };
        let name = name.map(|name| format!("{name}: ")).unwrap_or_default();
        push(&mut out, format_args!("{lead}{name}{}\n", note.text));
    }
    out
}

/// Profiles: the interval of each parameter, and what its objective does along it.
pub fn profiles(found: &BTreeMap<String, Vec<Profile>>, level: f64) -> String {
    let mut out = String::new();
    for (target, profiles) in found {
        push(
            &mut out,
            format_args!("{target}: profiles at {} %, N in parameters and D in tokens\n", number(level * 100.0)),
        );
        for p in profiles {
            let side = |side: &Side, what: &str| match side {
                Side::At(value) => number(*value),
                Side::Unbounded(reached) => format!("{what} (looked to {})", number(*reached)),
            };
            let (low, high) = (side(&p.low, "unbounded below"), side(&p.high, "unbounded above"));
            push(&mut out, format_args!("  {:<6} {:>10}   {low} to {high}\n", p.parameter, number(p.value)));
        }
    }
    out
}

/// Out-of-sample scores and diagnostics, loss by loss.
pub fn validated(found: &[Validated]) -> String {
    let mut out = String::new();
    for one in found {
        push(&mut out, format_args!("{}: {}, on what it was not fitted to\n", one.target, one.law));
        push(
            &mut out,
            format_args!(
                "  {:<18}{:>6}{:>6}   {:<21}{:<21}{:>8}   worst\n",
                "left out", "folds", "runs", "relative error", "Huber mean", "R²"
            ),
        );
        for p in &one.protocols {
            let what = match p.protocol {
                Protocol::Size => "each size",
                Protocol::Tokens => "thirds of tokens",
                Protocol::Ratio => "pairs of ratios",
                Protocol::Run => "each run",
                Protocol::LargestSize => "the largest size",
                Protocol::LongestBudget => "the longest budget",
            };
            let error = with_error(p.relative_error, |v| format!("{} %", number(100.0 * v)));
            let huber = with_error(p.huber, |v| format!("{v:.1e}"));
            let worst = format!("{} ({} %)", held_out(&p.worst.0), number(100.0 * p.worst.1));
            push(
                &mut out,
                format_args!(
                    "  {what:<18}{:>6}{:>6}   {error:<21}{huber:<21}{:>8.4}   {worst}\n",
                    p.folds, p.runs, p.r2
                ),
            );
        }
        let d = &one.diagnostics;
        push(
            &mut out,
            format_args!(
                "  residuals: robust standard deviation {} %; {} outliers\n",
                number(100.0 * d.spread),
                d.outliers.len()
            ),
        );
        for row in d.outliers.iter().take(5).filter_map(|&at| d.rows.get(at)) {
            push(
                &mut out,
                format_args!(
                    "    line {}, {}: {:+.2} % from the law\n",
                    row.line,
                    row.run,
                    100.0 * row.residual.exp_m1()
                ),
            );
        }
        let t = &d.trade_off;
        let mut pairs = Vec::new();
        for (i, row) in t.correlation.iter().enumerate() {
            for (j, value) in row.iter().enumerate().skip(i + 1).filter(|(_, value)| value.abs() > 0.95) {
                pairs.push(format!("{} and {} ({value:.2})", t.names[i], t.names[j]));
            }
        }
        if !pairs.is_empty() {
            push(&mut out, format_args!("  trade off: {}\n", pairs.join(", ")));
        }
        push(&mut out, format_args!("  condition number {}\n\n", number(t.condition)));
    }
    out
}

/// A value with its standard error: "0.12 % ± 0.01 %".
fn with_error((value, error): (f64, Option<f64>), print: impl Fn(f64) -> String) -> String {
    match error {
        Some(error) => format!("{} ± {}", print(value), print(significant(error, 2))),
        None => print(value),
    }
}

fn held_out(held_out: &HeldOut) -> String {
    match *held_out {
        HeldOut::Size(size) => Params(size).to_string(),
        HeldOut::Tokens(low, high) if low == high => format!("{} tokens", Tokens(low)),
        HeldOut::Tokens(low, high) => format!("{} to {} tokens", Tokens(low), Tokens(high)),
        HeldOut::Ratios(a, b) => format!("r = {} and {}", Share(a), Share(b)),
        HeldOut::Run(run) => format!("run {}", run + 1),
    }
}

/// Law against law, loss by loss.
pub fn compared(found: &[Comparison]) -> String {
    let mut out = String::new();
    for one in found {
        let at = one.recipe;
        let (ratio, size, tokens) = (Share(at.domain_share), Params(at.size), Tokens(at.tokens));
        push(&mut out, format_args!("{}, at domain ratio {ratio}, model size {size}, tokens {tokens}\n", one.target));
        push(
            &mut out,
            format_args!(
                "  {:<28}{:>4}  {:<12}{:<22}{:<24}answer\n",
                "law", "par.", "objective", "error, runs left out", "behind the best"
            ),
        );
        for c in &one.candidates {
            let percent = |v: f64| format!("{} %", number(100.0 * v));
            let error = c.error.map_or("–".to_owned(), |error| with_error(error, percent));
            let behind = c.behind.map_or(String::new(), |behind| with_error(behind, percent));
            let answer = c.answer.map_or("–".to_owned(), |p| match p.law {
                Some((low, high)) => format!("{:.4} ({low:.4} to {high:.4})", p.loss),
                None => format!("{:.4}", p.loss),
            });
            push(
                &mut out,
                format_args!(
                    "  {:<28}{:>4}  {:<12.4e}{error:<22}{behind:<24}{answer}\n",
                    c.name, c.parameters, c.objective
                ),
            );
            for note in &c.failed {
                push(&mut out, format_args!("      {}: {}\n", note.code, note.text));
            }
        }
        for advice in &one.advice {
            push(&mut out, format_args!("  {advice}\n"));
        }
        out.push('\n');
    }
    out
}

/// Four significant digits; very large and very small numbers with a power of ten.
fn number(value: f64) -> String {
    let rounded = significant(value, 4);
    if rounded == 0.0 || (1e-4..1e6).contains(&rounded.abs()) { format!("{rounded}") } else { format!("{rounded:e}") }
}

/// Writing to a string can't fail.
fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}
