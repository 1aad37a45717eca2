//! From rows to observations: numbers checked cell by cell, filters applied, long files pivoted, runs found.
//!
//! Rows come one by one and nothing of their text is kept but names: a million rows need the memory of their numbers.

use super::cells::Cells;
use super::decay;
use super::found::{Axis, AxisFound, LeftOut};
use super::header::{self, general_rank};
use super::mixture::{ROUNDING, part_name};
use super::plan::{FLOPS_PER_PARAMETER_AND_TOKEN, Factor, Origin, Plan, is_counted};
use super::problem::{Problem, Problems};
use super::recognise::{Recognised, begins, is_loss, share};
use super::rows::Row;
use super::{
    Column, CorpusShares, Direction, Keep, LossColumn, LossKind, Measure, Observations, Per, Role, Tracker, Unit,
    shortened,
};
use crate::order;
use crate::quantity::{self, DecimalMark};
use std::collections::{HashMap, HashSet};

/// What was assembled.
pub(super) struct Assembled {
    /// The observations.
    pub observations: Observations,
    /// Names in the domain column, in the order of the file.
    pub domains: Vec<String>,
    /// The domain shown, where there is a domain column.
    pub domain: Option<String>,
    /// Where each axis comes from.
    pub axes: Vec<AxisFound>,
    /// Rows that are not among the observations.
    pub left_out: LeftOut,
}

/// Names that are kept of a column that picks rows: more are no choice.
const NAMES: usize = 1000;
/// Cells that a pivot may leave blank, beside sixteen for each row of the file: a file in which every row names a set
/// of its own would else need the square of its rows.
const BLANKS: usize = 1_000_000;

/// One row's axes.
#[derive(Clone, Copy)]
struct Axes {
    size: f64,
    tokens: f64,
    share: f64,
}

/// A loss as the file writes it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Written {
    measure: Measure,
    per: Per,
    /// For a score, what makes it a fraction of one.
    score: Option<f64>,
}

impl Written {
    fn new(unit: Unit) -> Self {
        let (measure, per) = match unit {
            Unit::Bits => (Measure::Bits, Per::Token),
            Unit::NatsPerByte => (Measure::Nats, Per::Byte),
            Unit::BitsPerByte => (Measure::Bits, Per::Byte),
            Unit::Perplexity => (Measure::Perplexity, Per::Token),
            Unit::BytePerplexity => (Measure::Perplexity, Per::Byte),
            _ => (Measure::Nats, Per::Token),
        };
        Self { measure, per, score: None }
    }

    /// As a column's role and unit say.
    fn of(column: &Column) -> Self {
        let score = (column.role == Role::Score).then(|| column.unit.factor());
        Self { score, ..Self::new(column.unit) }
    }

    fn direction(self) -> Direction {
        if self.score.is_some() { Direction::Higher } else { Direction::Lower }
    }

    /// A loss in nats; a perplexity of one and below is none.
    fn nats(self, text: &str, mark: DecimalMark) -> Option<f64> {
        if let Some(factor) = self.score {
            let text = text.trim_end_matches(['%', ' ']);
            return quantity::number(text, mark).map(|v| v * factor).filter(|v| *v > 0.0 && *v <= 1.0);
        }
        let nats = self.measure.to_nats(quantity::number(text, mark)?);
        Some(nats).filter(|nats| *nats > 0.0 && nats.is_finite())
    }

    fn expected(self) -> &'static str {
        if self.score.is_some() {
            return "a score above 0, at most 1 or 100 %";
        }
        match self.measure {
            Measure::Perplexity => "a perplexity: a number above 1",
            Measure::Nats | Measure::Bits => "a loss: a number above 0",
        }
    }
}

/// Observations in the making.
pub(super) struct Builder {
    plan: Plan,
    columns: Vec<Column>,
    mark: DecimalMark,
    axes_found: Vec<AxisFound>,
    /// Whether rows without a loss are usual in this kind of file.
    sparse: bool,
    tracker: Option<Tracker>,
    /// Names in the domain column, and the one whose rows are kept.
    domains: Names,
    /// Names in the tokenizer column; the one whose rows are kept where losses are per token.
    tokenizers: Names,
    /// What losses are counted per, where the bytes per token allow to choose.
    per: Option<Per>,
    left_out: LeftOut,
    rows: usize,

