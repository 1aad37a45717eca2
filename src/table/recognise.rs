//! From cells to columns: a role and a unit each, by header, by values, and by hand.

use super::cells::Cells;
use super::header::{self, Hint};
use super::problem::{Problem, Problems};
use super::{Choice, Column, Reading, Role, Unit};
use crate::quantity::{self, ShareText};

/// Values looked at to tell what a column is: enough for a pattern.
const LOOKED_AT: usize = 500;
/// Distinct values shown as samples.
const SAMPLES: usize = 5;
/// Counts below this can't be model sizes in parameters.
const SMALLEST_SIZE: f64 = 1000.0;
/// Counts below this can't be budgets in tokens.
const SMALLEST_TOKENS: f64 = 10_000.0;
/// Shares of one mixture sum to one up to rounding in the file.
const ROUNDING: f64 = 0.005;

/// Gives every column its role and unit; what could be read in two ways becomes a question.
pub(super) fn columns(cells: &Cells, reading: &Reading, problems: &mut Problems) -> Vec<Column> {
    let hints: Vec<Hint> = cells.header.iter().map(|h| header::read(h)).collect();
    let mut columns: Vec<Column> = cells
        .header
        .iter()
        .enumerate()
        .map(|(at, header)| {
            let hint = hints.get(at).cloned().unwrap_or_else(|| header::read(header));
            let choice = reading.columns.get(header).copied();
            column(cells, at, header, &hint, choice)
        })
        .collect();
    for name in reading.columns.keys().filter(|name| !cells.header.contains(name)) {
        problems.push(Problem::NotInFile { name: name.clone() });
    }
    bare_losses(cells, &hints, &mut columns);
    mixture(&hints, &mut columns, problems);
    one_size(&mut columns, problems);
    one_of(&mut columns, Role::Tokens, problems);
    one_share(cells, &hints, &mut columns, problems);
    for role in [Role::Run, Role::Seed, Role::Domain, Role::EvaluationSet] {
        one_of(&mut columns, role, problems);
    }
    long_or_wide(cells, &mut columns);
    one_general_loss(&mut columns, problems);
    for (at, column) in columns.iter().enumerate() {
        if column.reason.ends_with(TOO_SMALL) && is_count(column.role) {
            let header = cells.header.get(at).cloned().unwrap_or_default();
            problems.push(Problem::UnitGuessed { column: header, unit: column.unit });
        }
    }
    columns
}

/// Ends the reason of a guessed unit.
const TOO_SMALL: &str = "too small to be counts";

fn is_count(role: Role) -> bool {
    matches!(role, Role::Size | Role::SizeWithoutEmbeddings | Role::Tokens)
}

fn is_share(role: Role) -> bool {
    matches!(role, Role::DomainShare | Role::GeneralShare)
}

fn is_loss(role: Role) -> bool {
    matches!(role, Role::GeneralLoss | Role::DomainLoss | Role::Loss)
}

/// The first cells of a column that are not blank.
fn values(cells: &Cells, at: usize) -> impl Iterator<Item = &str> {
    cells.rows.iter().filter_map(move |row| row.get(at)).filter(|cell| !cell.is_empty()).take(LOOKED_AT)
}

