//! From headers and cells to one role and unit a column, for the file as a whole.
//!
//! Spelling first, then values, then the person's own choices over both; then what can stand only once (size, tokens,
//! ratio, the general loss) is settled, and what was settled by guess becomes a question among the problems.

use super::cells::Cells;
use super::header::{self, Spelling};
use super::problem::{Problem, Problems};
use super::role::{Role, Unit};
use super::{Column, Reading};
use crate::quantity::{self, ShareText};

/// Rows looked at to tell a unit: enough to see a pattern, few enough to cost nothing in a long file.
const LOOKED_AT: usize = 2000;
/// Distinct values shown beside a header.
const SAMPLES: usize = 3;
/// Losses in nats lie in this range in every file seen; anything else under an unknown header is something else.
const LOSS_RANGE: std::ops::Range<f64> = 0.05..20.0;
/// Share of bare numbers above 1 from which a column of shares is percent and not fractions with slips.
const PERCENT_SHARE: f64 = 0.2;

/// The columns with roles and units.
pub(super) fn columns(cells: &Cells, reading: &Reading, problems: &mut Problems) -> Vec<Column> {
    for name in reading.columns.keys().filter(|name| !cells.header.contains(name)) {
        problems.push(Problem::NotInFile { name: name.clone() });
    }
    let spellings: Vec<Spelling> = cells.header.iter().map(|header| header::spelling(header)).collect();
    let mut columns: Vec<Column> = cells
        .header
        .iter()
        .zip(&spellings)
        .enumerate()
        .map(|(at, (header, spelling))| {
            let choice = reading.columns.get(header);
            let role = choice.map_or_else(|| by_values(cells, at, spelling), |choice| choice.role);
            let reason = match (choice, spelling.role) {
                (Some(_), _) => "set by you".to_owned(),
                (None, Some(found)) if found == role => spelling.reason.clone(),
                (None, Some(_)) => "its values are no numbers".to_owned(),
                (None, None) if role == Role::Ignore => "nothing known by that name".to_owned(),
                (None, None) => "its values look like it".to_owned(),
            };
            let samples = samples(cells, at);
            Column { header: header.clone(), role, unit: Unit::Text, reason, chosen: choice.is_some(), samples }
        })
        .collect();
    losses_by_values(cells, &mut columns, &spellings);
    settle_once(&mut columns, &[Role::Size, Role::SizeWithoutEmbeddings], Role::SizeWithoutEmbeddings, problems);
    settle_once(&mut columns, &[Role::Tokens], Role::Tokens, problems);
    let mixture = settle_shares(&mut columns, &spellings, problems);
    settle_losses(&mut columns, &spellings, mixture.as_deref(), cells, problems);
    for at in 0..columns.len() {
        let asked = reading.columns.get(&columns[at].header).and_then(|choice| choice.unit);
        columns[at].unit = unit(cells, at, columns[at].role, asked.or(spellings[at].unit), problems);
    }
    columns
}

/// The role by spelling, unless the values contradict it.
fn by_values(cells: &Cells, at: usize, spelling: &Spelling) -> Role {
    match spelling.role {
        Some(Role::Size) if counts(cells, at) == 0 => Role::Ignore,
        Some(role) => role,
        // "model" holds names ("pythia-70m") or sizes ("1.8B").
        None if spelling.stem == ["model"] && counts(cells, at) > 0 => Role::Size,
        None => Role::Ignore,
    }
}

/// Cells of a column that read as counts.
fn counts(cells: &Cells, at: usize) -> usize {
    column(cells, at).filter(|cell| quantity::count(cell, cells.mark, 1.0).is_some()).count()
}

fn column(cells: &Cells, at: usize) -> impl Iterator<Item = &str> {
    cells.rows.iter().take(LOOKED_AT).map(move |row| row.get(at).unwrap_or("")).filter(|cell| !cell.is_empty())
}

fn samples(cells: &Cells, at: usize) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for cell in column(cells, at) {
        if found.len() == SAMPLES {
            break;
        }
        if !found.iter().any(|known| known == cell) {
            found.push(cell.chars().take(24).collect());
        }
    }
    found
}

