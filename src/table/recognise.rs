//! From cells to columns: a role and a unit each, by header, by values, and by hand.

use super::cells::Cells;
use super::header::{self, Hint};
use super::mixture;
use super::problem::{Problem, Problems};
use super::rows::Row;
use super::{Choice, Column, Corpus, Reading, Role, Tracker, Unit};
use crate::quantity::{self, DecimalMark, ShareText};

/// Distinct values shown as samples.
const SAMPLES: usize = 5;
/// Counts below this can't be model sizes in parameters.
const SMALLEST_SIZE: f64 = 1000.0;
/// Counts below this can't be budgets in tokens.
const SMALLEST_TOKENS: f64 = 10_000.0;
/// Shares of one mixture sum to one up to rounding in the file.
const ROUNDING: f64 = 0.005;

/// What was recognised of a file.
pub(super) struct Recognised {
    /// The columns, in the order of the file.
    pub columns: Vec<Column>,
    /// The corpora of its mixture, with the column of each where it has one.
    pub corpora: Vec<(Corpus, Option<usize>)>,
    /// Whether a person said which of them are the domain.
    pub domain_chosen: bool,
}

/// Gives every column its role and unit; what could be read in two ways becomes a question.
pub(super) fn columns(
    cells: &Cells,
    reading: &Reading,
    tracker: Option<Tracker>,
    problems: &mut Problems,
) -> Recognised {
    let hints: Vec<Hint> =
        cells.header.iter().enumerate().map(|(at, header)| hint(cells, at, header, tracker)).collect();
    let mut columns: Vec<Column> = cells
        .header
        .iter()
        .zip(&hints)
        .enumerate()
        .map(|(at, (header, hint))| column(cells, at, header, hint, reading.columns.get(header).copied()))
        .collect();
    for name in reading.columns.keys().filter(|name| !cells.header.contains(name)) {
        problems.push(Problem::NotInFile { name: name.clone() });
    }
    let mixture::Mixed { corpora, domain_chosen } = mixture::corpora(cells, &hints, &mut columns, reading, problems);
    bare_losses(cells, &hints, &mut columns);
    training_losses(&hints, &mut columns, problems);
    same_losses(&hints, &mut columns);
    one_size(&mut columns, problems);
    one_tokens(&mut columns, problems);
    one_share(cells, &hints, &mut columns, problems);
    for role in SINGLE {
        // Which of two columns says the step is not worth a question: what is used shows.
        let asked = matches!(role, Role::Run | Role::Seed | Role::Domain | Role::EvaluationSet | Role::Mixture);
        let mut unasked = Problems::default();
        one_of(&mut columns, role, if asked { problems } else { &mut unasked });
    }
    long_or_wide(cells, &mut columns);
    one_general_loss(&mut columns, corpora.len() < mixture::SEVERAL || domain_chosen, problems);
    for (at, column) in columns.iter().enumerate() {
        if column.reason.ends_with(TOO_SMALL) && is_count(column.role) {
            let header = cells.header.get(at).cloned().unwrap_or_default();
            problems.push(Problem::UnitGuessed { column: header, unit: column.unit });
        }
    }
    Recognised { columns, corpora, domain_chosen }
}

/// Roles that one column at most can have, beside those with rules of their own.
const SINGLE: [Role; 17] = [
    Role::Start,
    Role::UniqueTokens,
    Role::Run,
    Role::Seed,
    Role::Domain,
    Role::EvaluationSet,
    Role::Mixture,
    Role::Step,
    Role::TokensPerStep,
    Role::BatchSize,
    Role::SequenceLength,
    Role::Flops,
    Role::Epochs,
    Role::LearningRate,
    Role::Schedule,
    Role::Tokenizer,
    Role::BytesPerToken,
];