fn column(cells: &Cells, at: usize, name: &str, hint: &Hint, choice: Option<Choice>) -> Column {
    let mut samples: Vec<String> = Vec::new();
    for value in values(cells, at) {
        if samples.len() >= SAMPLES {
            break;
        }
        if !samples.iter().any(|s| s == value) {
            samples.push(value.to_owned());
        }
    }
    let (mut role, mut reason) = match (choice, hint.role) {
        (Some(choice), _) => (choice.role, "chosen by hand".to_owned()),
        (None, Some(role)) => (role, hint.reason.to_owned()),
        (None, None) => (Role::Ignore, hint.reason.to_owned()),
    };
    if choice.is_none() {
        if role == Role::Domain && mostly(cells, at, Role::DomainShare) {
            (role, reason) = (Role::DomainShare, "header says domain, values are shares".to_owned());
        }
        if !mostly(cells, at, role) {
            reason = format!("{}, but the values are not", reason);
            role = Role::Ignore;
        }
    }
    let unit = match choice.and_then(|c| c.unit).filter(|unit| role.units().contains(unit)) {
        Some(unit) => unit,
        None => {
            let (unit, why) = unit(cells, at, role, hint.unit);
            if let Some(why) = why {
                reason = format!("{reason}; {why}");
            }
            unit
        }
    };
    Column { header: name.to_owned(), role, unit, reason, chosen: choice.is_some(), samples }
}

/// Whether at least half of the values are what a role expects.
fn mostly(cells: &Cells, at: usize, role: Role) -> bool {
    let (mut fit, mut all) = (0usize, 0usize);
    for value in values(cells, at) {
        all += 1;
        fit += usize::from(match role {
            Role::Size | Role::SizeWithoutEmbeddings | Role::Tokens => {
                quantity::count(value, cells.mark, 1.0).is_some()
            }
            Role::DomainShare | Role::GeneralShare => match quantity::share(value, cells.mark) {
                Some(ShareText::Bare(v)) => (0.0..=100.0).contains(&v),
                Some(ShareText::Said(_)) => true,
                None => false,
            },
            Role::GeneralLoss | Role::DomainLoss | Role::Loss => quantity::number(value, cells.mark).is_some(),
            _ => true,
        });
    }
    2 * fit >= all
}

/// The unit of a column, and why where the values told.
fn unit(cells: &Cells, at: usize, role: Role, said: Option<Unit>) -> (Unit, Option<String>) {
    let first = role.units().first().copied().unwrap_or(Unit::Text);
    if let Some(unit) = said.filter(|unit| role.units().contains(unit)) {
        return (unit, Some(format!("in {}", unit.label())));
    }
    if is_share(role) {
        // Most of them: one slip of the pen above 1 must not turn a column of fractions into percent.
        let bare = |least: f64| {
            let above =
                move |value: &&str| matches!(quantity::share(value, cells.mark), Some(ShareText::Bare(v)) if v > least);
            values(cells, at).filter(above).count()
        };
        let percent = 2 * bare(1.0) > bare(0.0);
        let paired = values(cells, at).any(|v| matches!(quantity::share(v, cells.mark), Some(ShareText::Said(_))));
        return match percent && !paired {
            true => (Unit::Percent, Some("values above 1, so percent".to_owned())),
            false => (first, None),
        };
    }
    if is_count(role) {
        if values(cells, at).any(quantity::has_suffix) {
            return (Unit::One, Some("values carry a unit".to_owned()));
        }
        let (mut least, mut most) = (f64::INFINITY, 0.0f64);
        for value in values(cells, at).filter_map(|v| quantity::count(v, cells.mark, 1.0)).filter(|v| *v > 0.0) {
            (least, most) = (least.min(value), most.max(value));
        }
        let too_small = if role == Role::Tokens { most < SMALLEST_TOKENS } else { most < SMALLEST_SIZE };
        if most > 0.0 && too_small {
            // Models of less than ten million parameters are rare, of a few billion common; tokens come in billions.
            let unit = if role == Role::Tokens || least < 10.0 { Unit::Billions } else { Unit::Millions };
            return (unit, Some(format!("read in {}: {TOO_SMALL}", unit.label())));
        }
    }
    (first, None)
}