/// Where no header says loss, columns of unknown name whose numbers look like losses are losses ("Github", "Pile-CC").
fn losses_by_values(cells: &Cells, columns: &mut [Column], spellings: &[Spelling]) {
    if columns.iter().any(|column| is_loss(column.role)) {
        return;
    }
    for (at, spelling) in spellings.iter().enumerate() {
        if spelling.role.is_some() || columns[at].chosen || columns[at].role != Role::Ignore {
            continue;
        }
        let (mut good, mut all, mut decimals) = (0usize, 0usize, false);
        for cell in column(cells, at) {
            all += 1;
            good += usize::from(quantity::number(cell, cells.mark).is_some_and(|v| LOSS_RANGE.contains(&v)));
            decimals |= cell.contains(['.', ',']);
        }
        if all > 0 && decimals && good * 10 >= all * 9 {
            let general = header::is_general(&spelling.stem);
            columns[at].role = if general { Role::GeneralLoss } else { Role::DomainLoss };
            columns[at].reason = "its values look like losses".to_owned();
        }
    }
}

fn is_loss(role: Role) -> bool {
    matches!(role, Role::GeneralLoss | Role::DomainLoss | Role::Loss)
}

/// Of several columns for one thing, the chosen one, else the first of the preferred role, else the first, is used.
fn settle_once(columns: &mut [Column], roles: &[Role], preferred: Role, problems: &mut Problems) {
    let candidates: Vec<usize> = (0..columns.len()).filter(|&at| roles.contains(&columns[at].role)).collect();
    let chosen = candidates.iter().rev().copied().find(|&at| columns[at].chosen);
    let by_role = candidates.iter().copied().find(|&at| columns[at].role == preferred);
    let Some(used) = chosen.or(by_role).or_else(|| candidates.first().copied()) else { return };
    let others: Vec<usize> = candidates.into_iter().filter(|&at| at != used).collect();
    if others.is_empty() {
        return;
    }
    if chosen.is_none() {
        problems.push(Problem::Candidates {
            role: columns[used].role,
            used: columns[used].header.clone(),
            others: others.iter().map(|&at| columns[at].header.clone()).collect(),
        });
    }
    let header = columns[used].header.clone();
    for at in others {
        columns[at].role = Role::Ignore;
        columns[at].chosen = false;
        columns[at].reason = format!("“{header}” is used instead");
    }
}

/// Settles the ratio; of a mixture of three or more weights, the stem of the one used.
fn settle_shares(columns: &mut [Column], spellings: &[Spelling], problems: &mut Problems) -> Option<Vec<String>> {
    let with = |columns: &[Column], role: Role| -> Vec<usize> {
        (0..columns.len()).filter(|&at| columns[at].role == role).collect()
    };
    let (domain, general) = (with(columns, Role::DomainShare), with(columns, Role::GeneralShare));
    let all = domain.len() + general.len();
    let chosen = domain.iter().chain(&general).rev().copied().find(|&at| columns[at].chosen);
    let has_loss = |at: usize| {
        (0..columns.len())
            .any(|loss| is_loss(columns[loss].role) && same_corpus(&spellings[loss].stem, &spellings[at].stem))
    };
    let used = chosen
        .or_else(|| domain.iter().copied().find(|&at| has_loss(at)))
        .or_else(|| domain.first().copied())
        .or_else(|| general.first().copied())?;
    let others: Vec<usize> = domain.iter().chain(&general).copied().filter(|&at| at != used).collect();
    let names = others.iter().map(|&at| columns[at].header.clone()).collect();
    let header = columns[used].header.clone();
    if chosen.is_none() {
        if all > 2 {
            problems.push(Problem::Mixture { used: header.clone(), others: names });
        } else if all == 2 && (domain.len() == 2 || general.len() == 2) {
            // One domain and one general ratio say the same twice; two of a kind are a question.
            problems.push(Problem::Candidates { role: columns[used].role, used: header.clone(), others: names });
        }
    }
    for at in others {
        columns[at].role = Role::Ignore;
        columns[at].chosen = false;
        columns[at].reason = format!("“{header}” is used instead");
    }
    (all > 2).then(|| spellings[used].stem.clone())
}

fn same_corpus(a: &[String], b: &[String]) -> bool {
    !a.is_empty() && a == b
}

