//! `ratioscope fit FILE`: reads a table, fits every loss asked for, prints a report or the study as JSON.

use crate::program::{self, Failure};
use crate::report;
use crate::source::{DRAWS, Source};
use clap::Args;
use ratioscope::fit::{Study, StudyLayout, profile};

/// What `ratioscope fit` is asked.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Paired draws behind the intervals.
    #[arg(long, default_value_t = DRAWS, value_parser = clap::value_parser!(u32).range(..=100_000))]
    draws: u32,
    /// Profile a parameter instead: how much worse the fit gets away from its value. May be given several times.
    #[arg(long = "profile", value_name = "PARAMETER")]
    profiles: Vec<String>,
    /// Print the whole study, or the profiles, as JSON.
    #[arg(long)]
    json: bool,
}

/// Fits, and returns what is printed.
pub fn run(arguments: &Arguments) -> Result<String, Failure> {
    let table = arguments.source.open()?;
    if !arguments.profiles.is_empty() {
        return profiles(arguments, &table);
    }
    let file = arguments.source.file_name();
    let study = Study { file, ..arguments.source.fit(&table, None, arguments.draws)?.study() };
    if arguments.json { program::json(&StudyLayout::from(study)) } else { Ok(report::study(&study)) }
}

fn profiles(arguments: &Arguments, table: &ratioscope::table::Table) -> Result<String, Failure> {
    let session = arguments.source.fit(table, None, 0)?;
    let mut found = std::collections::BTreeMap::new();
    for target in session.targets() {
        for name in &arguments.profiles {
            let profile = profile::profile(target, name, session.options()).ok_or_else(|| {
                let law = target.prepared.sample.law;
                let known: Vec<&str> = law.parameters().iter().map(|parameter| parameter.name).collect();
                Failure::Usage(format!(
                    "“{name}” is no parameter that is fitted here; {} has {}.",
                    law.name(),
                    known.join(", ")
                ))
            })?;
            found.entry(target.name.clone()).or_insert_with(Vec::new).push(profile);
        }
    }
    if arguments.json { program::json(&found) } else { Ok(report::profiles(&found, session.options().level)) }
}
