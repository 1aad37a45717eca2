//! From cells to observations: every row under its columns' roles, every cell that can't be used a problem.

use super::Column;
use super::cells::Cells;
use super::header;
use super::observations::{LossColumn, LossKind, Observations};
use super::problem::{Problem, Problems};
use super::role::{Role, Unit};
use crate::quantity::{self, Params, Share, ShareText};
use std::collections::HashMap;

/// What the rows gave.
pub(super) struct Rows {
    pub observations: Observations,
    /// Domains named in the file, in its order.
    pub domains: Vec<String>,
    /// The domain the observations are of.
    pub domain: Option<String>,
    /// The first problem that set a row aside.
    pub first_problem: Option<Problem>,
}

const SIZE: &str = "a number of parameters above 0, such as 1.8B";
const TOKENS: &str = "a number of tokens, 0 or more, such as 20B";
const SHARE: &str = "a share from 0 to 1, such as 0.33, 33 % or 1:2";
const LOSS: &str = "a loss above 0";

/// Where each role's column is.
struct Places {
    size: Option<usize>,
    tokens: Option<usize>,
    share: Option<(usize, bool)>,
    losses: Vec<(usize, LossKind)>,
    long: Option<(usize, usize)>,
    run: Option<usize>,
    domain: Option<usize>,
    seed: Option<usize>,
}

impl Places {
    fn of(columns: &[Column]) -> Self {
        let first = |role: Role| columns.iter().position(|column| column.role == role);
        let losses = columns
            .iter()
            .enumerate()
            .filter_map(|(at, column)| match column.role {
                Role::GeneralLoss => Some((at, LossKind::General)),
                Role::DomainLoss => Some((at, LossKind::Domain)),
                _ => None,
            })
            .collect();
        Self {
            size: first(Role::Size).or_else(|| first(Role::SizeWithoutEmbeddings)),
            tokens: first(Role::Tokens),
            share: first(Role::DomainShare)
                .map(|at| (at, false))
                .or_else(|| first(Role::GeneralShare).map(|at| (at, true))),
            losses,
            long: first(Role::Loss).zip(first(Role::EvaluationSet)),
            run: first(Role::Run),
            domain: first(Role::Domain),
            seed: first(Role::Seed),
        }
    }
}

/// Reads one cell at a time and notes what was wrong with it.
struct Reader<'a> {
    cells: &'a Cells,
    columns: &'a [Column],
    problems: &'a mut Problems,
    first: Option<Problem>,
}

impl<'a> Reader<'a> {
    fn text(&self, row: usize, at: usize) -> &'a str {
        self.cells.rows.get(row).and_then(|record| record.get(at)).unwrap_or("")
    }

    /// The value of a cell, or `None` and a problem.
    fn read(&mut self, row: usize, at: usize, expected: &str, value: impl FnOnce(&str) -> Option<f64>) -> Option<f64> {
        let text = self.text(row, at);
        if let Some(value) = value(text) {
            return Some(value);
        }
        let line = self.cells.lines.get(row).map_or(0, |line| *line as usize);
        let column = self.columns[at].header.clone();
        let expected = expected.to_owned();
        let problem = if text.is_empty() {
            Problem::Blank { row: line, column, expected }
        } else {
            Problem::Cell { row: line, column, read: text.chars().take(40).collect(), expected }
        };
        if self.first.is_none() {
            self.first = Some(problem.clone());
        }
        self.problems.push(problem);
        None
    }

    fn count(&mut self, row: usize, at: usize, expected: &str, least: f64) -> Option<f64> {
        let (mark, unit) = (self.cells.mark, self.columns[at].unit.factor());
        self.read(row, at, expected, |text| {
            quantity::count(text, mark, unit).filter(|value| *value > least || (least == 0.0 && *value == 0.0))
        })
    }

    fn share(&mut self, row: usize, at: usize) -> Option<f64> {
        let (mark, percent) = (self.cells.mark, self.columns[at].unit == Unit::Percent);
        self.read(row, at, SHARE, |text| {
            let value = match quantity::share(text, mark)? {
                // Divided, not multiplied by 0.01: 33 % is then the same number however it is written.
                ShareText::Bare(value) if percent => value / 100.0,
                ShareText::Bare(value) | ShareText::Said(value) => value,
            };
            (0.0..=1.0).contains(&value).then_some(value)
        })
    }

    fn loss(&mut self, row: usize, at: usize) -> Option<f64> {
        let mark = self.cells.mark;
        self.read(row, at, LOSS, |text| quantity::number(text, mark).filter(|value| *value > 0.0))
    }
}

