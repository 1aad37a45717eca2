//! From columns to observations: numbers checked cell by cell, long files pivoted, runs found.

use super::cells::Cells;
use super::header::general_rank;
use super::problem::{Problem, Problems};
use super::recognise::share;
use super::{Column, LossColumn, LossKind, Measure, Observations, Per, Role};
use crate::order;
use crate::quantity;
use std::collections::HashMap;

/// The columns a file's observations are made of.
struct Sources<'a> {
    size: Option<(usize, &'a Column)>,
    tokens: Option<(usize, &'a Column)>,
    share: Option<(usize, &'a Column)>,
    run: Option<usize>,
    seed: Option<usize>,
    domain: Option<(usize, &'a Column)>,
    set: Option<(usize, &'a Column)>,
    losses: Vec<(usize, &'a Column)>,
}

/// What was assembled.
pub(super) struct Assembled {
    /// The observations.
    pub observations: Observations,
    /// Names in the domain column, in the order of the file.
    pub domains: Vec<String>,
    /// The domain shown, where there is a domain column.
    pub domain: Option<String>,
}

/// One row's numbers, before they are columns.
struct Axes {
    size: f64,
    tokens: f64,
    share: f64,
}

/// Identity of a recipe in a long file: axes bit by bit, run, seed, and which repetition it is.
type Recipe<'a> = ([u64; 3], &'a str, &'a str);

/// Assembles the observations of `cells`; `wanted` is the domain asked for.
pub(super) fn observations(
    cells: &Cells,
    columns: &[Column],
    wanted: Option<&str>,
    problems: &mut Problems,
) -> Assembled {
    let find = |role: Role| columns.iter().enumerate().find(|(_, c)| c.role == role);
    let long = find(Role::Loss).is_some() && find(Role::EvaluationSet).is_some();
    let is_loss = |role: Role| match long {
        true => role == Role::Loss,
        false => matches!(role, Role::GeneralLoss | Role::DomainLoss),
    };
    let mut losses: Vec<(usize, &Column)> = columns.iter().enumerate().filter(|(_, c)| is_loss(c.role)).collect();
    order::sort_by(&mut losses, |a, b| (a.1.role != Role::GeneralLoss).cmp(&(b.1.role != Role::GeneralLoss)));
    let sources = Sources {
        size: find(Role::Size).or_else(|| find(Role::SizeWithoutEmbeddings)),
        tokens: find(Role::Tokens),
        share: find(Role::DomainShare).or_else(|| find(Role::GeneralShare)),
        run: find(Role::Run).map(|(at, _)| at),
        seed: find(Role::Seed).map(|(at, _)| at),
        domain: find(Role::Domain),
        set: if long { find(Role::EvaluationSet) } else { None },
        losses,
    };
    let (domains, domain) = domains(cells, &sources, wanted, problems);
    let mut builder = Builder::new(&sources);
    for (row, line) in cells.rows.iter().zip(&cells.lines) {
        if let (Some((at, _)), Some(shown)) = (sources.domain, &domain)
            && row.get(at).unwrap_or_default() != shown
        {
            if row.get(at).unwrap_or_default().is_empty()
                && let Some((_, column)) = sources.domain
            {
                problems.push(blank(*line, column, "the name of a domain"));
            }
            continue;
        }
        builder.row(cells, &sources, row, *line, domain.as_deref(), problems);
    }
    let observations = builder.finish(&sources, problems);
    Assembled { observations, domains, domain }
}

/// The names in the domain column and the one that is shown.
fn domains(
    cells: &Cells,
    sources: &Sources,
    wanted: Option<&str>,
    problems: &mut Problems,
) -> (Vec<String>, Option<String>) {
    let mut names: Vec<String> = Vec::new();
    let Some((at, column)) = sources.domain else {
        if let Some(name) = wanted {
            problems.push(Problem::NotInFile { name: name.to_owned() });
        }
        return (names, None);
    };
    for cell in cells.rows.iter().filter_map(|row| row.get(at)).filter(|cell| !cell.is_empty()) {
        if !names.iter().any(|name| name == cell) {
            names.push(cell.to_owned());
        }
    }
    if let Some(name) = wanted.filter(|name| !names.iter().any(|n| n == name)) {
        problems.push(Problem::NotInFile { name: name.to_owned() });
    }
    let shown = names.iter().find(|name| Some(name.as_str()) == wanted).or_else(|| names.first()).cloned();
    if let Some(shown) = shown.as_ref().filter(|_| names.len() > 1) {
        let named = cells.rows.iter().filter_map(|row| row.get(at)).filter(|cell| !cell.is_empty());
        let other_rows = named.filter(|cell| cell != shown).count();
        problems.push(Problem::Domains { column: column.header.clone(), shown: shown.clone(), other_rows });
    }
    (names, shown)
}

fn blank(line: u32, column: &Column, expected: &str) -> Problem {
    Problem::Blank { row: line as usize, column: column.header.clone(), expected: expected.to_owned() }
}

/// Reads one cell; a problem where it is blank or not what was expected.
fn cell(
    row: &csv::StringRecord,
    line: u32,
    source: (usize, &Column),
    expected: &str,
    problems: &mut Problems,
    read: impl Fn(&str) -> Option<f64>,
) -> Option<f64> {
    let (at, column) = source;
    let text = row.get(at).unwrap_or_default();
    if text.is_empty() {
        problems.push(blank(line, column, expected));
        return None;
    }
    let value = read(text);
    if value.is_none() {
        problems.push(Problem::Cell {
            row: line as usize,
            column: column.header.clone(),
            read: text.to_owned(),
            expected: expected.to_owned(),
        });
    }
    value
}

/// Observations in the making.
struct Builder<'a> {
    axes: Vec<Axes>,
    lines: Vec<u32>,
    run: Vec<u32>,
    runs: Vec<String>,
    run_index: HashMap<String, u32>,
    losses: Vec<LossColumn>,
    recipes: HashMap<Recipe<'a>, Vec<usize>>,
    name: String,
}

impl<'a> Builder<'a> {
    fn new(sources: &Sources) -> Self {
        let losses = match sources.set {
            Some(_) => Vec::new(),
            None => sources
                .losses
                .iter()
                .map(|(_, c)| LossColumn {
                    name: c.header.clone(),
                    kind: kind(c.role),
                    values: Vec::new(),
                    measure: Measure::Nats,
                    per: Per::Token,
                })
                .collect(),
        };
        Self {
            axes: Vec::new(),
            lines: Vec::new(),
            run: Vec::new(),
            runs: Vec::new(),
            run_index: HashMap::new(),
            losses,
            recipes: HashMap::new(),
            name: String::new(),
        }
    }

    /// Reads a row. One without a needed axis or without any loss is set aside with its problems listed.
    fn row(
        &mut self,
        cells: &'a Cells,
        sources: &Sources,
        row: &'a csv::StringRecord,
        line: u32,
        domain: Option<&str>,
        problems: &mut Problems,
    ) {
        let mark = cells.mark;
        let mut number = |source: Option<(usize, &Column)>,
                          expected: &str,
                          read: &dyn Fn(&str, &Column) -> Option<f64>| {
            match source {
                None => Some(f64::NAN),
                Some(source) => cell(row, line, source, expected, problems, |text| read(text, source.1)),
            }
        };
        let size = number(sources.size, "a number of parameters above 0", &|text, column| {
            quantity::count(text, mark, column.unit.factor()).filter(|n| *n > 0.0)
        });
        let tokens = number(sources.tokens, "a number of tokens, 0 or more", &|text, column| {
            quantity::count(text, mark, column.unit.factor())
        });
        let share =
            number(sources.share, "a share from 0 to 1, a percentage or two parts such as 1:9", &|text, column| {
                let value = share(text, cells, column.unit).filter(|v| (0.0..=1.0).contains(v))?;
                Some(if column.role == Role::GeneralShare { 1.0 - value } else { value })
            });
        let mut found = false;
        let mut losses = Vec::with_capacity(sources.losses.len());
        for source in &sources.losses {
            let expected = "a loss: a number above 0";
            let loss = number(Some(*source), expected, &|text, _| quantity::number(text, mark).filter(|v| *v > 0.0));
            found |= loss.is_some();
            losses.push(loss.unwrap_or(f64::NAN));
        }
        let mut set = None;
        if let Some((at, column)) = sources.set {
            match row.get(at).unwrap_or_default() {
                "" => return problems.push(blank(line, column, "the name of an evaluation set")),
                name => set = Some(name),
            }
        }
        let (Some(size), Some(tokens), Some(share)) = (size, tokens, share) else { return };
        if !found {
            return;
        }
        let axes = Axes { size, tokens, share };
        let text = |at: Option<usize>| at.and_then(|at| row.get(at)).unwrap_or_default();
        let (run, seed) = (text(sources.run), text(sources.seed));
        match set {
            None => {
                self.start(axes, line, run, seed, domain);
                for (column, value) in self.losses.iter_mut().zip(losses) {
                    column.values.push(value);
                }
            }
            Some(set) => {
                let value = losses.first().copied().unwrap_or(f64::NAN);
                let which = self.losses.iter().position(|l| l.name == set).unwrap_or_else(|| {
                    let values = vec![f64::NAN; self.lines.len()];
                    self.losses.push(LossColumn {
                        name: set.to_owned(),
                        kind: LossKind::Domain,
                        values,
                        measure: Measure::Nats,
                        per: Per::Token,
                    });
                    self.losses.len() - 1
                });
                let key: Recipe = ([size.to_bits(), tokens.to_bits(), share.to_bits()], run, seed);
                let free = self.recipes.get(&key).and_then(|rows| {
                    let values = &self.losses.get(which)?.values;
                    rows.iter().copied().find(|at| values.get(*at).is_some_and(|v| v.is_nan()))
                });
                // A set that comes twice for one recipe is a repetition: it gets a row of its own.
                let at = free.unwrap_or_else(|| {
                    self.start(axes, line, run, seed, domain);
                    self.losses.iter_mut().for_each(|column| column.values.push(f64::NAN));
                    self.recipes.entry(key).or_default().push(self.lines.len() - 1);
                    self.lines.len() - 1
                });
                if let Some(place) = self.losses.get_mut(which).and_then(|l| l.values.get_mut(at)) {
                    *place = value;
                }
            }
        }
    }

    /// Starts a new observation. The seed is part of the run: replicates are runs of their own.
    fn start(&mut self, axes: Axes, line: u32, run: &str, seed: &str, domain: Option<&str>) {
        use std::fmt::Write;
        self.name.clear();
        if run.is_empty() {
            let mut part = |text: std::fmt::Arguments| {
                let gap = if self.name.is_empty() { "" } else { ", " };
                // Writing to a string can't fail.
                let _ = write!(self.name, "{gap}{text}");
            };
            if !axes.size.is_nan() {
                part(format_args!("{}", axes.size));
            }
            if !axes.share.is_nan() {
                part(format_args!("{}", axes.share));
            }
            if let Some(domain) = domain {
                part(format_args!("{domain}"));
            }
        } else {
            self.name.push_str(run);
        }
        if !seed.is_empty() {
            let gap = if self.name.is_empty() { "" } else { ", " };
            let _ = write!(self.name, "{gap}seed {seed}");
        }
        let index = match self.run_index.get(self.name.as_str()) {
            Some(index) => *index,
            None => {
                let index = u32::try_from(self.runs.len()).unwrap_or(u32::MAX);
                self.run_index.insert(self.name.clone(), index);
                self.runs.push(match run.is_empty() {
                    true => inferred_name(&axes, domain, seed),
                    false => self.name.clone(),
                });
                index
            }
        };
        self.run.push(index);
        self.lines.push(line);
        self.axes.push(axes);
    }

    fn finish(mut self, sources: &Sources, problems: &mut Problems) -> Observations {
        if sources.set.is_some() {
            one_general_set(&mut self.losses, problems);
        }
        let axes = &self.axes;
        let column = |there: bool, of: fn(&Axes) -> f64| there.then(|| axes.iter().map(of).collect());
        Observations {
            size: column(sources.size.is_some(), |a| a.size),
            tokens: column(sources.tokens.is_some(), |a| a.tokens),
            domain_share: column(sources.share.is_some(), |a| a.share),
            run: self.run,
            runs: self.runs,
            runs_inferred: sources.run.is_none(),
            line: self.lines,
            losses: self.losses,
            ..Observations::default()
        }
    }
}

fn kind(role: Role) -> LossKind {
    if role == Role::GeneralLoss { LossKind::General } else { LossKind::Domain }
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
        None => problems.push(Problem::NoGeneralLoss { columns: losses.iter().map(|l| l.name.clone()).collect() }),
        Some(((_, at), others)) => {
            if !others.is_empty()
                && let Some(used) = losses.get(*at)
            {
                let used = used.name.clone();
                problems.push(Problem::Candidates { role: Role::GeneralLoss, used, others: names(others, losses) });
            }
            if let Some(loss) = losses.get_mut(*at) {
                loss.kind = LossKind::General;
            }
            // The general loss first; the domain losses keep their order.
            order::sort_by(losses, |a, b| a.kind.cmp(&b.kind));
        }
    }
}
