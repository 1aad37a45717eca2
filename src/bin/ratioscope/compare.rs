//! `ratioscope compare FILE`: law against law on every loss, in sample, out of sample, and in what they answer.

use crate::predict;
use crate::program::{self, Failure};
use crate::report;
use crate::source::Source;
use crate::validate;
use clap::Args;
use ratioscope::fit::{Session, comparison, prepare};
use ratioscope::law;
use ratioscope::quantity::{Params, Share, Tokens};

/// What `ratioscope compare` is asked.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    source: Source,
    /// The domain's share at which the laws' answers are compared; without it, the middle of the data.
    #[arg(long, value_parser = predict::share)]
    at_ratio: Option<Share>,
    /// The model size there.
    #[arg(long, value_parser = predict::size)]
    at_size: Option<Params>,
    /// The tokens there.
    #[arg(long, value_parser = predict::tokens)]
    at_tokens: Option<Tokens>,
    /// Paired draws behind the intervals of the answers.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(..=100_000))]
    draws: u32,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Compares, and returns what is printed. Every law that the data suits is fitted, and the one named by `--law` beside
/// them: one that is not offered for such data, or a formula of a person's own.
pub fn run(arguments: &Arguments) -> Result<String, Failure> {
    let table = arguments.source.open()?;
    let mut sessions: Vec<Session> = Vec::new();
    let mut failed = None;
    let data = prepare::ranges(&table.observations);
    let mut laws: Vec<&str> = law::offered(&data).filter(|law| law::suits(*law, &data)).map(law::Law::id).collect();
    laws.extend(arguments.source.law.as_deref().filter(|named| !laws.contains(named)));
    for id in laws {
        match arguments.source.fit(&table, Some(id), arguments.draws) {
            Ok(session) => sessions.push(session),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    let Some(first) = sessions.first() else {
        return Err(failed.unwrap_or_else(|| Failure::Data("No law could be fitted.".to_owned())));
    };
    let study = first.study();
    // In the middle of the data where the recipe is not said: every law has an answer there.
    let middle = |span: Option<law::Span>, geometric: bool| {
        span.map(|span| if geometric { (span.low * span.high).sqrt() } else { 0.5 * (span.low + span.high) })
    };
    let recipe = law::Recipe {
        domain_share: arguments.at_ratio.map(|v| v.0).or(middle(study.ranges.ratio, false)).unwrap_or(1.0),
        size: arguments.at_size.map(|v| v.0).or(middle(study.ranges.size, true)).unwrap_or(1.0),
        tokens: arguments.at_tokens.map(|v| v.0).or(middle(study.ranges.tokens, true)).unwrap_or(1.0),
    };
    let scores: Vec<_> = sessions.iter().map(validate::scores).collect();
    let fitted: Vec<_> = sessions.iter().zip(&scores).map(|(session, scores)| (session, &scores[..])).collect();
    let mut names: Vec<String> = study.general.iter().chain(&study.domains).cloned().collect();
    // A law of all corpora is fitted to more losses than one of a ratio.
    for target in sessions.iter().flat_map(Session::targets) {
        if !names.contains(&target.name) {
            names.push(target.name.clone());
        }
    }
    let found: Vec<_> = names.iter().map(|target| comparison::compare(&fitted, target, recipe)).collect();
    if arguments.json { program::json(&found) } else { Ok(report::compared(&found)) }
}