/// Wide files that head a loss with the corpus alone: "Github", "Pile-CC".
fn bare_losses(cells: &Cells, hints: &[Hint], columns: &mut [Column]) {
    let none_said = !columns.iter().any(|c| is_loss(c.role));
    for (at, (column, hint)) in columns.iter_mut().zip(hints).enumerate() {
        let named = hint.reason == "header names a corpus";
        if column.chosen || hint.role.is_some() || !(named || none_said) || !like_losses(cells, at) {
            continue;
        }
        (column.role, column.reason) = match header::general_rank(&column.header) {
            Some(_) => (Role::GeneralLoss, "values like losses, header names a general corpus".to_owned()),
            None => (Role::DomainLoss, "values like losses".to_owned()),
        };
        column.unit = Unit::Nats;
    }
}

/// Losses in nats of language models lie between a few hundredths and the logarithm of the vocabulary, about 12.
fn like_losses(cells: &Cells, at: usize) -> bool {
    let (mut all, mut fit, mut broken) = (0usize, 0usize, false);
    for value in values(cells, at) {
        all += 1;
        if let Some(number) = quantity::number(value, cells.mark) {
            fit += usize::from(number > 0.02 && number < 15.0);
            broken |= number.fract() != 0.0;
        }
    }
    all > 0 && broken && 10 * fit >= 9 * all
}

fn demote(column: &mut Column, reason: &str) {
    (column.role, column.unit) = (Role::Ignore, Unit::Text);
    column.reason = reason.to_owned();
}

/// Keeps the first column of a role, a chosen one before others, and asks about the rest.
fn one_of(columns: &mut [Column], role: Role, problems: &mut Problems) {
    keep_one(columns, |c| c.role == role, |_| 0, role, problems);
}

/// Keeps the column with the least `rank` among those that `matches`, chosen ones first, and asks about the rest.
fn keep_one(
    columns: &mut [Column],
    matches: impl Fn(&Column) -> bool,
    rank: impl Fn(&Column) -> usize,
    role: Role,
    problems: &mut Problems,
) {
    let candidates: Vec<usize> = columns.iter().enumerate().filter(|(_, c)| matches(c)).map(|(at, _)| at).collect();
    let of = |at: &usize| columns.get(*at).map_or((true, usize::MAX), |c| (!c.chosen, rank(c)));
    let Some(kept) = candidates.iter().min_by_key(|at| of(at)).copied() else { return };
    let used = columns.get(kept).map(|c| (c.header.clone(), c.chosen)).unwrap_or_default();
    let mut others = Vec::new();
    for (at, column) in columns.iter_mut().enumerate() {
        if at != kept && candidates.contains(&at) {
            others.push((column.header.clone(), column.chosen));
            demote(column, &format!("“{}” is used for this", used.0));
        }
    }
    // A choice by hand answers the question, unless two were chosen.
    if !others.is_empty() && (!used.1 || others.iter().any(|(_, chosen)| *chosen)) {
        problems.push(Problem::Candidates { role, used: used.0, others: others.into_iter().map(|(h, _)| h).collect() });
    }
}

/// One model size; the explicit count without embeddings before the other. Never mixed.
fn one_size(columns: &mut [Column], problems: &mut Problems) {
    let rank = |c: &Column| usize::from(c.role == Role::Size);
    keep_one(columns, |c| matches!(c.role, Role::Size | Role::SizeWithoutEmbeddings), rank, Role::Size, problems);
}