    axes: Vec<Axes>,
    step: Vec<f64>,
    learning_rate: Vec<f64>,
    begun: Vec<f64>,
    epochs: Vec<f64>,
    /// Shares of every corpus, with its column.
    corpora: Vec<(usize, CorpusShares)>,
    lines: Vec<u32>,
    run: Vec<u32>,
    runs: Runs,
    losses: Vec<LossColumn>,
    written: Vec<Written>,
    /// Long files: which loss each set is; `None` where the set is no loss.
    sets: HashMap<String, Option<usize>>,
    too_many_sets: bool,
    /// Long files: rows of each recipe, to find the one a set's loss goes to.
    recipes: HashMap<Vec<u8>, Vec<usize>>,
    key: Vec<u8>,
    found: Vec<f64>,
}

/// The names of a column, and the one that is kept.
#[derive(Default)]
struct Names {
    known: HashSet<String>,
    all: Vec<String>,
    shown: Option<String>,
}

impl Names {
    fn add(&mut self, name: &str) {
        if !self.known.contains(name) && self.all.len() < NAMES {
            self.known.insert(name.to_owned());
            self.all.push(name.to_owned());
        }
    }
}

/// The runs, and what is known of each.
#[derive(Default)]
struct Runs {
    index: HashMap<Vec<u8>, u32>,
    names: Vec<String>,
    /// Of each run its axes, its seed and its schedule.
    of: Vec<(Axes, String, String)>,
}

impl Builder {
    /// A builder for a file of which this was recognised; `wanted` is the domain asked for.
    pub fn new(
        cells: &Cells,
        found: &Recognised,
        plan: Plan,
        wanted: Option<&str>,
        tracker: Option<Tracker>,
        sparse_form: bool,
        problems: &mut Problems,
    ) -> Self {
        let columns = found.columns.clone();
        let mut domains = Names::default();
        let mut tokenizers = Names::default();
        for row in cells.rows.from(0) {
            plan.domain.map(|at| row.cell(at)).filter(|name| !name.is_empty()).into_iter().for_each(|n| domains.add(n));
            let kept = plan.filters.iter().all(|(at, keep)| passes(row.cell(*at), keep, cells.mark));
            let tokenizer = plan.tokenizer.map(|at| row.cell(at)).filter(|name| kept && !name.is_empty());
            tokenizer.into_iter().for_each(|name| tokenizers.add(name));
        }
        domains.shown = match plan.domain {
            None => None,
            // A name that is not in the head may stand further down, where there is more than the head.
            Some(_) => domains.all.iter().find(|name| Some(name.as_str()) == wanted).or(domains.all.first()).cloned(),
        };
        if let Some(name) = wanted.filter(|name| plan.domain.is_none() || !domains.known.contains(*name)) {
            problems.push(Problem::NotInFile { name: name.to_owned() });
        }
        let written: Vec<Written> = match plan.set {
            Some(_) => Vec::new(),
            None => plan.losses.iter().map(|at| Written::of(&columns[*at])).collect(),
        };
        let per_token = plan.losses.iter().any(|at| Written::new(columns[*at].unit).per == Per::Token);
        let several = tokenizers.all.len() > 1;
        let per = plan.bytes_per_token.map(|_| if several { Per::Byte } else { Per::Token });
        if several && per_token && per.is_none() {
            tokenizers.shown = tokenizers.all.first().cloned();
        }
        let losses = match plan.set {
            Some(_) => Vec::new(),
            None => plan
                .losses
                .iter()
                .zip(&written)
                .map(|(at, written)| LossColumn {
                    name: columns[*at].header.clone(),
                    kind: if columns[*at].role == Role::GeneralLoss { LossKind::General } else { LossKind::Domain },
                    values: Vec::new(),
                    measure: written.measure,
                    per: per.unwrap_or(written.per),
                    direction: written.direction(),
                })
                .collect(),
        };
        let several = |origin: &Origin| matches!(origin, Origin::Corpora(corpora) if corpora.len() > 1);
        let corpora = found
            .corpora
            .iter()
            .filter(|_| several(&plan.share))
            .filter_map(|(corpus, at)| {
                let at = (*at).filter(|at| columns[*at].role == Role::CorpusShare)?;
                let shares = CorpusShares { name: corpus.name.clone(), domain: corpus.domain, values: Vec::new() };
                Some((at, shares))
            })
            .collect();
        let half_blank = |at: &usize| 2 * cells.values(*at).count() < cells.first_rows().count();
        let sparse = sparse_form || (!plan.losses.is_empty() && plan.losses.iter().all(half_blank));
        Self {
            axes_found: plan.axes(&columns),
            plan,
            columns,
            mark: cells.mark,
            sparse,
            tracker,
            domains,
            tokenizers,
            per,
            left_out: LeftOut::default(),
            rows: 0,
            axes: Vec::new(),
            step: Vec::new(),
            learning_rate: Vec::new(),
            begun: Vec::new(),
            epochs: Vec::new(),
            corpora,
            lines: Vec::new(),
            run: Vec::new(),
            runs: Runs::default(),
            losses,
            written,
            sets: HashMap::new(),
            too_many_sets: false,
            recipes: HashMap::new(),
            key: Vec::new(),
            found: Vec::new(),
        }
    }