/// The observations of all rows, of one domain where a column names several.
pub(super) fn rows(cells: &Cells, columns: &[Column], domain: Option<&str>, problems: &mut Problems) -> Rows {
    let places = Places::of(columns);
    let (domains, shown) = domains(cells, columns, &places, domain, problems);
    let mut reader = Reader { cells, columns, problems, first: None };
    let mut observations = Observations {
        size: places.size.map(|_| Vec::new()),
        tokens: places.tokens.map(|_| Vec::new()),
        domain_share: places.share.map(|_| Vec::new()),
        runs_inferred: places.run.is_none(),
        losses: places
            .losses
            .iter()
            .map(|&(at, kind)| LossColumn { name: columns[at].header.clone(), kind, values: Vec::new() })
            .collect(),
        ..Observations::default()
    };
    let mut runs = Runs::default();
    // Rows of a long file that share a recipe become one observation; sets are columns in the order of the file.
    let mut recipes: HashMap<(u32, u64), usize> = HashMap::new();
    for row in 0..cells.rows.len() {
        let named = places.domain.map(|at| reader.text(row, at));
        if let (Some(named), Some(shown)) = (named, &shown)
            && named != shown
        {
            continue;
        }
        // Every cell of a row is looked at, so that all its problems are listed at once.
        let size = places.size.map(|at| reader.count(row, at, SIZE, f64::MIN_POSITIVE));
        let tokens = places.tokens.map(|at| reader.count(row, at, TOKENS, 0.0));
        let share = places
            .share
            .map(|(at, general)| reader.share(row, at).map(|value| if general { 1.0 - value } else { value }));
        let losses: Vec<Option<f64>> = places.losses.iter().map(|&(at, _)| reader.loss(row, at)).collect();
        let long = places.long.map(|(loss, set)| (reader.loss(row, loss), reader.text(row, set)));
        if [size, tokens, share].contains(&Some(None)) {
            continue;
        }
        let measured = losses.iter().any(Option::is_some) || long.is_some_and(|(loss, _)| loss.is_some());
        if !measured {
            continue;
        }
        let (size, tokens, share) = (size.flatten(), tokens.flatten(), share.flatten());
        let run = runs.of(
            places.run.map(|at| reader.text(row, at)),
            size,
            share,
            named,
            places.seed.map(|at| reader.text(row, at)),
        );
        let next = observations.run.len();
        let at = match long {
            Some(_) => *recipes.entry((run, tokens.unwrap_or(0.0).to_bits())).or_insert(next),
            None => next,
        };
        if at == next {
            observations.run.push(run);
            observations.line.push(cells.lines.get(row).copied().unwrap_or(0));
            for (column, value) in [
                (&mut observations.size, size),
                (&mut observations.tokens, tokens),
                (&mut observations.domain_share, share),
            ] {
                if let (Some(column), Some(value)) = (column, value) {
                    column.push(value);
                }
            }
            for column in &mut observations.losses {
                column.values.push(f64::NAN);
            }
        }
        for (column, value) in observations.losses.iter_mut().zip(&losses) {
            if let (Some(slot), Some(value)) = (column.values.get_mut(at), value) {
                *slot = *value;
            }
        }
        if let Some((Some(loss), set)) = long {
            put(&mut observations, at, next, set, loss);
        }
    }
    observations.runs = runs.names;
    // One general loss at most: of several general sets the first keeps its place, the others are read as domains'.
    let mut general = 0;
    for column in &mut observations.losses {
        general += usize::from(column.kind == LossKind::General);
        if column.kind == LossKind::General && general > 1 {
            column.kind = LossKind::Domain;
        }
    }
    observations.losses.sort_by_key(|column| column.kind);
    let first_problem = reader.first;
    Rows { observations, domains, domain: shown, first_problem }
}