/// One ratio. A general ratio that is one minus the domain ratio is no second candidate.
fn one_share(cells: &Cells, hints: &[Hint], columns: &mut [Column], problems: &mut Problems) {
    let first = |columns: &[Column], role: Role| {
        let matching = || columns.iter().enumerate().filter(|(_, c)| c.role == role);
        matching().find(|(_, c)| c.chosen).or_else(|| matching().next()).map(|(at, _)| at)
    };
    if let (Some(domain), Some(general)) = (first(columns, Role::DomainShare), first(columns, Role::GeneralShare)) {
        let read = |row: &csv::StringRecord, at: usize| {
            let unit = columns.get(at).map_or(Unit::Fraction, |c| c.unit);
            row.get(at).and_then(|cell| share(cell, cells, unit))
        };
        let mut pairs =
            cells.rows.iter().take(LOOKED_AT).filter_map(|row| Some(read(row, domain)? + read(row, general)?));
        if pairs.all(|sum| (sum - 1.0).abs() < ROUNDING) {
            let spare = if columns.get(general).is_some_and(|c| c.chosen) { domain } else { general };
            if let Some(column) = columns.get_mut(spare).filter(|c| !c.chosen) {
                demote(column, "one minus the other ratio");
            }
        }
    }
    // Words before corpus names, the domain before the general ratio.
    let rank = |c: &Column| {
        let explicit = hints.iter().zip(&cells.header).any(|(hint, header)| *header == c.header && hint.explicit);
        2 * usize::from(!explicit) + usize::from(c.role == Role::GeneralShare)
    };
    keep_one(columns, |c| is_share(c.role), rank, Role::DomainShare, problems);
}

/// A cell of a ratio column as a fraction; not checked to lie in 0 to 1.
pub(super) fn share(cell: &str, cells: &Cells, unit: Unit) -> Option<f64> {
    quantity::share(cell, cells.mark).map(|share| match share {
        ShareText::Bare(value) if unit == Unit::Percent => value / 100.0,
        ShareText::Bare(value) | ShareText::Said(value) => value,
    })
}

/// Weights of a mixture: one corpus is the domain, its loss the domain loss, and the biggest general corpus the other.
fn mixture(hints: &[Hint], columns: &mut [Column], problems: &mut Problems) {
    let stem = |at: usize| hints.get(at).map_or("", |h| h.stem.as_str());
    let loss_of = |columns: &[Column], wanted: &str| {
        columns.iter().enumerate().position(|(at, c)| is_loss(c.role) && stem(at) == wanted)
    };
    let hinted_share = |at: usize| hints.get(at).is_some_and(|h| h.role.is_some_and(is_share) && !h.explicit);
    let weights: Vec<usize> = columns
        .iter()
        .enumerate()
        .filter(|(at, c)| (is_share(c.role) || c.chosen) && hinted_share(*at) && !stem(*at).is_empty())
        .map(|(at, _)| at)
        .collect();
    let matched = weights.iter().filter(|at| loss_of(columns, stem(**at)).is_some()).count();
    if weights.len() < 3 || matched < 2 {
        return;
    }
    let chosen = weights.iter().find(|at| columns.get(**at).is_some_and(|c| c.chosen && is_share(c.role))).copied();
    let general = |at: usize| columns.get(at).and_then(|c| header::general_rank(&c.header)).is_some();
    let by_itself = || {
        let not_ignored = |at: &&usize| columns.get(**at).is_some_and(|c| is_share(c.role));
        let candidates: Vec<usize> = weights.iter().filter(not_ignored).copied().collect();
        candidates.into_iter().min_by_key(|at| (loss_of(columns, stem(*at)).is_none(), general(*at)))
    };
    let Some(used) = chosen.or_else(by_itself) else { return };
    let domain_loss = loss_of(columns, stem(used));
    let general_loss =
        columns
            .iter()
            .enumerate()
            .filter(|(at, c)| is_loss(c.role) && Some(*at) != domain_loss && (!c.chosen || c.role == Role::GeneralLoss))
            .filter_map(|(at, c)| {
                if c.chosen { Some((at, 0)) } else { header::general_rank(&c.header).map(|rank| (at, rank + 1)) }
            })
            .min_by_key(|(_, rank)| *rank)
            .map(|(at, _)| at);
    let mut others = Vec::new();
    let used_header = columns.get(used).map(|c| c.header.clone()).unwrap_or_default();
    for (at, column) in columns.iter_mut().enumerate() {
        if at == used {
            if !column.chosen {
                column.role = Role::DomainShare;
                column.reason = "one weight of a mixture, taken for the domain".to_owned();
            }
        } else if weights.contains(&at) {
            others.push(column.header.clone());
            if !column.chosen {
                demote(column, "another weight of the mixture");
            }
        } else if is_loss(column.role) && !column.chosen {
            if Some(at) == domain_loss {
                (column.role, column.reason) = (Role::DomainLoss, format!("loss of the corpus of “{used_header}”"));
            } else if Some(at) == general_loss {
                (column.role, column.reason) =
                    (Role::GeneralLoss, "loss of the biggest general corpus of the mixture".to_owned());
            } else {
                demote(column, "loss of another corpus of the mixture");
            }
        }
    }
    if chosen.is_none() {
        problems.push(Problem::Mixture { used: used_header, others });
    }
}

