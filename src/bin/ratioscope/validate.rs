//! `ratioscope validate FILE`: how well the law predicts what it was not fitted to, and what its residuals say.

use crate::program::{self, Failure};
use crate::report;
use crate::source::Source;
use clap::Args;
use ratioscope::fit::{Session, diagnostics, validation};
use serde::Serialize;

/// What `ratioscope validate` is asked.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Paired draws behind the parameters' trade-offs.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(..=100_000))]
    draws: u32,
    /// Print JSON, with the residuals of every row.
    #[arg(long)]
    json: bool,
}

/// What one loss's validation found.
#[derive(Debug, Serialize)]
pub struct Validated {
    /// Name of the loss.
    pub target: String,
    /// Name of the law.
    pub law: &'static str,
    /// One for each protocol the data allows.
    pub protocols: Vec<validation::Summary>,
    /// Residuals and trade-offs.
    pub diagnostics: diagnostics::Diagnostics,
}

/// Validates, and returns what is printed.
pub fn run(arguments: &Arguments) -> Result<String, Failure> {
    let table = arguments.source.open()?;
    let session = arguments.source.fit(&table, None, arguments.draws)?;
    let found = validated(&session);
    if arguments.json { program::json(&found) } else { Ok(report::validated(&found)) }
}

/// Every fold of every loss.
pub fn scores(session: &Session) -> Vec<validation::Score> {
    let folds = session.targets().iter().flat_map(|target| {
        validation::plan(target).into_iter().filter_map(|job| validation::run(target, &job, session.options()))
    });
    folds.collect()
}

fn validated(session: &Session) -> Vec<Validated> {
    let study = session.study();
    let scores = scores(session);
    let one = |target: &ratioscope::fit::Target| {
        let fit = study.targets.get(&target.name)?;
        let own: Vec<_> = scores.iter().filter(|score| score.job.target == target.name).cloned().collect();
        Some(Validated {
            target: target.name.clone(),
            law: target.prepared.sample.law.name(),
            protocols: validation::summary(&own),
            diagnostics: diagnostics::diagnose(target, fit),
        })
    };
    session.targets().iter().filter_map(one).collect()
}
