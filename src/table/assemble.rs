//! From rows to observations: numbers checked cell by cell, filters applied, long files pivoted, runs found.
//!
//! Rows come one by one and nothing of their text is kept but names: a million rows need the memory of their numbers.

mod finish;
mod long;
mod runs;
mod value;

use self::long::{Place, Set, Sets};
use self::runs::{Runs, Says};
use self::value::{Axes, SIZE, TOKENS, Written, axis, blank, cell, domain_share, is_no_value, passes};
use super::cells::Cells;
use super::found::{AxisFound, Corpus, LeftOut};
use super::mixture::part_name;
use super::plan::{Factor, Origin, Plan};
use super::problem::{Problem, Problems};
use super::recognise::{Recognised, begins, share};
use super::rows::Row;
use super::{Column, CorpusShares, LossColumn, LossKind, Observations, Per, Role, Tracker, Unit};
use crate::quantity::{self, DecimalMark};
use std::collections::HashSet;

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
/// Room beyond what a file's head lets expect: rows grow a little with their step.
const SPARE: f64 = 1.05;
/// Rows for which room is made at once: two million, 130 MB, whatever the head says of the rest.
const MOST_ROOM: usize = 2_000_000;

/// Observations in the making.
pub(super) struct Builder {
    plan: Plan,
    columns: Vec<Column>,
    mark: DecimalMark,
    axes_found: Vec<AxisFound>,
    /// Whether rows without a loss are usual in this kind of file.
    sparse: bool,
    /// Names in the domain column, and the one whose rows are kept.
    domains: Names,
    /// Names in the tokenizer column; the one whose rows are kept where losses are per token.
    tokenizers: Names,
    /// What losses are counted per, where the bytes per token allow to choose.
    per: Option<Per>,
    left_out: LeftOut,
    rows: usize,

    size: Vec<f64>,
    tokens: Vec<f64>,
    share: Vec<f64>,
    step: Vec<f64>,
    learning_rate: Vec<f64>,
    begun: Vec<f64>,
    epochs: Vec<f64>,
    /// Shares of every corpus, with its column where it has one.
    corpora: Vec<(Option<usize>, CorpusShares)>,
    domain_chosen: bool,
    /// The shares of the row at hand, corpus by corpus.
    mixture: Vec<f64>,
    lines: Vec<u32>,
    run: Vec<u32>,
    runs: Runs,
    losses: Vec<LossColumn>,
    /// Of a long file.
    sets: Option<Sets>,
    /// The losses of the row at hand.
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

    fn several(&self) -> bool {
        self.all.len() > 1
    }
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
        let names = plan.domain.is_some() || plan.tokenizer.is_some();
        for row in cells.rows.from(0).take(if names { cells.rows.len() } else { 0 }) {
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
        let written = |at: usize| Written::of(&columns[at]);
        let per_token = plan.losses.iter().any(|at| Written::new(columns[*at].unit).per == Per::Token);
        let per = plan.bytes_per_token.map(|_| if tokenizers.several() { Per::Byte } else { Per::Token });
        // One tokenizer's losses alone are comparable, unless all are brought to bytes. Another may come further down.
        if per_token && per != Some(Per::Byte) {
            tokenizers.shown = tokenizers.all.first().cloned();
        }
        let unit = plan.losses.first().map_or(Unit::Nats, |at| columns[*at].unit);
        let sets = plan.set.map(|_| Sets::new(unit, tracker.is_some()));
        let of = |at: &usize| LossColumn {
            name: columns[*at].header.clone(),
            kind: if columns[*at].role == Role::GeneralLoss { LossKind::General } else { LossKind::Domain },
            other: columns[*at].role == Role::OtherLoss,
            values: Vec::new(),
            measure: written(*at).measure,
            per: per.unwrap_or(written(*at).per),
            direction: written(*at).direction(),
        };
        let losses = if sets.is_some() { Vec::new() } else { plan.losses.iter().map(of).collect() };
        // A column a corpus, of which some may not be used, or all of them in one cell.
        let kept = |at: &Option<usize>| match &plan.share {
            Origin::Corpora(columns) => at.is_some_and(|at| columns.iter().any(|(column, _)| *column == at)),
            Origin::Mixture(..) => true,
            _ => false,
        };
        let shares =
            |corpus: &Corpus| CorpusShares { name: corpus.name.clone(), domain: corpus.domain, values: Vec::new() };
        let corpora = found.corpora.iter().filter(|(_, at)| kept(at)).map(|(corpus, at)| (*at, shares(corpus)));
        let corpora = Some(corpora.collect::<Vec<_>>()).filter(|all| all.len() > 1).unwrap_or_default();
        let half_blank = |at: &usize| 2 * cells.values(*at).count() < cells.first_rows().count();
        let sparse = sparse_form || (!plan.losses.is_empty() && plan.losses.iter().all(half_blank));
        Self {
            axes_found: plan.axes(&columns),
            plan,
            columns,
            mark: cells.mark,
            sparse,
            domains,
            tokenizers,
            per,
            left_out: LeftOut::default(),
            rows: 0,
            size: Vec::new(),
            tokens: Vec::new(),
            share: Vec::new(),
            step: Vec::new(),
            learning_rate: Vec::new(),
            begun: Vec::new(),
            epochs: Vec::new(),
            corpora,
            domain_chosen: found.domain_chosen,
            mixture: Vec::new(),
            lines: Vec::new(),
            run: Vec::new(),
            runs: Runs::default(),
            losses,
            sets,
            found: Vec::new(),
        }
    }

