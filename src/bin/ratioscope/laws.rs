//! `ratioscope laws [FILE]`: the catalogue, and for a file which laws suit it and what the others lack.

use crate::program::{self, Failure};
use crate::reading::ReadingOptions;
use clap::Args;
use ratioscope::decide::words::list;
use ratioscope::fit::prepare;
use ratioscope::law::{self, Law, Need, Ranges};
use ratioscope::published::{CRITICAL_RATIOS, CRITICAL_SOURCE, PUBLISHED};
use ratioscope::quantity::Params;
use ratioscope::table::{LossColumn, Observations, Reading};
use serde::Serialize;
use std::fmt::Write;

/// What `ratioscope laws` is asked.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A file: says which laws suit it, which is picked, and what the others lack; `-` reads standard input.
    file: Option<String>,
    #[command(flatten)]
    reading: ReadingOptions,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// A law as it is listed.
#[derive(Debug, Serialize)]
struct Listed {
    id: &'static str,
    name: &'static str,
    formula: String,
    parameters: Vec<Described>,
    citation: &'static str,
    uncertain: &'static str,
    /// What it needs, in words; what the file lacks of that, where there is a file.
    needs: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lacks: Option<Vec<String>>,
    /// The losses of the file it is picked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    picked: Option<Vec<String>>,
}

/// A parameter as it is listed.
#[derive(Debug, Serialize)]
struct Described {
    name: &'static str,
    meaning: &'static str,
    /// `None` where there is no end.
    low: Option<f64>,
    high: Option<f64>,
    why: &'static str,
}

/// Lists, and returns what is printed.
pub fn run(arguments: &Arguments) -> Result<String, Failure> {
    let data = match &arguments.file {
        None => None,
        Some(file) => {
            let bytes = program::read(file)?;
            let reading: Reading = arguments.reading.reading();
            Some(Data::of(&arguments.reading.table(file, &bytes, &reading)?.observations))
        }
    };
    let known = law::offered(&data.as_ref().map_or_else(Ranges::default, |data| data.ranges));
    let laws: Vec<Listed> = known.map(|law| listed(law, data.as_ref())).collect();
    if arguments.json { program::json(&laws) } else { Ok(words(&laws)) }
}

/// What of a file decides about laws.
struct Data {
    ranges: Ranges,
    /// The losses, each with the law picked for it.
    picked: Vec<(String, &'static str)>,
}

impl Data {
    fn of(observations: &Observations) -> Self {
        let ranges = prepare::ranges(observations);
        let pick = |column: &LossColumn| {
            let law = prepare::pick(observations, &ranges, column);
            prepare::is_about(law, column).then(|| (column.name.clone(), law.id()))
        };
        Self { picked: observations.losses.iter().filter_map(pick).collect(), ranges }
    }
}

fn listed(law: &'static dyn Law, data: Option<&Data>) -> Listed {
    let words = |needs: &[Need]| needs.iter().map(ToString::to_string).collect::<Vec<String>>();
    let end = |value: f64| value.is_finite().then_some(value);
    let described = |p: &law::Parameter| Described {
        name: p.name,
        meaning: p.meaning,
        low: end(p.bounds.0),
        high: end(p.bounds.1),
        why: p.bounds_reason,
    };
    Listed {
        id: law.id(),
        name: law.name(),
        formula: law::form::written(law),
        parameters: law.parameters().iter().map(described).collect(),
        citation: law.citation(),
        uncertain: law.uncertain(),
        needs: words(law.needs()),
        lacks: data.map(|data| words(&law::lacks(law, &data.ranges))),
        picked: data.map(|data| {
            let of = data.picked.iter().filter(|(_, picked)| *picked == law.id());
            of.map(|(loss, _)| loss.clone()).collect()
        }),
    }
}

fn words(laws: &[Listed]) -> String {
    let mut out = String::new();
    // Writing to a String can't fail.
    for law in laws {
        let _ = write!(out, "{}: {}", law.id, law.name);
        let _ = match (&law.lacks, &law.picked) {
            (_, Some(losses)) if !losses.is_empty() => writeln!(out, " (picked for {})", list(losses)),
            (Some(lacks), _) if lacks.is_empty() => writeln!(out, " (suits this file)"),
            _ => writeln!(out),
        };
        let _ = writeln!(out, "  L = {}", law.formula);
        let _ = writeln!(out, "  {}", law.citation);
        if !law.uncertain.is_empty() {
            let _ = writeln!(out, "  {}", law.uncertain);
        }
        let (lead, needs) = match &law.lacks {
            Some(lacks) => ("lacks", lacks),
            None => ("needs", &law.needs),
        };
        for need in needs {
            let _ = writeln!(out, "  {lead} {need}");
        }
        out.push('\n');
    }
    if laws.iter().all(|law| law.lacks.is_none()) {
        out.push_str(
            "A law of your own: --law 'E + A/N^alpha + B*r^eta/D^beta'; names that are no columns become parameters.\n",
        );
        for (name, meaning) in law::formula::NAMES {
            let _ = writeln!(out, "  {name:<10} {meaning}");
        }
        out.push_str("\nWith printed parameters (ratioscope predict --published NAME):\n");
        for published in PUBLISHED {
            let _ = writeln!(out, "  {:<24} {}; {}", published.id, published.name, published.source);
        }
        for model in CRITICAL_RATIOS {
            let _ = writeln!(out, "  {:<24} Critical ratio of a model of {}", model.id, Params(model.size));
        }
        let _ = writeln!(out, "  {:<24} {CRITICAL_SOURCE}", "");
    }
    out
}