    /// Rows seen so far.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Reads a row. One without a needed axis or without any loss is set aside with its problems listed.
    pub fn row(&mut self, row: Row<'_>, problems: &mut Problems) {
        self.rows += 1;
        let extra = (self.columns.len()..row.len()).any(|at| !row.cell(at).is_empty());
        if row.len() < self.columns.len() || extra {
            let (cells, columns) = (row.len(), self.columns.len());
            problems.push(Problem::RowLength { row: row.line as usize, cells, columns });
        }
        if !self.plan.dropped.is_empty() && self.plan.dropped.contains(&row.line) {
            self.left_out.dropped += 1;
            return;
        }
        if !self.plan.filters.iter().all(|(at, keep)| passes(row.cell(*at), keep, self.mark)) {
            self.left_out.filtered += 1;
            return;
        }
        if self.is_of_others(row, problems) {
            return;
        }
        if let Some((axes, set)) = self.numbers(row, problems) {
            match set {
                None => self.wide(row, axes),
                Some(set) => self.long(row, axes, set),
            }
        }
    }

    /// Whether the row is of another domain or another tokenizer than those shown.
    fn is_of_others(&mut self, row: Row<'_>, problems: &mut Problems) -> bool {
        if let (Some(at), Some(shown)) = (self.plan.domain, &self.domains.shown) {
            let name = row.cell(at);
            if name != shown {
                if name.is_empty() {
                    problems.push(blank(row, &self.columns[at], "the name of a domain"));
                } else {
                    self.domains.add(name);
                    self.left_out.other_domain += 1;
                }
                return true;
            }
        }
        if let (Some(at), Some(shown)) = (self.plan.tokenizer, &self.tokenizers.shown) {
            let name = row.cell(at);
            if name != shown {
                if name.is_empty() {
                    problems.push(blank(row, &self.columns[at], "the name of a tokenizer"));
                } else {
                    self.tokenizers.add(name);
                    self.left_out.other_tokenizer += 1;
                }
                return true;
            }
        }
        false
    }

