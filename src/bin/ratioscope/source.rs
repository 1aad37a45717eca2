//! What every command that fits is asked: the file and its columns, the law, the losses, the objective and what a person
//! knows of the parameters.

use crate::program::{self, Failure};
use crate::reading::ReadingOptions;
use clap::{Args, ValueEnum};
use ratioscope::fit::{Constraint, FitError, Objective, Options, Rule, Scheme, Session};
use ratioscope::law;
use ratioscope::table::{Choice, LossKind, Reading, Role, Table};

/// Draws where a command asks for none: enough for a tail of 5 % to be known to 0.7 % of rank.
pub const DRAWS: u32 = 1000;

/// The options shared by the commands that fit.
#[derive(Debug, Args)]
pub struct Source {
    /// A CSV file with a header and one row a validation; `-` reads standard input.
    pub file: String,
    /// The law: one of `ratioscope laws`, or a formula such as 'E + A/N^alpha + B*r^eta/D^beta'; without it, the one that
    /// suits the columns.
    #[arg(long, value_name = "LAW", value_parser = known_law)]
    pub law: Option<String>,
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
    /// The column with a score, of which more is better; may be given several times. Loss columns are then not used.
    #[arg(long = "score", value_name = "COLUMN")]
    scores: Vec<String>,
    /// The column that says which runs began from scratch and which continued a trained model.
    #[arg(long, value_name = "COLUMN")]
    start: Option<String>,
    /// The column with the unique tokens, where runs repeat data.
    #[arg(long, value_name = "COLUMN")]
    unique: Option<String>,
    /// The column with the weight of each row in the fit.
    #[arg(long, value_name = "COLUMN")]
    weight: Option<String>,
    /// The domain to use, where a column names several; without it, the first.
    #[arg(long, value_name = "NAME")]
    domain: Option<String>,
    #[command(flatten)]
    reading: ReadingOptions,
    /// What is minimised: Huber's loss of log residuals, least squares on them, or least squares on the loss.
    #[arg(long, value_enum, default_value = "huber")]
    objective: Goal,
    /// Where Huber's loss turns from square to linear.
    #[arg(long, default_value_t = Options::default().delta, value_parser = positive)]
    delta: f64,
    /// Fix a parameter: `E=1.7`, or `domain_loss:E=1.7` for one loss. N in parameters, D in tokens.
    #[arg(long = "fix", value_name = "PARAMETER=VALUE", value_parser = fix)]
    fixed: Vec<Constraint>,
    /// Make a parameter equal another: `alpha=beta`.
    #[arg(long = "tie", value_name = "PARAMETER=OTHER", value_parser = tie)]
    tied: Vec<Constraint>,
    /// Keep a parameter within bounds: `eps=0.01:0.5`.
    #[arg(long = "bound", value_name = "PARAMETER=LOW:HIGH", value_parser = bound)]
    bounded: Vec<Constraint>,
    /// How the draws come about: resampled errors, or Exp(1) weights of runs.
    #[arg(long, value_enum, default_value = "errors")]
    scheme: Drawn,
    /// Seed of the draws.
    #[arg(long, default_value_t = Options::default().seed)]
    seed: u64,
}

/// What is minimised.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Goal {
    Huber,
    LsLog,
    Ls,
}

/// How draws come about.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Drawn {
    Errors,
    Weights,
}

fn known_law(text: &str) -> Result<String, String> {
    match law::by_id(text) {
        Some(_) => Ok(text.to_owned()),
        None => Err(FitError::no_such_law(text).to_string()),
    }
}

fn positive(text: &str) -> Result<f64, String> {
    let value = text.parse::<f64>().ok().filter(|value| value.is_finite() && *value > 0.0);
    value.ok_or_else(|| "expected a number above 0, such as 0.001".to_owned())
}

/// Splits `loss:parameter=value`; the loss is optional.
fn constraint(text: &str, rule: impl Fn(&str) -> Option<Rule>, example: &str) -> Result<Constraint, String> {
    let wrong = || format!("expected something like {example}");
    let (left, right) = text.split_once('=').ok_or_else(wrong)?;
    let (target, parameter) = match left.rsplit_once(':') {
        Some((target, parameter)) => (Some(target.trim().to_owned()), parameter),
        None => (None, left),
    };
    let rule = rule(right.trim()).ok_or_else(wrong)?;
    Ok(Constraint { target, parameter: parameter.trim().to_owned(), rule })
}

fn fix(text: &str) -> Result<Constraint, String> {
    constraint(text, |value| value.parse().ok().map(Rule::Fix), "E=1.7")
}

fn tie(text: &str) -> Result<Constraint, String> {
    constraint(text, |other| (!other.is_empty()).then(|| Rule::Tie(other.to_owned())), "alpha=beta")
}

fn bound(text: &str) -> Result<Constraint, String> {
    let rule = |value: &str| {
        let (low, high) = value.split_once(':')?;
        Some(Rule::Bound(low.parse().ok()?, high.parse().ok()?))
    };
    constraint(text, rule, "eps=0.01:0.5")
}

impl Source {
    /// The options of the fit.
    pub fn options(&self, draws: u32) -> Options {
        Options {
            objective: match self.objective {
                Goal::Huber => Objective::Huber,
                Goal::LsLog => Objective::LeastSquaresLog,
                Goal::Ls => Objective::LeastSquares,
            },
            delta: self.delta,
            draws: draws as usize,
            seed: self.seed,
            scheme: match self.scheme {
                Drawn::Errors => Scheme::Errors,
                Drawn::Weights => Scheme::Weights,
            },
            constraints: self.fixed.iter().chain(&self.tied).chain(&self.bounded).cloned().collect(),
            ..Options::default()
        }
    }

