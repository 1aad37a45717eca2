//! Long files: one column of losses, and one that names the evaluation set of each. Rows of one recipe become one
//! observation with a loss a set.

use super::value::{Axes, Written};
use crate::order;
use crate::table::header::{self, general_rank};
use crate::table::mixture;
use crate::table::problem::{Problem, Problems};
use crate::table::recognise::is_loss;
use crate::table::{CorpusShares, Direction, LossColumn, LossKind, Per, Role, Unit};
use std::collections::HashMap;

/// Cells that a pivot may leave blank, beside sixteen for each row of the file: a file in which every row names a set
/// of its own would else need the square of its rows.
const BLANKS: usize = 1_000_000;
/// Rows of one recipe that are looked through for a free place: replicates without a name come in tens, not thousands.
const REPETITIONS: usize = 64;
/// Sets whose names are read once and remembered: more are no sets.
const REMEMBERED: usize = 1000;

/// The sets and recipes of a long file.
pub(super) struct Sets {
    /// Unit of the losses, where a set's name says none.
    unit: Unit,
    /// Whether a set may be a metric that is no loss, as in a tracker's export.
    metrics: bool,
    known: HashMap<String, Set>,
    /// Where each set's losses are, where it has any.
    column: HashMap<String, usize>,
    /// Rows of each recipe, to find the one a set's loss goes to.
    recipes: HashMap<Vec<u8>, Vec<usize>>,
    key: Vec<u8>,
    /// Whether sets were left out for their number.
    pub too_many: bool,
}

/// What the name of a set says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Set {
    /// The unit of its losses, where the name says one: "wikitext bits_per_byte".
    pub unit: Option<Unit>,
    /// Whether it is a loss at all.
    pub is_loss: bool,
}

/// Where a set's loss goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Place {
    /// To the observation that is there.
    Row(usize),
    /// To a new one.
    NewRow,
    /// Nowhere: nearly all of the table would be blank.
    Nowhere,
}

impl Sets {
    /// Sets of losses in this unit; where `metrics` may be among them, those that are no losses are told apart.
    pub fn new(unit: Unit, metrics: bool) -> Self {
        Self {
            unit,
            metrics,
            known: HashMap::new(),
            column: HashMap::new(),
            recipes: HashMap::new(),
            key: Vec::new(),
            too_many: false,
        }
    }

    /// What the name of a set says.
    pub fn read(&mut self, name: &str) -> Set {
        if let Some(set) = self.known.get(name) {
            return *set;
        }
        let hint = header::read(name);
        let unit = hint.unit.filter(|unit| Role::Loss.units().contains(unit));
        let set = Set { unit, is_loss: !self.metrics || hint.role.is_some_and(is_loss) };
        if self.known.len() < REMEMBERED {
            self.known.insert(name.to_owned(), set);
        }
        set
    }

    /// The column of a set's losses; a new one, of `rows` blanks, where it is the first of its set. `None` where there
    /// are too many sets.
    pub fn column(
        &mut self,
        name: &str,
        per: Option<Per>,
        losses: &mut Vec<LossColumn>,
        (rows, read): (usize, usize),
    ) -> Option<usize> {
        if let Some(which) = self.column.get(name) {
            return Some(*which);
        }
        if is_mostly_blank(losses.len() + 1, rows, read) {
            self.too_many = true;
            return None;
        }
        let written = Written::new(self.read(name).unit.unwrap_or(self.unit));
        losses.push(LossColumn {
            name: name.to_owned(),
            kind: LossKind::Domain,
            other: false,
            values: vec![f64::NAN; rows],
            measure: written.measure,
            per: per.unwrap_or(written.per),
            direction: Direction::Lower,
        });
        self.column.insert(name.to_owned(), losses.len() - 1);
        Some(losses.len() - 1)
    }

