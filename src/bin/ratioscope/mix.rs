//! `ratioscope mix FILE`: the data mixing law over all corpora of a file, and the best mixture under weights and limits.

use crate::program::{self, Failure};
use crate::source::{DRAWS, Source};
use clap::Args;
use ratioscope::decide::mixture::{Answer, Ask};
use ratioscope::decide::outcome::Solved;
use ratioscope::quantity::Share;
use serde::Serialize;
use std::fmt::Write;

/// What `ratioscope mix` is asked.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    source: Source,
    /// The weight of a loss: `arxiv_loss=2`; may be given several times. Without it every loss counts alike.
    #[arg(long = "loss-weight", value_name = "LOSS=WEIGHT", value_parser = weight)]
    weights: Vec<(String, f64)>,
    /// The least and largest share of a corpus: `book=0.05:0.3`; may be given several times.
    #[arg(long = "limit", value_name = "CORPUS=LOW:HIGH", value_parser = limit)]
    limits: Vec<(String, (f64, f64))>,
    /// Paired draws behind the intervals.
    #[arg(long, default_value_t = DRAWS / 5, value_parser = clap::value_parser!(u32).range(..=100_000))]
    draws: u32,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

fn weight(text: &str) -> Result<(String, f64), String> {
    let wrong = || "expected something like arxiv_loss=2".to_owned();
    let (name, value) = text.rsplit_once('=').ok_or_else(wrong)?;
    Ok((name.to_owned(), value.parse().map_err(|_| wrong())?))
}

fn limit(text: &str) -> Result<(String, (f64, f64)), String> {
    let wrong = || "expected something like book=0.05:0.3".to_owned();
    let (name, range) = text.rsplit_once('=').ok_or_else(wrong)?;
    let (low, high) = range.split_once(':').ok_or_else(wrong)?;
    let share = |text: &str| Share::parse(text).map(|share| share.0).ok_or_else(wrong);
    Ok((name.to_owned(), (share(low)?, share(high)?)))
}

/// A number with its interval, as JSON.
#[derive(Debug, Serialize)]
struct Valued {
    name: String,
    value: f64,
    interval: Option<(f64, f64)>,
}

/// The answer as JSON.
#[derive(Debug, Serialize)]
struct Written {
    shares: Vec<Valued>,
    losses: Vec<Valued>,
    value: Valued,
    interval: String,
}

/// Fits and solves, and returns what is printed.
pub fn run(arguments: &Arguments) -> Result<String, Failure> {
    let table = arguments.source.open()?;
    let corpora: Vec<String> = table.observations.corpora.iter().map(|corpus| corpus.name.clone()).collect();
    if corpora.len() < 2 {
        let sentence = "The file has no shares of several corpora: a column for each, adding up to one in every row.";
        return Err(Failure::Data(sentence.to_owned()));
    }
    let mut limits = vec![(0.0, 1.0); corpora.len()];
    for (name, range) in &arguments.limits {
        let at = corpora.iter().position(|corpus| corpus == name).ok_or_else(|| {
            Failure::Usage(format!("There is no corpus “{name}” in the file; it has {}.", corpora.join(", ")))
        })?;
        limits[at] = *range;
    }
    let law = format!("data-mixing-{}", corpora.len());
    let study = arguments.source.fit(&table, Some(&law), arguments.draws)?.study();
    let weights = match arguments.weights.is_empty() {
        true => study.targets.keys().map(|name| (name.clone(), 1.0)).collect(),
        false => arguments.weights.clone(),
    };
    let ask = Ask { weights, limits };
    let answer = ask.answer(&study).map_err(|reason| Failure::Usage(reason.to_string()))?;
    if arguments.json { program::json(&written(&corpora, &answer)) } else { Ok(words(&corpora, &answer)) }
}

fn valued(name: &str, solved: Solved) -> Valued {
    Valued { name: name.to_owned(), value: solved.value, interval: solved.interval }
}

fn written(corpora: &[String], answer: &Answer) -> Written {
    Written {
        shares: corpora.iter().zip(&answer.shares).map(|(name, share)| valued(name, *share)).collect(),
        losses: answer.losses.iter().map(|(name, loss)| valued(name, *loss)).collect(),
        value: valued("weighted sum", answer.value),
        interval: answer.interval.clone(),
    }
}

fn words(corpora: &[String], answer: &Answer) -> String {
    let mut out = format!("Best mixture ({})\n", answer.interval);
    let range = |solved: Solved, print: &dyn Fn(f64) -> String| match solved.interval {
        Some((low, high)) => format!("{} to {}", print(low), print(high)),
        None => String::new(),
    };
    let share = |value: f64| Share(value).to_string();
    let loss = |value: f64| format!("{value:.4}");
    // Writing to a String can't fail.
    for ((name, solved), at_limit) in corpora.iter().zip(&answer.shares).zip(&answer.at_limit) {
        let ends =
            if *at_limit > 0.0 { format!("; at a limit in {:.0} % of draws", 100.0 * at_limit) } else { String::new() };
        let _ = writeln!(out, "  {name:<20} {:>8}   {}{ends}", share(solved.value), range(*solved, &share));
    }
    out.push_str("Losses there\n");
    for (name, solved) in &answer.losses {
        let _ = writeln!(out, "  {name:<20} {:>8}   {}", loss(solved.value), range(*solved, &loss));
    }
    out
}