    /// Makes room for a file that is `times` as long as what was seen of it.
    pub fn make_room(&mut self, times: f64) {
        // A long file's sets become columns, of which more may come.
        if self.sets.is_some() {
            return;
        }
        let seen = self.lines.len();
        let more = ((seen as f64 * times * SPARE) as usize).min(MOST_ROOM).saturating_sub(seen);
        let numbers = [&mut self.size, &mut self.tokens, &mut self.share, &mut self.step, &mut self.learning_rate];
        let losses = self.losses.iter_mut().map(|loss| &mut loss.values);
        for column in numbers.into_iter().chain(losses).filter(|column| !column.is_empty()) {
            // Where there is no such room the column grows as far as it can.
            let _ = column.try_reserve_exact(more);
        }
        for column in [&mut self.lines, &mut self.run] {
            let _ = column.try_reserve_exact(more);
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
            self.mix(row);
            match set {
                None => self.wide(row, axes),
                Some(name) => self.long(row, axes, name),
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
            // Where all that name one name the same, a blank is no other.
            if name != shown && (self.tokenizers.several() || !name.is_empty()) {
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
        let (mut name, mut set) = (None, None);
        if let (Some(at), Some(sets)) = (self.plan.set, &mut self.sets) {
            let text = row.cell(at);
            if text.is_empty() {
                problems.push(blank(row, &self.columns[at], "the name of an evaluation set"));
                return None;
            }
            let said = sets.read(text);
            if !said.is_loss {
                self.left_out.no_loss += 1;
                return None;
            }
            (name, set) = (Some(text), Some(said));
        }
        self.found.clear();
        let mut any = false;
        let before = problems.count();
        for at in &self.plan.losses {
            let column = &self.columns[*at];
            let written = written(column, set);
            let text = row.cell(*at);
            let mut nats = f64::NAN;
            // A tracker writes blanks, and Python NaN, where a step has no evaluation. A row is read for its general and
            // domain loss: one of another corpus that is blank is only not there.
            let may_be_blank = self.sparse || column.role == Role::OtherLoss;
            if !(may_be_blank && is_no_value(text)) {
                nats = cell(row, *at, column, written.expected(), problems, |text| written.nats(text, mark))
                    .unwrap_or(f64::NAN);
            }
            any |= nats.is_finite();
            self.found.push(nats);
        }
        if !any && problems.count() == before {
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
        Some((Axes { size, tokens, share }, name))
    }

    /// Brings the losses of the row to what the file's losses are counted per.
    fn per_same(&mut self, row: Row<'_>, set: Option<Set>, problems: &mut Problems) -> bool {
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
        for (nats, at) in self.found.iter_mut().zip(&self.plan.losses) {
            match (written(&self.columns[*at], set).per, per) {
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

    /// The row's shares into `mixture`. They were read for the domain's already: what can't be read is no row's that gets
    /// here, and what is left of rounding is divided out.
    fn mix(&mut self, row: Row<'_>) {
        self.mixture.clear();
        match &self.plan.share {
            Origin::Corpora(_) => {
                let of = |at: usize| share(row.cell(at), self.mark, self.columns[at].unit).unwrap_or(f64::NAN);
                self.mixture.extend(self.corpora.iter().filter_map(|(at, _)| *at).map(of));
            }
            Origin::Mixture(at, _) => {
                let parts = quantity::mixture(row.cell(*at), self.mark).unwrap_or_default();
                let is = |(index, (name, _)): &(usize, &(String, f64)), corpus: &str| match name.is_empty() {
                    true => part_name(*index) == corpus,
                    false => name == corpus,
                };
                // A corpus that is not named has no part in it.
                let of =
                    |corpus: &str| parts.iter().enumerate().find(|part| is(part, corpus)).map_or(0.0, |(_, p)| p.1);
                self.mixture.extend(self.corpora.iter().map(|(_, corpus)| of(&corpus.name)));
            }
            _ => {}
        }
        let whole: f64 = self.mixture.iter().sum();
        self.mixture.iter_mut().for_each(|share| *share /= whole);
    }

    fn wide(&mut self, row: Row<'_>, axes: Axes) {
        self.start(row, axes);
        for (column, value) in self.losses.iter_mut().zip(&self.found) {
            column.values.push(*value);
        }
    }

    fn long(&mut self, row: Row<'_>, axes: Axes, name: &str) {
        let Some(value) = self.found.iter().copied().find(|value| value.is_finite()) else { return };
        let Some(sets) = &mut self.sets else { return };
        let text = |at: Option<usize>| at.map_or("", |at| row.cell(at));
        let names = [text(self.plan.run), text(self.plan.seed), text(self.plan.step)];
        let so_far = (self.lines.len(), self.rows);
        let which = sets.column(name, self.per, &mut self.losses, so_far);
        let place =
            which.map_or(Place::Nowhere, |which| sets.place((axes, &self.mixture), names, &self.losses, which, so_far));
        let at = match place {
            Place::Row(at) => at,
            Place::NewRow => {
                self.start(row, axes);
                self.losses.iter_mut().for_each(|column| column.values.push(f64::NAN));
                self.lines.len() - 1
            }
            Place::Nowhere => {
                self.left_out.no_loss += 1;
                return;
            }
        };
        let losses = which.and_then(|which| self.losses.get_mut(which));
        if let Some(place) = losses.and_then(|loss| loss.values.get_mut(at)) {
            *place = value;
        }
    }

    /// Starts a new observation.
    fn start(&mut self, row: Row<'_>, axes: Axes) {
        let text = |at: Option<usize>| at.map_or("", |at| row.cell(at));
        let (run, seed, schedule) = (text(self.plan.run), text(self.plan.seed), text(self.plan.schedule));
        let mark = self.mark;
        for ((_, corpus), share) in self.corpora.iter_mut().zip(&self.mixture) {
            corpus.values.push(*share);
        }
        let mixture: Vec<(&str, f64)> =
            self.corpora.iter().zip(&self.mixture).map(|((_, corpus), share)| (corpus.name.as_str(), *share)).collect();
        let says = Says { run, seed, schedule, domain: self.domains.shown.as_deref(), mixture: &mixture };
        self.run.push(self.runs.of(axes, &says));
        self.lines.push(row.line);
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
        let axes = [
            (&self.plan.size, &mut self.size, axes.size),
            (&self.plan.tokens, &mut self.tokens, axes.tokens),
            (&self.plan.share, &mut self.share, axes.share),
        ];
        for (origin, column, value) in axes {
            if *origin != Origin::Missing {
                column.push(value);
            }
        }
    }
}

/// How the losses of a column are written: as their set's name says, else as the column does.
fn written(column: &Column, set: Option<Set>) -> Written {
    set.and_then(|set| set.unit).map_or_else(|| Written::of(column), Written::new)
}
