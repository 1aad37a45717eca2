//! The what-if as YAML: what a training job's own configuration can read.

use super::Taken;
use crate::decide::mixture::outside;
use std::fmt::Write;

/// The recipe with its predicted losses; sizes in parameters, tokens in tokens, losses in nats.
pub fn yaml(taken: &Taken) -> String {
    let at = taken.at;
    let mut out = format!("# {}\n", taken.origin());
    if taken.shares.is_empty() {
        let _ = writeln!(
            out,
            "recipe:\n  model_size: {:.0}\n  tokens: {:.0}\n  domain_ratio: {}\n  general_ratio: {}\n  flops: {:e}",
            at.size,
            at.tokens,
            at.domain_share,
            1.0 - at.domain_share,
            crate::decide::compute::FLOPS_A_TOKEN * at.size * at.tokens
        );
    } else {
        mixture(&mut out, taken);
    }
    let _ = writeln!(out, "level: {}\npredicted:", taken.study.options.level);
    for fit in taken.losses() {
        let Some(predicted) = taken.predict(fit) else { continue };
        let _ =
            writeln!(out, "  {}:\n    law: {}\n    loss: {}", quoted(&fit.target), quoted(&fit.law), predicted.loss);
        for (name, ends) in [("law_interval", predicted.law), ("new_run_interval", predicted.new_run)] {
            if let Some((low, high)) = ends {
                let _ = writeln!(out, "    {name}: [{low}, {high}]");
            }
        }
        if let Some(base) = predicted.base {
            let _ = writeln!(out, "    base: {base}");
        }
        for note in &fit.notes {
            let _ = writeln!(out, "    # {}: {}", note.code, note.text.replace('\n', " "));
        }
    }
    out
}

/// A mixture of several corpora: a share a corpus, those outside the data marked, and the one size and budget at which all
/// was measured, which the law knows nothing of.
fn mixture(out: &mut String, taken: &Taken) {
    let beyond = outside(taken.study, taken.shares);
    out.push_str("recipe:\n  mixture:\n");
    for (place, (name, share)) in taken.corpora().enumerate() {
        let mark = if beyond.contains(&place) { " # outside the shares that were measured" } else { "" };
        let _ = writeln!(out, "    {}: {share}{mark}", quoted(&name));
    }
    let ranges = &taken.study.ranges;
    let measured = [("model_size", ranges.size), ("tokens", ranges.tokens)];
    let measured: Vec<_> = measured.into_iter().filter_map(|(name, span)| Some((name, span?))).collect();
    if !measured.is_empty() {
        out.push_str("measured_at:\n");
    }
    for (name, span) in measured {
        let _ = match span.distinct {
            1 => writeln!(out, "  {name}: {:.0}", span.low),
            _ => writeln!(out, "  {name}: [{:.0}, {:.0}]", span.low, span.high),
        };
    }
}

/// A key that is a text whatever it looks like: YAML's double-quoted form, which is JSON's.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}
