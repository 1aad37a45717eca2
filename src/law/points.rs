//! Where losses were measured or are asked for: recipes, batches of points, and the data's ranges.

use super::{Axis, Input};
use crate::maths;
use crate::order;
use serde::{Deserialize, Serialize};

/// A what-if: the recipe of one continual pre-training run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// Share of the domain corpus in the mixture, 0 to 1.
    pub domain_share: f64,
    /// Model size in parameters.
    pub size: f64,
    /// Tokens of continual pre-training.
    pub tokens: f64,
}

/// The units of the scaled axes, from the data: geometric means.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// Parameters in one scaled unit of size.
    pub size: f64,
    /// Tokens in one scaled unit of budget.
    pub tokens: f64,
}

impl Scale {
    /// The unit of an axis; a ratio has no unit.
    pub fn unit(&self, axis: Axis) -> f64 {
        match axis {
            Axis::Size => self.size,
            Axis::Tokens => self.tokens,
            Axis::Ratio => 1.0,
        }
    }
}

/// One axis of a batch of points: its distinct values with their logarithms, and which of them each point has. A grid
/// of 540 points has three sizes and nine ratios, so a law takes a dozen exponentials and not a thousand.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Column {
    /// The values on the scaled axis.
    pub value: Vec<f64>,
    /// Their logarithms; minus infinity at 0.
    pub ln: Vec<f64>,
    /// For each point, the index of its value.
    pub at: Vec<u32>,
}

impl Column {
    fn push(&mut self, value: f64) {
        // Points come in order of an axis, or walk along one: looking at the last value finds most repeats, and
        // `gathered` finds the rest.
        if self.value.last() != Some(&value) {
            self.value.push(value);
            self.ln.push(maths::ln(value));
        }
        self.at.push(self.value.len().saturating_sub(1) as u32);
    }

    /// The same with each value once.
    fn gathered(&self) -> Self {
        let order = order::positions(self.value.len(), &|a, b| self.value[a].total_cmp(&self.value[b]));
        let mut column = Self::default();
        let mut place = vec![0; self.value.len()];
        for from in order {
            if column.value.last() != Some(&self.value[from]) {
                column.value.push(self.value[from]);
                column.ln.push(self.ln[from]);
            }
            place[from] = column.value.len() as u32 - 1;
        }
        column.at = self.at.iter().map(|&at| place[at as usize]).collect();
        column
    }
}

/// Where a loss was measured: a recipe, and what else the file says of the run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place<'a> {
    /// Model size in parameters.
    pub size: f64,
    /// Tokens.
    pub tokens: f64,
    /// Share of the law's own corpus.
    pub ratio: f64,
    /// 0 from scratch, 1 continued.
    pub start: f64,
    /// Passes over the tokens that exist.
    pub epochs: f64,
    /// Shares of all corpora, where there are several.
    pub corpora: &'a [f64],
}

/// A batch of points on scaled axes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Points {
    /// `N / N0`.
    size: Column,
    /// `D / D0`.
    tokens: Column,
    /// The share of the law's own corpus, 0 to 1.
    ratio: Column,
    /// Inputs beyond the axes, where a point has another value than a what-if.
    beyond: Vec<(Input, Column)>,
    /// What every other input is: 1, a continued run of a single pass.
    usual: Column,
}

/// The value of inputs beyond the axes at a what-if.
const USUAL: f64 = 1.0;

impl Points {
    /// Appends a what-if: size in parameters, tokens, share of the law's own corpus.
    pub fn push(&mut self, scale: &Scale, size: f64, tokens: f64, ratio: f64) {
        self.size.push(size / scale.size);
        self.tokens.push(tokens / scale.tokens);
        self.ratio.push(ratio);
        self.usual.push(USUAL);
        self.beyond.iter_mut().for_each(|(_, column)| column.push(USUAL));
    }

    /// Appends a measured point.
    pub fn push_place(&mut self, scale: &Scale, place: &Place<'_>) {
        self.push(scale, place.size, place.tokens, place.ratio);
        let corpora = place.corpora.iter().zip(0u8..).map(|(share, at)| (Input::Corpus(at), *share));
        for (input, value) in [(Input::Start, place.start), (Input::Epochs, place.epochs)].into_iter().chain(corpora) {
            match self.beyond.iter_mut().find(|(known, _)| *known == input) {
                // The what-if's value was pushed: another stands in its place.
                Some((_, column)) if value != USUAL => {
                    column.at.pop();
                    column.push(value);
                }
                None if value != USUAL => {
                    let mut column = self.usual.clone();
                    column.at.pop();
                    column.push(value);
                    self.beyond.push((input, column));
                }
                _ => {}
            }
        }
    }