    /// The observation of this recipe, told by its axes, the shares of all corpora and its names, that has no loss of the
    /// set yet. A set that comes twice for one recipe is a repetition: it gets a row of its own.
    pub fn place(
        &mut self,
        (axes, mixture): (Axes, &[f64]),
        names: [&str; 3],
        losses: &[LossColumn],
        which: usize,
        (rows, read): (usize, usize),
    ) -> Place {
        self.key.clear();
        for value in [axes.size, axes.tokens, axes.share].iter().chain(mixture) {
            self.key.extend(value.to_bits().to_le_bytes());
        }
        for text in names {
            self.key.extend(text.as_bytes());
            self.key.push(0);
        }
        let free = self.recipes.get(&self.key).and_then(|rows| {
            let values = &losses.get(which)?.values;
            rows.iter().copied().find(|at| values.get(*at).is_some_and(|value| value.is_nan()))
        });
        if let Some(row) = free {
            return Place::Row(row);
        }
        if is_mostly_blank(losses.len(), rows + 1, read) {
            self.too_many = true;
            return Place::Nowhere;
        }
        match self.recipes.get_mut(&self.key) {
            Some(known) => {
                // Repetitions are looked through one by one: beyond a few, the last ones are enough.
                if known.len() >= REPETITIONS {
                    known.clear();
                }
                known.push(rows);
            }
            None => {
                self.recipes.insert(self.key.clone(), vec![rows]);
            }
        }
        Place::NewRow
    }
}

/// Whether a table of so many sets and rows would leave too many cells blank, after so many rows of the file.
fn is_mostly_blank(sets: usize, rows: usize, read: usize) -> bool {
    sets * rows > BLANKS + 16 * read
}

/// Settles which sets of a long file are the general one, which comes first, the domain's, and of other corpora of the
/// mixture, which come last. Where the mixture is more than one ratio and nobody said which corpora are the domain, which
/// set is the general one is no question.
pub(super) fn sides(
    losses: &mut Vec<LossColumn>,
    corpora: &[&CorpusShares],
    domain_chosen: bool,
    problems: &mut Problems,
) {
    let domain = mixture::domain_sets(losses, corpora);
    let mut unasked = Problems::default();
    let of_ratio = corpora.len() < mixture::SEVERAL || domain_chosen;
    one_general_set(losses, &domain, if of_ratio { problems } else { &mut unasked });
    if domain.contains(&true) {
        for (loss, domain) in losses.iter_mut().zip(domain) {
            loss.other = !domain && loss.kind == LossKind::Domain;
        }
    }
    // What is alike keeps its order.
    order::sort_by(losses, |a, b| (a.kind, a.other).cmp(&(b.kind, b.other)));
}

/// Picks the general set by name, which is none of the domain's.
fn one_general_set(losses: &mut [LossColumn], domain: &[bool], problems: &mut Problems) {
    let others = losses.iter().zip(domain).enumerate().filter(|(_, (_, domain))| !**domain);
    let mut ranked: Vec<(usize, usize)> =
        others.filter_map(|(at, (loss, _))| Some((general_rank(&loss.name)?, at))).collect();
    order::sort_by(&mut ranked, Ord::cmp);
    let names = |picked: &[(usize, usize)], losses: &[LossColumn]| {
        picked.iter().filter_map(|(_, at)| losses.get(*at)).map(|loss| loss.name.clone()).collect::<Vec<_>>()
    };
    match ranked.split_first() {
        None if losses.is_empty() => {}
        // One loss that names no corpus: what a wide file's lone loss is taken for.
        None if losses.len() == 1 && losses.iter().all(|loss| header::read(&loss.name).role == Some(Role::Loss)) => {
            losses.iter_mut().for_each(|loss| loss.kind = LossKind::General);
        }
        None => problems.ask(Problem::NoGeneralLoss { columns: losses.iter().map(|l| l.name.clone()).collect() }),
        Some(((_, at), others)) => {
            // Beside the domain's own the biggest is as good as said.
            if !others.is_empty()
                && !domain.contains(&true)
                && let Some(used) = losses.get(*at)
            {
                let used = used.name.clone();
                problems.ask(Problem::Candidates { role: Role::GeneralLoss, used, others: names(others, losses) });
            }
            if let Some(loss) = losses.get_mut(*at) {
                loss.kind = LossKind::General;
            }
        }
    }
}