    /// The row's losses into `found`, its axes, and the set that a long file's row is of.
    fn numbers<'r>(&mut self, row: Row<'r>, problems: &mut Problems) -> Option<(Axes, Option<&'r str>)> {
        let mark = self.mark;
        let mut set = None;
        if let Some(at) = self.plan.set {
            match row.cell(at) {
                "" => {
                    problems.push(blank(row, &self.columns[at], "the name of an evaluation set"));
                    return None;
                }
                name if self.is_no_loss(name) => {
                    self.left_out.no_loss += 1;
                    return None;
                }
                name => set = Some(name),
            }
        }
        self.found.clear();
        let mut any = false;
        let before = problems.count();
        for (index, at) in self.plan.losses.iter().enumerate() {
            let column = &self.columns[*at];
            let written = match self.written.get(index) {
                Some(written) => *written,
                None => set_unit(set, column.unit),
            };
            let text = row.cell(*at);
            let mut nats = f64::NAN;
            // A tracker writes blanks, and Python NaN, where a step has no evaluation.
            if !(self.sparse && is_no_value(text)) {
                nats = cell(row, *at, column, written.expected(), problems, |text| written.nats(text, mark))
                    .unwrap_or(f64::NAN);
            }
            any |= nats.is_finite();
            self.found.push(nats);
        }
        if !any && self.sparse && problems.count() == before {
            self.left_out.no_loss += 1;
            return None;
        }
        let size = axis(&self.plan.size, row, &self.columns, mark, problems, SIZE, f64::NAN);
        let tokens = axis(&self.plan.tokens, row, &self.columns, mark, problems, TOKENS, size.unwrap_or(f64::NAN));
        let size = match self.plan.size {
            Origin::Flops(_) => {
                axis(&self.plan.size, row, &self.columns, mark, problems, SIZE, tokens.unwrap_or(f64::NAN))
            }
            _ => size,
        };
        let share = domain_share(&self.plan.share, row, &self.columns, mark, problems);
        let (Some(size), Some(tokens), Some(share)) = (size, tokens, share) else { return None };
        if !any || !self.per_same(row, set, problems) {
            return None;
        }
        Some((Axes { size, tokens, share }, set))
    }

    /// Brings the losses of the row to what the file's losses are counted per.
    fn per_same(&mut self, row: Row<'_>, set: Option<&str>, problems: &mut Problems) -> bool {
        let (Some(per), Some(factor)) = (self.per, self.plan.bytes_per_token) else { return true };
        let bytes = match factor {
            Factor::Typed(value) => Some(value),
            Factor::Column(at) => {
                let mark = self.mark;
                let read = |text: &str| quantity::number(text, mark).filter(|n| *n > 0.0);
                cell(row, at, &self.columns[at], "bytes per token: a number above 0", problems, read)
            }
        };
        let Some(bytes) = bytes else { return false };
        for (index, nats) in self.found.iter_mut().enumerate() {
            let unit = || self.plan.losses.get(index).map_or(Unit::Nats, |at| self.columns[*at].unit);
            let written = self.written.get(index).copied().unwrap_or_else(|| set_unit(set, unit()));
            match (written.per, per) {
                (Per::Byte, Per::Token) => *nats *= bytes,
                (Per::Token, Per::Byte) => *nats /= bytes,
                _ => {}
            }
            // Only an absurd number of bytes gets here.
            if !(nats.is_finite() && *nats > 0.0) {
                *nats = f64::NAN;
            }
        }
        self.found.iter().any(|nats| nats.is_finite())
    }

    /// Whether a long file's set is no loss: a metric of a tracker that measures something else.
    fn is_no_loss(&self, set: &str) -> bool {
        if self.tracker.is_none() {
            return false;
        }
        match self.sets.get(set) {
            Some(known) => known.is_none(),
            None => !header::read(set).role.is_some_and(is_loss),
        }
    }

    fn wide(&mut self, row: Row<'_>, axes: Axes) {
        self.start(row, axes);
        for (column, value) in self.losses.iter_mut().zip(&self.found) {
            column.values.push(*value);
        }
    }

    fn long(&mut self, row: Row<'_>, axes: Axes, set: &str) {
        let Some(value) = self.found.iter().copied().find(|value| value.is_finite()) else { return };
        let which = match self.sets.get(set).copied().flatten() {
            Some(which) => which,
            None => {
                if self.blanks(1, 0) {
                    self.too_many_sets = true;
                    self.left_out.no_loss += 1;
                    return;
                }
                let unit = self.plan.losses.first().map_or(Unit::Nats, |at| self.columns[*at].unit);
                let written = set_unit(Some(set), unit);
                self.losses.push(LossColumn {
                    name: set.to_owned(),
                    kind: LossKind::Domain,
                    values: vec![f64::NAN; self.lines.len()],
                    measure: written.measure,
                    per: self.per.unwrap_or(written.per),
                    direction: Direction::Lower,
                });
                self.sets.insert(set.to_owned(), Some(self.losses.len() - 1));
                self.losses.len() - 1
            }
        };
        let step = self.plan.step.map_or("", |at| row.cell(at));
        let (run, seed) = (self.text(row, self.plan.run), self.text(row, self.plan.seed));
        let mut key = Vec::new();
        for value in [axes.size, axes.tokens, axes.share] {
            key.extend(value.to_bits().to_le_bytes());
        }
        for text in [run, seed, step] {
            key.extend(text.as_bytes());
            key.push(0);
        }
        let free = self.recipes.get(&key).and_then(|rows| {
            let values = &self.losses.get(which)?.values;
            rows.iter().copied().find(|at| values.get(*at).is_some_and(|value| value.is_nan()))
        });
        // A set that comes twice for one recipe is a repetition: it gets a row of its own.
        let at = match free {
            Some(at) => at,
            None if self.blanks(0, 1) => {
                self.too_many_sets = true;
                self.left_out.no_loss += 1;
                return;
            }
            None => {
                self.start(row, axes);
                self.losses.iter_mut().for_each(|column| column.values.push(f64::NAN));
                let at = self.lines.len() - 1;
                let rows = self.recipes.entry(key).or_default();
                // Repetitions are looked through one by one: beyond a few, the last ones are enough.
                if rows.len() >= REPETITIONS {
                    rows.clear();
                }
                rows.push(at);
                at
            }
        };
        if let Some(place) = self.losses.get_mut(which).and_then(|loss| loss.values.get_mut(at)) {
            *place = value;
        }
    }

    /// Whether so many sets and rows more would leave too many cells blank.
    fn blanks(&self, sets: usize, rows: usize) -> bool {
        (self.losses.len() + sets) * (self.lines.len() + rows) > BLANKS + 16 * self.rows
    }

    fn text<'r>(&self, row: Row<'r>, at: Option<usize>) -> &'r str {
        at.map_or("", |at| row.cell(at))
    }

    /// Starts a new observation. The seed is part of the run: replicates are runs of their own.
    fn start(&mut self, row: Row<'_>, axes: Axes) {
        let (run, seed) = (self.text(row, self.plan.run), self.text(row, self.plan.seed));
        let schedule = self.text(row, self.plan.schedule);
        self.key.clear();
        if run.is_empty() {
            // Not the name: printing a number takes longer than reading the whole row.
            self.key.extend(axes.size.to_bits().to_le_bytes());
            self.key.extend(axes.share.to_bits().to_le_bytes());
        } else {
            self.key.extend(run.as_bytes());
        }
        self.key.push(0);
        self.key.extend(seed.as_bytes());
        let index = match self.runs.index.get(&self.key) {
            Some(index) => *index,
            None => {
                let index = u32::try_from(self.runs.names.len()).unwrap_or(u32::MAX);
                self.runs.index.insert(self.key.clone(), index);
                let name = match (run.is_empty(), seed.is_empty()) {
                    (true, _) => inferred_name(&axes, self.domains.shown.as_deref(), seed),
                    (false, true) => run.to_owned(),
                    (false, false) => format!("{run}, seed {seed}"),
                };
                self.runs.names.push(name);
                self.runs.of.push((axes, seed.to_owned(), schedule.to_owned()));
                index
            }
        };
        let mark = self.mark;
        let number = |at: Option<usize>| at.map(|at| quantity::count(row.cell(at), mark, 1.0).unwrap_or(f64::NAN));
        self.step.extend(number(self.plan.step));
        self.learning_rate.extend(number(self.plan.learning_rate));
        // What a cell that can't be read leaves is the usual: a continued run, a single pass.
        self.begun.extend(self.plan.begun.map(|at| begins(row.cell(at)).unwrap_or(1.0)));
        self.epochs.extend(self.plan.unique.map(|at| {
            let factor = self.columns[at].unit.factor();
            let unique = quantity::count(row.cell(at), mark, factor).filter(|unique| *unique > 0.0);
            unique.map_or(1.0, |unique| (axes.tokens / unique).max(1.0))
        }));
        // The row's shares were read for the domain's already; what is left of rounding is divided out.
        let mut whole = 0.0;
        for (at, corpus) in &mut self.corpora {
            let value = share(row.cell(*at), mark, self.columns[*at].unit).unwrap_or(f64::NAN);
            whole += value;
            corpus.values.push(value);
        }
        for (_, corpus) in &mut self.corpora {
            if let Some(value) = corpus.values.last_mut() {
                *value /= whole;
            }
        }
        self.run.push(index);
        self.lines.push(row.line);
        self.axes.push(axes);
    }

    /// The observations of all rows.
    pub fn finish(mut self, problems: &mut Problems) -> Assembled {
        if self.plan.set.is_some() {
            one_general_set(&mut self.losses, problems);
        }
        if let (Some(at), Some(shown)) = (self.plan.domain, &self.domains.shown)
            && self.domains.all.len() > 1
        {
            let (column, other_rows) = (self.columns[at].header.clone(), self.left_out.other_domain);
            problems.ask(Problem::Domains { column, shown: shown.clone(), other_rows });
        }
        if let (Some(at), Some(shown)) = (self.plan.tokenizer, &self.tokenizers.shown) {
            let (column, other_rows) = (self.columns[at].header.clone(), self.left_out.other_tokenizer);
            let others = self.tokenizers.all.iter().filter(|name| *name != shown).cloned().collect();
            problems.ask(Problem::Tokenizers { column, shown: shown.clone(), others, other_rows });
        }
        if self.left_out.no_loss > 0 {
            problems.ask(Problem::NoLossRows { rows: self.left_out.no_loss });
        }
        if self.too_many_sets {
            let column = self.plan.set.map(|at| self.columns[at].header.clone()).unwrap_or_default();
            problems.ask(Problem::TooManySets { column, read: self.losses.len() });
        }
        let axes = &self.axes;
        let column = |origin: &Origin, of: fn(&Axes) -> f64| {
            (*origin != Origin::Missing).then(|| axes.iter().map(of).collect::<Vec<f64>>())
        };
        let tokens = column(&self.plan.tokens, |axes| axes.tokens);
        let step = self.plan.step.is_some().then_some(self.step);
        let learning_rate = self.plan.learning_rate.is_some().then_some(self.learning_rate);
        let schedules: Vec<String> = self.runs.of.iter().map(|(_, _, schedule)| schedule.clone()).collect();
        let decay = decay::flags(&decay::Known {
            run: &self.run,
            place: step.as_deref().or(tokens.as_deref()),
            learning_rate: learning_rate.as_deref(),
            schedule: &schedules,
        });
        let recipe = match self.plan.seed {
            Some(_) => recipes(&self.runs, &self.run, learning_rate.as_deref()),
            None => Vec::new(),
        };
        let observations = Observations {
            size: column(&self.plan.size, |axes| axes.size),
            domain_share: column(&self.plan.share, |axes| axes.share),
            tokens,
            weight: None,
            run: self.run,
            runs: self.runs.names,
            runs_inferred: self.plan.run.is_none(),
            line: self.lines,
            losses: self.losses,
            step,
            learning_rate,
            decay,
            recipe,
            start: self.plan.begun.is_some().then_some(self.begun),
            epochs: self.plan.unique.is_some().then_some(self.epochs),
            corpora: self.corpora.into_iter().map(|(_, corpus)| corpus).collect(),
        };
        for found in &mut self.axes_found {
            found.distinct = match found.axis {
                Axis::Size => distinct(observations.size.as_deref()),
                Axis::Tokens => distinct(observations.tokens.as_deref()),
                Axis::Ratio => distinct(observations.domain_share.as_deref()),
                Axis::LearningRate => distinct(observations.learning_rate.as_deref()),
            };
        }
        Assembled {
            observations,
            domains: self.domains.all,
            domain: self.domains.shown,
            axes: self.axes_found,
            left_out: self.left_out,
        }
    }
}