    /// Gives every point the same share.
    pub fn share_one(&mut self, ratio: f64) {
        let n = self.len();
        self.ratio.value.clear();
        self.ratio.ln.clear();
        self.ratio.at.clear();
        self.ratio.value.push(ratio);
        self.ratio.ln.push(maths::ln(ratio));
        self.ratio.at.resize(n, 0);
    }

    /// Takes all points away and keeps their room.
    pub fn clear(&mut self) {
        self.beyond.clear();
        for column in [&mut self.size, &mut self.tokens, &mut self.ratio, &mut self.usual] {
            column.value.clear();
            column.ln.clear();
            column.at.clear();
        }
    }

    /// The same points, each column made anew.
    fn each(&self, of: impl Fn(&Column) -> Column) -> Self {
        Self {
            size: of(&self.size),
            tokens: of(&self.tokens),
            ratio: of(&self.ratio),
            beyond: self.beyond.iter().map(|(input, column)| (*input, of(column))).collect(),
            usual: of(&self.usual),
        }
    }

    /// The same points with each distinct value of an axis kept once: for a batch that is computed many times.
    pub fn gathered(&self) -> Self {
        self.each(Column::gathered)
    }

    /// Every `step`-th point, from the first.
    pub fn thinned(&self, step: usize) -> Self {
        self.each(|column| {
            let at = column.at.iter().copied().step_by(step.max(1)).collect();
            Column { at, ..column.clone() }
        })
    }

    /// One input.
    pub fn column(&self, input: Input) -> &Column {
        match input {
            Input::Size => &self.size,
            Input::Tokens => &self.tokens,
            Input::Ratio => &self.ratio,
            _ => self.beyond.iter().find(|(known, _)| *known == input).map_or(&self.usual, |(_, column)| column),
        }
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.ratio.at.len()
    }

    /// Whether there are no points.
    pub fn is_empty(&self) -> bool {
        self.ratio.at.is_empty()
    }
}

/// The least and largest value of an axis in the data, and how many distinct ones there are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// Least value.
    pub low: f64,
    /// Largest value.
    pub high: f64,
    /// Number of distinct values.
    pub distinct: usize,
}

/// The data's range on each axis; `None` where the file has no such column. Rows at zero tokens do not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Ranges {
    /// Model sizes, in parameters.
    pub size: Option<Span>,
    /// Token budgets, in tokens.
    pub tokens: Option<Span>,
    /// Shares of the corpus in question (the domain's, unless said otherwise).
    pub ratio: Option<Span>,
    /// Kinds of runs: 0 from scratch, 1 continued.
    #[serde(default)]
    pub start: Option<Span>,
    /// Passes over the data, 1 and more.
    #[serde(default)]
    pub epochs: Option<Span>,
    /// Number of corpora whose shares the file has, where there are several.
    #[serde(default)]
    pub corpora: u8,
    /// Number of different mixtures of them; 0 where that is not known, as of a fit saved before it was counted.
    #[serde(default)]
    pub mixtures: usize,
    /// Whether a person said which of them are the domain.
    #[serde(default)]
    pub domain_chosen: bool,
    /// Whether a general loss rises with tokens.
    #[serde(default)]
    pub rises: bool,
    /// Whether scores were measured, of which more is better, and no loss.
    #[serde(default)]
    pub scores: bool,
}

impl Ranges {
    /// The range of an axis.
    pub fn span(&self, axis: Axis) -> Option<Span> {
        match axis {
            Axis::Size => self.size,
            Axis::Tokens => self.tokens,
            Axis::Ratio => self.ratio,
        }
    }

    /// The range of an input; shares of several corpora have none.
    pub fn input(&self, input: Input) -> Option<Span> {
        match input {
            Input::Size => self.size,
            Input::Tokens => self.tokens,
            Input::Ratio => self.ratio,
            Input::Start => self.start,
            Input::Epochs => self.epochs,
            Input::Corpus(_) => None,
        }
    }

    /// Inputs of which there is a single value, or none.
    pub fn single(&self) -> Vec<Input> {
        let mut inputs = vec![Input::Size, Input::Tokens, Input::Ratio, Input::Start, Input::Epochs];
        inputs.retain(|input| self.input(*input).is_none_or(|span| span.distinct < 2));
        inputs
    }

    /// Axes with two or more distinct values.
    pub fn varying(&self) -> Vec<Axis> {
        self.axes_with(|distinct| distinct > 1)
    }

    /// Axes with exactly two distinct values.
    pub fn doubled(&self) -> Vec<Axis> {
        self.axes_with(|distinct| distinct == 2)
    }

    fn axes_with(&self, of: impl Fn(usize) -> bool) -> Vec<Axis> {
        let mut axes = vec![Axis::Size, Axis::Tokens, Axis::Ratio];
        axes.retain(|axis| self.span(*axis).is_some_and(|span| of(span.distinct)));
        axes
    }
}