/// What the header says, with the row of units below it; a tracker's own names are known.
fn hint(cells: &Cells, at: usize, header: &str, tracker: Option<Tracker>) -> Hint {
    let unit = cells.units.get(at).map_or("", String::as_str);
    let hint = if unit.is_empty() { header::read(header) } else { header::read(&format!("{header} ({unit})")) };
    let known = match (tracker, header.to_lowercase().as_str()) {
        (Some(Tracker::TensorBoard | Tracker::Mlflow), "value") => Some((Role::Loss, "the tracker's values")),
        (Some(Tracker::TensorBoard), "tag") => Some((Role::EvaluationSet, "the tracker's name of the curve")),
        (Some(Tracker::Mlflow), "key") => Some((Role::EvaluationSet, "the tracker's name of the metric")),
        _ => None,
    };
    match known {
        Some((role, reason)) => Hint { role: Some(role), reason, ..hint },
        None => hint,
    }
}

/// Where no evaluation is in the file the training loss stands in, and that is asked about.
fn training_losses(hints: &[Hint], columns: &mut [Column], problems: &mut Problems) {
    if columns.iter().any(|c| is_loss(c.role)) {
        return;
    }
    let training = |hint: &Hint| hint.reason == header::TRAINING;
    if let Some((column, hint)) = columns.iter_mut().zip(hints).find(|(c, hint)| !c.chosen && training(hint)) {
        let unit = hint.unit.filter(|unit| Role::Loss.units().contains(unit)).unwrap_or(Unit::Nats);
        (column.role, column.unit) = (Role::Loss, unit);
        column.reason = "training loss, as there is no evaluation".to_owned();
        problems.push(Problem::TrainingLoss { column: column.header.clone() });
    }
}

/// Whether a header says that its loss is an evaluation's.
fn evaluated(header: &str) -> bool {
    let says = |w: &String| {
        matches!(w.as_str(), "val" | "test" | "heldout") || w.starts_with("valid") || w.starts_with("eval")
    };
    header::words(header).iter().any(says)
}

/// One loss written in several measures is read once: nats before bits before perplexity, an evaluation before others.
fn same_losses(hints: &[Hint], columns: &mut [Column]) {
    let rank = |at: usize, column: &Column| {
        // Per byte before per token where both are there: it can be compared among tokenizers.
        let unit = match column.unit {
            Unit::Nats => 0,
            Unit::Bits => 1,
            Unit::BitsPerByte => 2,
            Unit::NatsPerByte => 3,
            Unit::BytePerplexity => 4,
            _ => 5,
        };
        (!column.chosen, !evaluated(&column.header), unit, at)
    };
    let mut best: std::collections::HashMap<(String, Role), usize> = std::collections::HashMap::new();
    let key = |at: usize, column: &Column| (hints.get(at).map(|h| h.stem.clone()).unwrap_or_default(), column.role);
    for (at, column) in columns.iter().enumerate().filter(|(_, c)| is_loss(c.role)) {
        let kept = best.entry(key(at, column)).or_insert(at);
        if columns.get(*kept).is_some_and(|other| rank(at, column) < rank(*kept, other)) {
            *kept = at;
        }
    }
    for at in 0..columns.len() {
        let Some(column) = columns.get(at).filter(|c| is_loss(c.role) && !c.chosen) else { continue };
        let kept = best.get(&key(at, column)).copied().filter(|kept| *kept != at);
        let Some(used) = kept.and_then(|kept| columns.get(kept)) else { continue };
        // Two columns of nats are two losses: which one is meant is asked elsewhere.
        let another_measure = used.unit != column.unit;
        let unevaluated = column.role == Role::Loss && evaluated(&used.header) && !evaluated(&column.header);
        let reason = format!("the same loss as “{}”", used.header);
        if (another_measure || unevaluated)
            && let Some(column) = columns.get_mut(at)
        {
            demote(column, &reason);
        }
    }
}

/// Ends the reason of a guessed unit.
const TOO_SMALL: &str = "too small to be counts";

