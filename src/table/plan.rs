//! Where each number of an observation comes from: a column, several columns multiplied, a mixture added up, or what
//! the person typed. Decided once a file, then applied row by row.

use super::cells::Cells;
use super::found::{Axis, AxisFound, Source};
use super::problem::{Problem, Problems};
use super::recognise::Recognised;
use super::{Column, Constant, Keep, Reading, Role, Unit};
use std::collections::HashSet;

/// Training a model of `N` parameters on `D` tokens takes `6 N D` FLOPs (Kaplan 2020, section 2.1).
pub(super) const FLOPS_PER_PARAMETER_AND_TOKEN: f64 = 6.0;

/// A factor of a product: a column, or a typed number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Factor {
    /// A column.
    Column(usize),
    /// Typed.
    Typed(f64),
}

/// Where an axis comes from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Origin {
    /// Nowhere.
    Missing,
    /// A column of its own.
    Column(usize),
    /// Typed, with what was typed.
    Typed(f64, Constant),
    /// The product of a column of steps or epochs and what one of them holds.
    Product(Factor, Vec<Factor>, Source),
    /// A column of FLOPs, divided by six times the other axis.
    Flops(usize),
    /// Columns of corpora; whether each is the domain's.
    Corpora(Vec<(usize, bool)>),
    /// A column of whole mixtures, and the names of the domain's corpora.
    Mixture(usize, HashSet<String>),
}

/// The plan of a file.
#[derive(Debug)]
pub(super) struct Plan {
    pub size: Origin,
    pub tokens: Origin,
    pub share: Origin,
    pub step: Option<usize>,
    pub learning_rate: Option<usize>,
    pub run: Option<usize>,
    pub seed: Option<usize>,
    pub schedule: Option<usize>,
    pub domain: Option<usize>,
    pub tokenizer: Option<usize>,
    pub bytes_per_token: Option<Factor>,
    pub begun: Option<usize>,
    pub unique: Option<usize>,
    /// The columns of losses, the general one first and other corpora's last; the one of a long file.
    pub losses: Vec<usize>,
    /// The column that names the evaluation sets of a long file.
    pub set: Option<usize>,
    /// Filters, by column.
    pub filters: Vec<(usize, Keep)>,
    /// Lines left out by hand.
    pub dropped: HashSet<u32>,
}

impl Plan {
    /// The plan for these columns.
    pub fn new(cells: &Cells, found: &Recognised, reading: &Reading, problems: &mut Problems) -> Self {
        let columns = &found.columns;
        let find = |role: Role| columns.iter().position(|column| column.role == role);
        let typed =
            |constant: Constant| reading.constants.get(&constant).copied().filter(|value| constant.allows(*value));
        for (constant, value) in reading.constants.iter().filter(|(constant, value)| !constant.allows(**value)) {
            problems.push(Problem::Constant { constant: *constant, value: *value });
        }
        let factor = |role: Role, constant: Constant| {
            find(role).map(Factor::Column).or_else(|| typed(constant).map(Factor::Typed))
        };
        let flops = find(Role::Flops);
        let size = find(Role::Size).or_else(|| find(Role::SizeWithoutEmbeddings));
        let tokens = tokens(find, typed, factor);
        let size = match (size, typed(Constant::Size)) {
            (Some(at), _) => Origin::Column(at),
            (None, Some(value)) => Origin::Typed(value, Constant::Size),
            (None, None) => match (&tokens, flops) {
                (Origin::Missing, _) | (_, None) => Origin::Missing,
                (_, Some(at)) => Origin::Flops(at),
            },
        };
        let tokens = match (tokens, flops) {
            (Origin::Missing, Some(at)) if size != Origin::Missing => Origin::Flops(at),
            (tokens, _) => tokens,
        };
        let corpora: Vec<(usize, bool)> = found
            .corpora
            .iter()
            .filter_map(|(corpus, at)| Some(((*at)?, corpus.domain)))
            .filter(|(at, _)| columns.get(*at).is_some_and(|column| column.role == Role::CorpusShare))
            .collect();
        let share = if let Some(at) = find(Role::DomainShare).or_else(|| find(Role::GeneralShare)) {
            Origin::Column(at)
        } else if !corpora.is_empty() {
            Origin::Corpora(corpora)
        } else if let Some(at) = find(Role::Mixture) {
            let domain = found.corpora.iter().filter(|(corpus, _)| corpus.domain);
            Origin::Mixture(at, domain.map(|(corpus, _)| corpus.name.clone()).collect())
        } else {
            typed(Constant::DomainShare).map_or(Origin::Missing, |value| Origin::Typed(value, Constant::DomainShare))
        };
        let long = find(Role::Loss).is_some() && find(Role::EvaluationSet).is_some();
        let is_loss = |role: Role| match long {
            true => role == Role::Loss,
            false => matches!(role, Role::GeneralLoss | Role::DomainLoss | Role::OtherLoss | Role::Score),
        };
        let of = |wanted: fn(Role) -> bool| {
            move |(at, column): (usize, &Column)| (is_loss(column.role) && wanted(column.role)).then_some(at)
        };
        let mut losses: Vec<usize> =
            columns.iter().enumerate().filter_map(of(|role| role == Role::GeneralLoss)).collect();
        losses.extend(
            columns.iter().enumerate().filter_map(of(|role| !matches!(role, Role::GeneralLoss | Role::OtherLoss))),
        );
        losses.extend(columns.iter().enumerate().filter_map(of(|role| role == Role::OtherLoss)));
        let mut filters = Vec::new();
        for filter in &reading.filters {
            match cells.header.iter().position(|header| *header == filter.column) {
                Some(at) => filters.push((at, filter.keep.clone())),
                None => problems.push(Problem::NotInFile { name: filter.column.clone() }),
            }
        }
        Self {
            size,
            tokens,
            share,
            step: find(Role::Step),
            learning_rate: find(Role::LearningRate),
            run: find(Role::Run),
            seed: find(Role::Seed),
            schedule: find(Role::Schedule),
            domain: find(Role::Domain),
            tokenizer: find(Role::Tokenizer),
            bytes_per_token: factor(Role::BytesPerToken, Constant::BytesPerToken),
            begun: find(Role::Start),
            unique: find(Role::UniqueTokens),
            losses,
            set: if long { find(Role::EvaluationSet) } else { None },
            filters,
            dropped: reading.dropped.iter().copied().collect(),
        }
    }