/// Rows of one recipe that are looked through for a free place: replicates without a name come in tens, not thousands.
const REPETITIONS: usize = 64;

/// What a cell of an axis must be.
const SIZE: &str = "a number of parameters above 0";
const TOKENS: &str = "a number of tokens, 0 or more";

fn blank(row: Row<'_>, column: &Column, expected: &str) -> Problem {
    Problem::Blank { row: row.line as usize, column: column.header.clone(), expected: expected.to_owned() }
}

/// Whether a cell of a sparse file says that there is no value.
fn is_no_value(text: &str) -> bool {
    text.is_empty() || ["nan", "null", "none", "n/a", "-"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// The unit of a set's losses: what its own name says ("wikitext bits_per_byte"), else the column's.
fn set_unit(set: Option<&str>, column: Unit) -> Written {
    let said = set.and_then(|set| header::read(set).unit).filter(|unit| Role::Loss.units().contains(unit));
    Written::new(said.unwrap_or(column))
}

/// Reads one cell; a problem where it is blank or not what was expected.
fn cell(
    row: Row<'_>,
    at: usize,
    column: &Column,
    expected: &str,
    problems: &mut Problems,
    read: impl Fn(&str) -> Option<f64>,
) -> Option<f64> {
    let text = row.cell(at);
    if text.is_empty() {
        problems.push(blank(row, column, expected));
        return None;
    }
    let value = read(text);
    if value.is_none() {
        problems.push(Problem::Cell {
            row: row.line as usize,
            column: column.header.clone(),
            read: shortened(text),
            expected: expected.to_owned(),
        });
    }
    value
}

/// Whether a cell passes a filter.
fn passes(cell: &str, keep: &Keep, mark: DecimalMark) -> bool {
    match keep {
        Keep::Equals(values) => values.iter().any(|value| value.trim() == cell),
        Keep::Between { low, high } => {
            let number = quantity::number(cell, mark).or_else(|| quantity::count(cell, mark, 1.0)).or_else(|| {
                quantity::share(cell, mark).map(|(quantity::ShareText::Bare(v) | quantity::ShareText::Said(v))| v)
            });
            number.is_some_and(|n| low.is_none_or(|low| n >= low) && high.is_none_or(|high| n <= high))
        }
    }
}

/// Size or tokens of a row; NaN where the file has none, `None` where the row's cell can't be used. `other` is the axis
/// that FLOPs are divided by.
fn axis(
    origin: &Origin,
    row: Row<'_>,
    columns: &[Column],
    mark: DecimalMark,
    problems: &mut Problems,
    expected: &str,
    other: f64,
) -> Option<f64> {
    let positive = expected == SIZE;
    let mut read = |at: usize, expected: &str, positive: bool| {
        let unit = columns[at].unit;
        let factor = if is_counted(unit) { unit.factor() } else { 1.0 };
        cell(row, at, &columns[at], expected, problems, |text| {
            quantity::count(text, mark, factor).filter(|n| *n > 0.0 || !positive)
        })
    };
    match origin {
        Origin::Column(at) => read(*at, expected, positive),
        Origin::Typed(value, _) => Some(*value),
        Origin::Flops(_) if other.is_nan() => Some(f64::NAN),
        Origin::Flops(at) => {
            let flops = read(*at, "a number of FLOPs above 0", true)?;
            Some(flops / (FLOPS_PER_PARAMETER_AND_TOKEN * other)).filter(|value| value.is_finite())
        }
        Origin::Product(first, factors, _) => {
            let mut product = 1.0;
            for (which, factor) in std::iter::once(first).chain(factors).enumerate() {
                product *= match factor {
                    Factor::Typed(value) => *value,
                    Factor::Column(at) => read(*at, "a number, 0 or more", which > 0)?,
                };
            }
            Some(product).filter(|value| value.is_finite())
        }
        Origin::Missing | Origin::Corpora(_) | Origin::Mixture(..) => Some(f64::NAN),
    }
}

/// The domain's share in a row; NaN where the file has none, `None` where the row's cells can't be used.
fn domain_share(
    origin: &Origin,
    row: Row<'_>,
    columns: &[Column],
    mark: DecimalMark,
    problems: &mut Problems,
) -> Option<f64> {
    const EXPECTED: &str = "a share from 0 to 1, a percentage or two parts such as 1:9";
    let mut read = |at: usize| {
        let column = &columns[at];
        cell(row, at, column, EXPECTED, problems, |text| {
            share(text, mark, column.unit).filter(|value| (0.0..=1.0).contains(value))
        })
    };
    match origin {
        Origin::Column(at) => {
            let value = read(*at)?;
            Some(if columns[*at].role == Role::GeneralShare { 1.0 - value } else { value })
        }
        Origin::Typed(value, _) => Some(*value),
        Origin::Corpora(corpora) => {
            let (mut domain, mut whole) = (0.0, 0.0);
            for (at, of_domain) in corpora {
                let value = read(*at)?;
                whole += value;
                domain += if *of_domain { value } else { 0.0 };
            }
            if (whole - 1.0).abs() < ROUNDING {
                return Some(domain.clamp(0.0, 1.0));
            }
            problems.push(Problem::Shares { row: row.line as usize, sum: quantity::significant(whole, 3) });
            None
        }
        Origin::Mixture(at, domain) => {
            let column = &columns[*at];
            cell(row, *at, column, "a mixture such as pile:0.3,code:0.7", problems, |text| {
                let parts = quantity::mixture(text, mark)?;
                let counted = parts.into_iter().enumerate().filter(|(index, (name, _))| match name.is_empty() {
                    true => domain.contains(&part_name(*index)),
                    false => domain.contains(name),
                });
                Some(counted.map(|(_, (_, share))| share).sum::<f64>().clamp(0.0, 1.0))
            })
        }
        Origin::Missing | Origin::Product(..) | Origin::Flops(_) => Some(f64::NAN),
    }
}

/// For each run the recipe it repeats: size, ratio, schedule and peak learning rate are equal, the seed is another.
fn recipes(runs: &Runs, run: &[u32], learning_rate: Option<&[f64]>) -> Vec<u32> {
    let mut peak = vec![0.0f64; runs.names.len()];
    for (rate, run) in learning_rate.unwrap_or_default().iter().zip(run) {
        if let Some(peak) = peak.get_mut(*run as usize) {
            *peak = peak.max(*rate);
        }
    }
    let mut index: HashMap<(u64, u64, String, u64), u32> = HashMap::new();
    let mut all = Vec::with_capacity(runs.of.len());
    for ((axes, _, schedule), peak) in runs.of.iter().zip(peak) {
        let next = u32::try_from(index.len()).unwrap_or(u32::MAX);
        let key =
            (axes.size.to_bits(), axes.share.to_bits(), schedule.clone(), quantity::significant(peak, 3).to_bits());
        all.push(*index.entry(key).or_insert(next));
    }
    all
}

/// Distinct values, counted up to [`AxisFound::COUNTED`].
fn distinct(values: Option<&[f64]>) -> usize {
    let mut known = HashSet::new();
    for value in values.unwrap_or_default().iter().filter(|value| value.is_finite()) {
        known.insert(value.to_bits());
        if known.len() >= AxisFound::COUNTED {
            break;
        }
    }
    known.len()
}

/// A name a person recognises: "1.8B, 33.3 % python, seed 1".
fn inferred_name(axes: &Axes, domain: Option<&str>, seed: &str) -> String {
    let mut parts = Vec::new();
    if !axes.size.is_nan() {
        parts.push(quantity::Params(axes.size).to_string());
    }
    match (axes.share.is_nan(), domain) {
        (false, Some(domain)) => parts.push(format!("{} {domain}", quantity::Share(axes.share))),
        (false, None) => parts.push(quantity::Share(axes.share).to_string()),
        (true, Some(domain)) => parts.push(domain.to_owned()),
        (true, None) => {}
    }
    if !seed.is_empty() {
        parts.push(format!("seed {seed}"));
    }
    if parts.is_empty() { "all rows".to_owned() } else { parts.join(", ") }
}

/// Picks the general set of a long file by name and puts it first.
fn one_general_set(losses: &mut Vec<LossColumn>, problems: &mut Problems) {
    let mut ranked: Vec<(usize, usize)> =
        losses.iter().enumerate().filter_map(|(at, loss)| Some((general_rank(&loss.name)?, at))).collect();
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
            if !others.is_empty()
                && let Some(used) = losses.get(*at)
            {
                let used = used.name.clone();
                problems.ask(Problem::Candidates { role: Role::GeneralLoss, used, others: names(others, losses) });
            }
            if let Some(loss) = losses.get_mut(*at) {
                loss.kind = LossKind::General;
            }
            // The general loss first; the domain losses keep their order.
            order::sort_by(losses, |a, b| a.kind.cmp(&b.kind));
        }
    }
}
