//! `ratioscope fit FILE`: reads a table, fits every loss asked for, prints a report or the study as JSON.

use crate::program::{self, Failure};
use crate::report;
use clap::Args;
use clap::builder::PossibleValuesParser;
use ratioscope::fit::{Options, Session, Study, StudyLayout};
use ratioscope::law;
use ratioscope::table::{self, Choice, LossKind, Reading, Role, Table};

/// What `ratioscope fit` is asked.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A CSV file with a header and one row a validation; `-` reads standard input.
    file: String,
    /// The law; without it, the one that suits the columns.
    #[arg(long, value_parser = PossibleValuesParser::new(law::CATALOGUE.iter().map(|law| law.id())))]
    law: Option<String>,
    /// A loss to fit: `general`, `domain` or a column; may be given several times. Without it, every loss found.
    #[arg(long = "target", value_name = "NAME")]
    targets: Vec<String>,
    /// The column with the model size.
    #[arg(long, value_name = "COLUMN")]
    size: Option<String>,
    /// The column with the tokens.
    #[arg(long, value_name = "COLUMN")]
    tokens: Option<String>,
    /// The column with the mixture ratio: the domain's share, unless its header says it is the general one.
    #[arg(long, value_name = "COLUMN")]
    ratio: Option<String>,
    /// The column with the loss; may be given several times. Other loss columns are then not used.
    #[arg(long = "loss", value_name = "COLUMN")]
    losses: Vec<String>,
    /// The domain to use, where a column names several; without it, the first.
    #[arg(long, value_name = "NAME")]
    domain: Option<String>,
    /// Paired draws behind the intervals.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(..=100_000))]
    draws: u32,
    /// Seed of the draws.
    #[arg(long, default_value_t = Options::default().seed)]
    seed: u64,
    /// Print the whole study as JSON.
    #[arg(long)]
    json: bool,
}

/// Fits, and returns what is printed.
pub fn run(arguments: &Arguments) -> Result<String, Failure> {
    let bytes = program::read(&arguments.file)?;
    let table = open(&bytes, arguments)?;
    let study = fit(&table, arguments)?;
    if arguments.json { program::json(&StudyLayout::from(study)) } else { Ok(report::study(&study)) }
}

/// Reads the table with the columns as they were named.
fn open(bytes: &[u8], arguments: &Arguments) -> Result<Table, Failure> {
    let unusable = |error: table::ReadError| Failure::Data(error.to_string());
    let mut reading = Reading { domain: arguments.domain.clone(), ..Reading::default() };
    let named = [&arguments.size, &arguments.tokens, &arguments.ratio].into_iter().any(Option::is_some);
    if named || !arguments.losses.is_empty() {
        choose(bytes, arguments, &mut reading)?;
    }
    let table = table::read(bytes, &reading).map_err(unusable)?;
    if let Some(domain) = &arguments.domain
        && !table.domains.contains(domain)
    {
        return Err(Failure::Usage(format!("There is no domain “{domain}” in the file{}.", list(&table.domains))));
    }
    Ok(table)
}

/// Turns `--size COLUMN` and its like into roles; another column of the same kind is then not used.
fn choose(bytes: &[u8], arguments: &Arguments, reading: &mut Reading) -> Result<(), Failure> {
    // What is recognised without help says which of two roles a named column has. A file that can't be used without
    // the named columns may have no columns to show: then the first role is taken.
    let recognised = table::read(bytes, &Reading::default()).map(|table| table.columns).unwrap_or_default();
    let groups: [(&[Role], &[String]); 4] = [
        (&[Role::Size, Role::SizeWithoutEmbeddings], arguments.size.as_slice()),
        (&[Role::Tokens], arguments.tokens.as_slice()),
        (&[Role::DomainShare, Role::GeneralShare], arguments.ratio.as_slice()),
        (&[Role::DomainLoss, Role::GeneralLoss, Role::Loss], &arguments.losses),
    ];
    for (roles, headers) in groups {
        if headers.is_empty() {
            continue;
        }
        for column in recognised.iter().filter(|column| roles.contains(&column.role)) {
            reading.columns.insert(column.header.clone(), Choice { role: Role::Ignore, unit: None });
        }
        for header in headers {
            let known = recognised.iter().find(|column| column.header == *header);
            if known.is_none() && !recognised.is_empty() {
                let headers: Vec<String> = recognised.iter().map(|column| column.header.clone()).collect();
                return Err(Failure::Usage(format!("There is no column “{header}” in the file{}.", list(&headers))));
            }
            let role = known.map(|column| column.role).filter(|role| roles.contains(role)).unwrap_or(roles[0]);
            reading.columns.insert(header.clone(), Choice { role, unit: None });
        }
    }
    Ok(())
}

fn fit(table: &Table, arguments: &Arguments) -> Result<Study, Failure> {
    let targets = targets(table, &arguments.targets)?;
    let options = Options { draws: arguments.draws as usize, seed: arguments.seed, ..Options::default() };
    let mut session = Session::new(table, arguments.law.as_deref(), &targets, &options)
        .map_err(|error| Failure::Data(error.to_string()))?;
    loop {
        let (done, asked) = session.step();
        if done >= asked {
            return Ok(session.study());
        }
    }
}

/// The losses asked for, by the names they have in the file: `general` and `domain` stand for all of their kind.
fn targets(table: &Table, asked: &[String]) -> Result<Vec<String>, Failure> {
    let losses = &table.observations.losses;
    let mut names = Vec::new();
    for name in asked {
        let kind = match name.as_str() {
            "general" => Some(LossKind::General),
            "domain" => Some(LossKind::Domain),
            _ => None,
        };
        let mut found: Vec<String> =
            losses.iter().map(|loss| &loss.name).filter(|loss| *loss == name).cloned().collect();
        if found.is_empty() {
            found = losses.iter().filter(|loss| Some(loss.kind) == kind).map(|loss| loss.name.clone()).collect();
        }
        if found.is_empty() {
            let known: Vec<String> = losses.iter().map(|loss| loss.name.clone()).collect();
            return Err(Failure::Usage(format!("There is no loss “{name}” in the file{}.", list(&known))));
        }
        names.extend(found);
    }
    names.dedup();
    Ok(names)
}

/// ": it has a, b, c", or nothing where there is nothing to list.
fn list(names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!(": it has {}", names.join(", ")) }
}