    /// Whether any axis a law could use is there.
    pub fn has_axis(&self) -> bool {
        [&self.size, &self.tokens, &self.share].iter().any(|origin| **origin != Origin::Missing)
            || self.step.is_some()
            || self.learning_rate.is_some()
    }

    /// The axes as they are shown; distinct values are counted later.
    pub fn axes(&self, columns: &[Column]) -> Vec<AxisFound> {
        let header = |at: usize| columns.get(at).map(|column| column.header.clone()).unwrap_or_default();
        let source = |origin: &Origin| match origin {
            Origin::Missing => Source::Missing,
            Origin::Column(at) => Source::Column(header(*at)),
            Origin::Typed(_, constant) => Source::Typed(*constant),
            Origin::Product(_, _, source) => source.clone(),
            Origin::Flops(_) => Source::Flops,
            Origin::Corpora(_) | Origin::Mixture(..) => Source::Mixture,
        };
        Axis::ALL
            .into_iter()
            .map(|axis| {
                let source = match axis {
                    Axis::Size => source(&self.size),
                    Axis::Tokens => source(&self.tokens),
                    Axis::Ratio => source(&self.share),
                    Axis::LearningRate => self.learning_rate.map_or(Source::Missing, |at| Source::Column(header(at))),
                };
                AxisFound { axis, source, distinct: 0 }
            })
            .collect()
    }
}

/// Where the tokens come from, FLOPs aside.
fn tokens(
    find: impl Fn(Role) -> Option<usize>,
    typed: impl Fn(Constant) -> Option<f64>,
    factor: impl Fn(Role, Constant) -> Option<Factor>,
) -> Origin {
    if let Some(at) = find(Role::Tokens) {
        return Origin::Column(at);
    }
    if let Some(value) = typed(Constant::Tokens) {
        return Origin::Typed(value, Constant::Tokens);
    }
    if let Some(step) = find(Role::Step) {
        if let Some(tokens) = factor(Role::TokensPerStep, Constant::TokensPerStep) {
            return Origin::Product(Factor::Column(step), vec![tokens], Source::Steps);
        }
        let batch = factor(Role::BatchSize, Constant::BatchSize);
        if let (Some(batch), Some(length)) = (batch, factor(Role::SequenceLength, Constant::SequenceLength)) {
            return Origin::Product(Factor::Column(step), vec![batch, length], Source::Steps);
        }
    }
    if let (Some(epochs), Some(corpus)) = (find(Role::Epochs), typed(Constant::CorpusTokens)) {
        return Origin::Product(Factor::Column(epochs), vec![Factor::Typed(corpus)], Source::Epochs);
    }
    Origin::Missing
}

/// Whether a role's numbers are written as counts, with a unit and maybe a suffix.
pub(super) fn is_counted(unit: Unit) -> bool {
    matches!(unit, Unit::One | Unit::Thousands | Unit::Millions | Unit::Billions | Unit::Trillions)
}