/// Settles lone losses: with an evaluation set the file is long; without one a lone loss is general.
fn long_or_wide(cells: &Cells, columns: &mut [Column]) {
    let lone = columns.iter().any(|c| c.role == Role::Loss);
    let sided = columns.iter().any(|c| matches!(c.role, Role::GeneralLoss | Role::DomainLoss));
    if lone && !sided && !columns.iter().any(|c| c.role == Role::EvaluationSet) {
        // A "domain" column that also names a general corpus says what was evaluated, not what was trained on.
        let names_general = |at: usize| values(cells, at).any(|v| header::general_rank(v).is_some());
        let found =
            columns.iter().enumerate().position(|(at, c)| c.role == Role::Domain && !c.chosen && names_general(at));
        if let Some(column) = found.and_then(|at| columns.get_mut(at)) {
            column.role = Role::EvaluationSet;
            column.reason = "names general and domain corpora beside one loss".to_owned();
        }
    }
    let set = columns.iter().any(|c| c.role == Role::EvaluationSet);
    for column in columns.iter_mut() {
        match column.role {
            Role::Loss if sided && !column.chosen => demote(column, "other losses say on what"),
            Role::Loss if !set => {
                column.role = Role::GeneralLoss;
                column.reason.push_str("; no evaluation set, so taken as general");
            }
            // A set column without a loss it could name is a label.
            Role::EvaluationSet if !lone && !column.chosen => demote(column, "no lone loss column it could belong to"),
            _ => {}
        }
    }
}

/// At most one general loss: the biggest corpus; the others are read as domain losses.
fn one_general_loss(columns: &mut [Column], problems: &mut Problems) {
    let general: Vec<usize> =
        columns.iter().enumerate().filter(|(_, c)| c.role == Role::GeneralLoss).map(|(at, _)| at).collect();
    let rank = |at: &usize| {
        let column = columns.get(*at);
        let rank = column.and_then(|c| header::general_rank(&c.header)).unwrap_or(usize::MAX);
        (!column.is_some_and(|c| c.chosen), rank)
    };
    if let Some(kept) = general.iter().min_by_key(|at| rank(at)).copied() {
        let (used, chosen) = columns.get(kept).map(|c| (c.header.clone(), c.chosen)).unwrap_or_default();
        let mut others = Vec::new();
        for (at, column) in columns.iter_mut().enumerate() {
            if at != kept && general.contains(&at) {
                column.role = Role::DomainLoss;
                column.reason = format!("“{used}” is the general loss");
                if column.chosen || !chosen {
                    others.push(column.header.clone());
                }
            }
        }
        if !others.is_empty() {
            problems.push(Problem::Candidates { role: Role::GeneralLoss, used, others });
        }
    } else {
        let losses: Vec<&Column> = columns.iter().filter(|c| c.role == Role::DomainLoss).collect();
        // One loss that says "domain", or that a person set, leaves nothing to ask.
        let said = |c: &&Column| c.chosen || c.reason == "header says domain loss";
        if !losses.is_empty() && !losses.iter().all(said) {
            problems.push(Problem::NoGeneralLoss { columns: losses.iter().map(|c| c.header.clone()).collect() });
        }
    }
}