    /// Reads the table, with the weights where a column of them is named.
    pub fn open(&self) -> Result<Table, Failure> {
        let bytes = program::read(&self.file)?;
        let mut table = open(&bytes, self)?;
        if let Some(column) = &self.weight {
            table.observations.weight = Some(weights(&bytes, column, &table.observations.line)?);
        }
        Ok(table)
    }

    /// The file's name without its folders; `None` of standard input.
    pub fn file_name(&self) -> Option<String> {
        let name = std::path::Path::new(&self.file).file_name()?.to_string_lossy().into_owned();
        Some(name).filter(|name| name != "-")
    }

    /// Fits a law, the one asked for unless another is given, and adds the draws.
    pub fn fit(&self, table: &Table, law: Option<&str>, draws: u32) -> Result<Session, Failure> {
        let targets = targets(table, &self.targets)?;
        let law = law.or(self.law.as_deref());
        let wrong = |error: FitError| match error {
            FitError::TooFewRows { .. } => Failure::Data(error.to_string()),
            _ => Failure::Usage(error.to_string()),
        };
        let mut session = Session::new(table, law, &targets, &self.options(draws)).map_err(wrong)?;
        loop {
            let (done, asked) = session.step();
            if done >= asked {
                return Ok(session);
            }
        }
    }
}

/// The weight of each row, by the line it stands on.
fn weights(bytes: &[u8], column: &str, lines: &[u32]) -> Result<Vec<f64>, Failure> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut found = None;
    for delimiter in [b',', b';', b'\t'] {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .comment(Some(b'#'))
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let at = reader.headers().ok().and_then(|headers| headers.iter().position(|header| header == column));
        if let Some(at) = at {
            found = Some((reader, at));
            break;
        }
    }
    let Some((mut reader, at)) = found else {
        return Err(Failure::Usage(format!("There is no column “{column}” in the file.")));
    };
    let mut weights = vec![f64::NAN; lines.len()];
    for record in reader.records().map_while(Result::ok) {
        let line = record.position().map_or(0, csv::Position::line) as u32;
        let cell = record.get(at).unwrap_or("");
        // A long file has the same line for one row of observations; several may share it.
        for (weight, _) in weights.iter_mut().zip(lines).filter(|(_, known)| **known == line) {
            *weight = cell.parse::<f64>().ok().filter(|value| value.is_finite() && *value >= 0.0).ok_or_else(|| {
                Failure::Data(format!(
                    "Line {line}, column “{column}”: “{cell}” is no weight; write a number of 0 or more."
                ))
            })?;
        }
    }
    Ok(weights)
}

/// Reads the table with the columns as they were named.
fn open(bytes: &[u8], arguments: &Source) -> Result<Table, Failure> {
    let mut reading = Reading { domain: arguments.domain.clone(), ..arguments.reading.reading() };
    let named = [&arguments.size, &arguments.tokens, &arguments.ratio, &arguments.start, &arguments.unique];
    if named.into_iter().any(Option::is_some) || !arguments.losses.is_empty() || !arguments.scores.is_empty() {
        choose(bytes, arguments, &mut reading)?;
    }
    let table = arguments.reading.table(&arguments.file, bytes, &reading)?;
    if let Some(domain) = &arguments.domain
        && !table.domains.contains(domain)
    {
        return Err(Failure::Usage(format!("There is no domain “{domain}” in the file{}.", list(&table.domains))));
    }
    Ok(table)
}

/// Turns `--size COLUMN` and its like into roles; another column of the same kind is then not used.
fn choose(bytes: &[u8], arguments: &Source, reading: &mut Reading) -> Result<(), Failure> {
    // What is recognised without help says which of two roles a named column has. A file that can't be used without
    // the named columns may have no columns to show: then the first role is taken.
    let recognised = arguments
        .reading
        .table(&arguments.file, bytes, &reading.clone())
        .map(|table| table.columns)
        .unwrap_or_default();
    let groups: [(&[Role], &[String]); 7] = [
        (&[Role::Size, Role::SizeWithoutEmbeddings], arguments.size.as_slice()),
        (&[Role::Tokens], arguments.tokens.as_slice()),
        (&[Role::DomainShare, Role::GeneralShare], arguments.ratio.as_slice()),
        (&[Role::DomainLoss, Role::GeneralLoss, Role::OtherLoss, Role::Loss], &arguments.losses),
        (&[Role::Score, Role::DomainLoss, Role::GeneralLoss, Role::OtherLoss, Role::Loss], &arguments.scores),
        (&[Role::Start], arguments.start.as_slice()),
        (&[Role::UniqueTokens], arguments.unique.as_slice()),
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
            let kept = known.map(|column| column.role).filter(|role| roles.contains(role) && roles[0] != Role::Score);
            // A loss that is named is wanted, of whichever corpus it is.
            let kept = kept.filter(|role| *role != Role::OtherLoss);
            let role = kept.unwrap_or(roles[0]);
            reading.columns.insert(header.clone(), Choice { role, unit: None });
        }
    }
    Ok(())
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
            let of_kind = losses.iter().filter(|loss| Some(loss.kind) == kind && !loss.other);
            found = of_kind.map(|loss| loss.name.clone()).collect();
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