/// Puts a long file's loss into the column of its set.
fn put(observations: &mut Observations, at: usize, next: usize, set: &str, loss: f64) {
    let rows = next.max(at) + 1;
    let known = observations.losses.iter().position(|column| column.name == set);
    let index = known.unwrap_or_else(|| {
        let general = header::is_general(&header::words(set));
        let kind = if general { LossKind::General } else { LossKind::Domain };
        observations.losses.push(LossColumn { name: set.to_owned(), kind, values: vec![f64::NAN; rows] });
        observations.losses.len() - 1
    });
    if let Some(column) = observations.losses.get_mut(index) {
        column.values.resize(observations.run.len(), f64::NAN);
        if let Some(slot) = column.values.get_mut(at) {
            *slot = loss;
        }
    }
}

/// The domains named, and the one to show: the one asked for, else the first where there are several.
fn domains(
    cells: &Cells,
    columns: &[Column],
    places: &Places,
    asked: Option<&str>,
    problems: &mut Problems,
) -> (Vec<String>, Option<String>) {
    let Some(at) = places.domain else {
        if let Some(asked) = asked {
            problems.push(Problem::NotInFile { name: asked.to_owned() });
        }
        return (Vec::new(), None);
    };
    let mut names: Vec<(String, usize)> = Vec::new();
    for row in &cells.rows {
        let name = row.get(at).unwrap_or("");
        match names.iter_mut().find(|(known, _)| known == name) {
            Some((_, rows)) => *rows += 1,
            None => names.push((name.to_owned(), 1)),
        }
    }
    let found = asked.filter(|asked| names.iter().any(|(name, _)| name == asked));
    if let (Some(asked), None) = (asked, found) {
        problems.push(Problem::NotInFile { name: asked.to_owned() });
    }
    let shown = found.map(str::to_owned).or_else(|| (names.len() > 1).then(|| names[0].0.clone()));
    if let Some(shown) = &shown
        && names.len() > 1
    {
        let other_rows = names.iter().filter(|(name, _)| name != shown).map(|(_, rows)| rows).sum();
        problems.push(Problem::Domains { column: columns[at].header.clone(), shown: shown.clone(), other_rows });
    }
    (names.into_iter().map(|(name, _)| name).collect(), shown)
}

/// Runs met so far: a run is one size, ratio, domain and seed under one name.
#[derive(Default)]
struct Runs {
    names: Vec<String>,
    index: HashMap<(String, u64, u64), u32>,
    taken: HashMap<String, usize>,
}

impl Runs {
    fn of(
        &mut self,
        name: Option<&str>,
        size: Option<f64>,
        share: Option<f64>,
        domain: Option<&str>,
        seed: Option<&str>,
    ) -> u32 {
        let text = [name, domain, seed].map(|text| text.unwrap_or("")).join("\u{1f}");
        let key = (text, size.unwrap_or(0.0).to_bits(), share.unwrap_or(0.0).to_bits());
        if let Some(&known) = self.index.get(&key) {
            return known;
        }
        let name = match name.filter(|name| !name.is_empty()) {
            Some(name) => name.to_owned(),
            None => {
                let parts = [
                    size.map(|size| Params(size).to_string()),
                    share.map(|share| format!("{} domain", Share(share))),
                    domain.filter(|domain| !domain.is_empty()).map(str::to_owned),
                    seed.filter(|seed| !seed.is_empty()).map(|seed| format!("seed {seed}")),
                ];
                parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
            }
        };
        // Two recipes may print alike (or share a name); weights go by name, so names must differ.
        let copies = self.taken.entry(name.clone()).or_insert(0);
        *copies += 1;
        let name = if *copies > 1 { format!("{name} ({copies})") } else { name };
        let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name);
        self.index.insert(key, next);
        next
    }
}