pub(super) fn is_count(role: Role) -> bool {
    matches!(role, Role::Size | Role::SizeWithoutEmbeddings | Role::Tokens)
}

pub(super) fn is_share(role: Role) -> bool {
    matches!(role, Role::DomainShare | Role::GeneralShare)
}

pub(super) fn is_loss(role: Role) -> bool {
    matches!(role, Role::GeneralLoss | Role::DomainLoss | Role::OtherLoss | Role::Loss)
}

fn column(cells: &Cells, at: usize, name: &str, hint: &Hint, choice: Option<Choice>) -> Column {
    let mut samples: Vec<String> = Vec::new();
    for value in cells.values(at) {
        if samples.len() >= SAMPLES {
            break;
        }
        if !samples.iter().any(|s| s == value) {
            samples.push(super::shortened(value));
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
        let shares = matches!(role, Role::DomainShare | Role::GeneralShare | Role::Domain | Role::Ignore);
        if shares && mixture::is_whole(cells, at, hint) {
            (role, reason) = (Role::Mixture, "values are whole mixtures".to_owned());
        }
        // "405M" under "model" is a size; "pythia-70m" is a name.
        let model = hint.role.is_none() && header::words(name) == ["model"];
        if model && cells.values(at).next().is_some() && cells.values(at).all(quantity::has_suffix) {
            (role, reason) = (Role::Size, "values are model sizes".to_owned());
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

/// How a run began, in the words people write: 0 from scratch, 1 continued.
pub(super) fn begins(text: &str) -> Option<f64> {
    let text = text.to_ascii_lowercase();
    let is = |words: &[&str]| words.iter().any(|word| text == *word || text.contains(word) && word.len() > 4);
    if is(&["scratch", "random", "0", "no", "false"]) {
        return Some(0.0);
    }
    is(&["continued", "continual", "pretrained", "pre-trained", "cpt", "warm", "1", "yes", "true"]).then_some(1.0)
}

/// Whether at least half of the values are what a role expects.
fn mostly(cells: &Cells, at: usize, role: Role) -> bool {
    let (mut fit, mut all) = (0usize, 0usize);
    for value in cells.values(at) {
        all += 1;
        fit += usize::from(match role {
            Role::Start => begins(value).is_some(),
            Role::Size | Role::SizeWithoutEmbeddings | Role::Tokens | Role::UniqueTokens => {
                quantity::count(value, cells.mark, 1.0).is_some()
            }
            Role::DomainShare | Role::GeneralShare | Role::CorpusShare | Role::Score => {
                match quantity::share(value, cells.mark) {
                    Some(ShareText::Bare(v)) => (0.0..=100.0).contains(&v),
                    Some(ShareText::Said(_)) => true,
                    None => false,
                }
            }
            Role::GeneralLoss
            | Role::DomainLoss
            | Role::OtherLoss
            | Role::Loss
            | Role::Flops
            | Role::Epochs
            | Role::LearningRate
            | Role::BytesPerToken => quantity::number(value, cells.mark).is_some(),
            Role::Step | Role::TokensPerStep | Role::BatchSize | Role::SequenceLength => {
                quantity::count(value, cells.mark, 1.0).is_some()
            }
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
    if is_share(role) || matches!(role, Role::CorpusShare | Role::Score) {
        // Most of them: one slip of the pen above 1 must not turn a column of fractions into percent.
        let bare = |least: f64| {
            let above =
                move |value: &&str| matches!(quantity::share(value, cells.mark), Some(ShareText::Bare(v)) if v > least);
            cells.values(at).filter(above).count()
        };
        let percent = 2 * bare(1.0) > bare(0.0);
        let paired = cells.values(at).any(|v| matches!(quantity::share(v, cells.mark), Some(ShareText::Said(_))));
        return match percent && !paired {
            true => (Unit::Percent, Some("values above 1, so percent".to_owned())),
            false => (first, None),
        };
    }
    if is_count(role) {
        if cells.values(at).any(quantity::has_suffix) {
            return (Unit::One, Some("values carry a unit".to_owned()));
        }
        let (mut least, mut most) = (f64::INFINITY, 0.0f64);
        for value in cells.values(at).filter_map(|v| quantity::count(v, cells.mark, 1.0)).filter(|v| *v > 0.0) {
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
    let none_said = !columns.iter().any(|c| is_loss(c.role) || c.role == Role::Score);
    for (at, (column, hint)) in columns.iter_mut().zip(hints).enumerate() {
        let named = hint.reason == "header names a corpus";
        if column.chosen
            || column.role != Role::Ignore
            || hint.role.is_some()
            || !(named || none_said)
            || !like_losses(cells, at)
        {
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
    for value in cells.values(at) {
        all += 1;
        if let Some(number) = quantity::number(value, cells.mark) {
            fit += usize::from(number > 0.02 && number < 15.0);
            broken |= number.fract() != 0.0;
        }
    }
    all > 0 && broken && 10 * fit >= 9 * all
}

pub(super) fn demote(column: &mut Column, reason: &str) {
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

/// One token budget; that of the first pre-training, "pt_tokens", after all others.
fn one_tokens(columns: &mut [Column], problems: &mut Problems) {
    let before = |c: &Column| {
        header::words(&c.header).iter().any(|w| matches!(w.as_str(), "pt" | "pretrain" | "pretraining" | "base"))
    };
    keep_one(columns, |c| c.role == Role::Tokens, |c| usize::from(before(c)), Role::Tokens, problems);
}

/// One ratio. A general ratio that is one minus the domain ratio is no second candidate.
fn one_share(cells: &Cells, hints: &[Hint], columns: &mut [Column], problems: &mut Problems) {
    let first = |columns: &[Column], role: Role| {
        let matching = || columns.iter().enumerate().filter(|(_, c)| c.role == role);
        matching().find(|(_, c)| c.chosen).or_else(|| matching().next()).map(|(at, _)| at)
    };
    if let (Some(domain), Some(general)) = (first(columns, Role::DomainShare), first(columns, Role::GeneralShare)) {
        let read = |row: Row<'_>, at: usize| {
            let unit = columns.get(at).map_or(Unit::Fraction, |c| c.unit);
            row.get(at).and_then(|cell| share(cell, cells.mark, unit))
        };
        let mut pairs = cells.first_rows().filter_map(|row| Some(read(row, domain)? + read(row, general)?));
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
pub(super) fn share(cell: &str, mark: DecimalMark, unit: Unit) -> Option<f64> {
    quantity::share(cell, mark).map(|share| match share {
        ShareText::Bare(value) if unit == Unit::Percent => value / 100.0,
        ShareText::Bare(value) | ShareText::Said(value) => value,
    })
}

/// Settles lone losses: with an evaluation set the file is long; without one a lone loss is general.
fn long_or_wide(cells: &Cells, columns: &mut [Column]) {
    let lone = columns.iter().any(|c| c.role == Role::Loss);
    let sided = columns.iter().any(|c| is_loss(c.role) && c.role != Role::Loss);
    if lone && !sided && !columns.iter().any(|c| c.role == Role::EvaluationSet) {
        // A "domain" column that also names a general corpus says what was evaluated, not what was trained on.
        let names_general = |at: usize| cells.values(at).any(|v| header::general_rank(v).is_some());
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

/// At most one general loss: the biggest corpus; the others are read as domain losses. That there is none is a question
/// where the mixture is a domain's ratio.
fn one_general_loss(columns: &mut [Column], of_ratio: bool, problems: &mut Problems) {
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
        if of_ratio && !losses.is_empty() && !losses.iter().all(said) {
            problems.push(Problem::NoGeneralLoss { columns: losses.iter().map(|c| c.header.clone()).collect() });
        }
    }
}
