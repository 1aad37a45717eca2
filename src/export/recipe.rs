//! The what-if as YAML: what a training job's own configuration can read.

use super::Taken;
use std::fmt::Write;

/// The recipe with its predicted losses; sizes in parameters, tokens in tokens, losses in nats.
pub fn yaml(taken: &Taken) -> String {
    let at = taken.at;
    let mut out = format!("# {}\n", taken.origin());
    let _ = writeln!(
        out,
        "recipe:\n  model_size: {:.0}\n  tokens: {:.0}\n  domain_ratio: {}\n  general_ratio: {}\n  flops: {:e}",
        at.size,
        at.tokens,
        at.domain_share,
        1.0 - at.domain_share,
        crate::decide::compute::FLOPS_A_TOKEN * at.size * at.tokens
    );
    let _ = writeln!(out, "level: {}\npredicted:", taken.study.options.level);
    for fit in taken.losses() {
        let Some(predicted) = taken.study.predict(&fit.target, at) else { continue };
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

/// A key that is a text whatever it looks like: YAML's double-quoted form, which is JSON's.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}
