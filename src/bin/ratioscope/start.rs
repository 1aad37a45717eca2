//! `ratioscope decide start FIT`: continued or from scratch, on a study of a file with both kinds of runs.

use crate::ask::StudyArguments;
use crate::program::Failure;
use clap::Args;
use ratioscope::decide::outcome::Solved;
use ratioscope::decide::start::{Answer, Ask};
use ratioscope::fit::Study;
use ratioscope::quantity::{Params, Tokens};
use ratioscope::table::Measure;
use std::fmt::Write;

/// What `ratioscope decide start` is asked.
#[derive(Debug, Args)]
pub struct StartArguments {
    #[command(flatten)]
    pub study: StudyArguments,
    /// The model size: 7B, 350M.
    #[arg(long, value_parser = crate::ask::size)]
    size: f64,
    /// The tokens of the continued run: 20B.
    #[arg(long, value_parser = crate::ask::tokens)]
    tokens: f64,
    /// The training compute of the allocation in FLOPs; without it, that of the continued run.
    #[arg(long)]
    flops: Option<f64>,
}

impl StartArguments {
    fn ask(&self, study: &Study) -> Ask {
        Ask {
            loss: self.study.domain.clone(),
            size: self.size,
            tokens: self.tokens,
            domain_share: study.ranges.ratio.map_or(1.0, |span| span.high),
            flops: self.flops,
        }
    }

    /// The answer under a study.
    pub fn answer(&self, study: &Study) -> Result<Answer, Failure> {
        self.ask(study).answer(study).map_err(|reason| Failure::Usage(reason.to_string()))
    }

    /// An answer in words.
    pub fn words(&self, answer: &Answer) -> String {
        words(self.size, self.tokens, self.study.unit, answer)
    }
}

fn words(size: f64, of: f64, unit: Measure, answer: &Answer) -> String {
    let ends = |solved: Solved, print: &dyn Fn(f64) -> String| match solved.interval {
        Some((low, high)) => format!("{} ({} {} to {})", print(solved.value), answer.interval, print(low), print(high)),
        None => print(solved.value),
    };
    let tokens = |value: f64| if value < 0.0 { format!("−{}", Tokens(-value)) } else { Tokens(value).to_string() };
    let flops = |value: f64| format!("{value:.3e}");
    let loss = |nats: f64| unit.precise(nats);
    let mut out = format!("{}, {} and {}\n", answer.loss, Params(size), Tokens(of));
    // Writing to a String can't fail.
    let _ = writeln!(out, "  continued     {}", ends(answer.continued, &loss));
    let _ = writeln!(out, "  from scratch  {}", ends(answer.scratch, &loss));
    let _ = match (answer.tokens_saved, answer.compute_saved) {
        (Some(saved), Some(compute)) => {
            let _ = writeln!(out, "  Tokens saved at equal loss: {}", ends(saved, &tokens));
            writeln!(out, "  Compute saved: {} FLOPs", ends(compute, &flops))
        }
        _ => writeln!(out, "  Training from scratch does not reach that loss with {}.", Tokens(answer.reach.1)),
    };
    let _ = match answer.break_even {
        Some(even) => writeln!(out, "  Training from scratch is better from {} on", ends(even, &tokens)),
        None => writeln!(out, "  Training from scratch is never better up to {}.", Tokens(answer.reach.1)),
    };
    if answer.overtakes > 0.0 && answer.overtakes < 1.0 {
        let _ = writeln!(out, "  It overtakes in {:.0} % of draws.", 100.0 * answer.overtakes);
    }
    let size = |value: f64| Params(value).to_string();
    for allocation in &answer.allocation {
        let kind = if allocation.continued { "continued" } else { "from scratch" };
        let _ = writeln!(
            out,
            "  Best size {kind} with {} FLOPs: {}, {} tokens, loss {}",
            flops(allocation.flops),
            ends(allocation.size, &size),
            Tokens(allocation.tokens.value),
            ends(allocation.loss, &loss)
        );
    }
    for note in &answer.notes {
        let _ = writeln!(out, "  {note}");
    }
    out
}