/// Settles which losses are general and which are of a domain.
fn settle_losses(
    columns: &mut [Column],
    spellings: &[Spelling],
    mixture: Option<&[String]>,
    cells: &Cells,
    problems: &mut Problems,
) {
    let free = |columns: &[Column], role: Role| -> Vec<usize> {
        (0..columns.len()).filter(|&at| columns[at].role == role).collect()
    };
    // A long file: one loss column and one that names the set. A domain column that names a general corpus is one too.
    let plain = free(columns, Role::Loss);
    if let Some(&loss) = plain.first() {
        if free(columns, Role::EvaluationSet).is_empty() {
            let named = free(columns, Role::Domain).into_iter().find(|&at| {
                !columns[at].chosen && column(cells, at).any(|cell| header::is_general(&header::words(cell)))
            });
            if let Some(at) = named {
                columns[at].role = Role::EvaluationSet;
                columns[at].reason = "names the set each loss is measured on".to_owned();
            }
        }
        if free(columns, Role::EvaluationSet).is_empty() {
            let taken = !free(columns, Role::GeneralLoss).is_empty();
            columns[loss].role = if taken { Role::DomainLoss } else { Role::GeneralLoss };
            for &at in &plain[1..] {
                columns[at].role = Role::DomainLoss;
            }
        } else {
            for &at in &plain[1..] {
                columns[at].role = Role::Ignore;
                columns[at].reason = format!("“{}” is used instead", columns[loss].header);
            }
            return;
        }
    }
    let mut general = free(columns, Role::GeneralLoss);
    if let Some(stem) = mixture {
        // The loss of the corpus whose weight is used is the domain loss; the first general corpus's stays; the rest
        // depend on weights that are not used.
        for at in (0..columns.len()).filter(|&at| is_loss(columns[at].role) && !columns[at].chosen).collect::<Vec<_>>()
        {
            if same_corpus(&spellings[at].stem, stem) {
                columns[at].role = Role::DomainLoss;
                columns[at].reason = "the loss of the corpus whose weight is used".to_owned();
            } else if columns[at].role == Role::DomainLoss {
                columns[at].role = Role::Ignore;
                columns[at].reason = "the loss of another corpus of the mixture".to_owned();
            }
        }
        general = free(columns, Role::GeneralLoss);
    }
    let used = general.iter().rev().copied().find(|&at| columns[at].chosen).or_else(|| general.first().copied());
    if let Some(used) = used {
        let others: Vec<usize> = general.into_iter().filter(|&at| at != used).collect();
        if !others.is_empty() && !columns[used].chosen && mixture.is_none() {
            problems.push(Problem::Candidates {
                role: Role::GeneralLoss,
                used: columns[used].header.clone(),
                others: others.iter().map(|&at| columns[at].header.clone()).collect(),
            });
        }
        for at in others {
            columns[at].role = if mixture.is_some() { Role::Ignore } else { Role::DomainLoss };
            columns[at].chosen = false;
            columns[at].reason = format!("“{}” is the general loss", columns[used].header);
        }
    } else {
        let domain = free(columns, Role::DomainLoss);
        if domain.len() > 1 {
            let names = domain.into_iter().map(|at| columns[at].header.clone()).collect();
            problems.push(Problem::NoGeneralLoss { columns: names });
        }
    }
}

/// The unit of a column: said by hand or by the header, else told by the values.
fn unit(cells: &Cells, at: usize, role: Role, said: Option<Unit>, problems: &mut Problems) -> Unit {
    let units = role.units();
    if let Some(unit) = said.filter(|unit| units.contains(unit)) {
        return unit;
    }
    match role {
        Role::DomainShare | Role::GeneralShare => {
            let bare: Vec<f64> = column(cells, at)
                .filter_map(|cell| match quantity::share(cell, cells.mark)? {
                    ShareText::Bare(value) => Some(value),
                    ShareText::Said(_) => None,
                })
                .collect();
            let above = bare.iter().filter(|value| **value > 1.0).count();
            if above as f64 > PERCENT_SHARE * bare.len() as f64 { Unit::Percent } else { Unit::Fraction }
        }
        Role::Size | Role::SizeWithoutEmbeddings | Role::Tokens => {
            let bare: Vec<f64> = column(cells, at)
                .filter(|cell| !quantity::has_suffix(cell))
                .filter_map(|cell| quantity::count(cell, cells.mark, 1.0))
                .filter(|value| *value > 0.0)
                .collect();
            let largest = bare.iter().copied().fold(0.0, f64::max);
            let least = bare.iter().copied().fold(f64::INFINITY, f64::min);
            // No model has fewer than a thousand parameters, no run fewer than a thousand tokens.
            if bare.is_empty() || largest >= 1000.0 {
                return Unit::One;
            }
            let guessed = if role != Role::Tokens && least >= 10.0 { Unit::Millions } else { Unit::Billions };
            problems.push(Problem::UnitGuessed { column: cells.header[at].clone(), unit: guessed });
            guessed
        }
        _ => units.first().copied().unwrap_or(Unit::Text),
    }
}
