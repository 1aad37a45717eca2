//! Where losses were measured or are asked for: recipes, batches of points with their logarithms, and the data's ranges.

use super::Axis;
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

/// A batch of points on scaled axes, with the logarithms every law needs taken once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Points {
    /// `ln(N / N0)`.
    pub ln_size: Vec<f64>,
    /// `ln(D / D0)`.
    pub ln_tokens: Vec<f64>,
    /// The share of the law's own corpus, 0 to 1.
    pub ratio: Vec<f64>,
    /// `ln r`, minus infinity at `r = 0`.
    pub ln_ratio: Vec<f64>,
}

impl Points {
    /// Appends a point: size in parameters, tokens, share of the law's own corpus.
    pub fn push(&mut self, scale: &Scale, size: f64, tokens: f64, ratio: f64) {
        self.ln_size.push((size / scale.size).ln());
        self.ln_tokens.push((tokens / scale.tokens).ln());
        self.ratio.push(ratio);
        self.ln_ratio.push(ratio.ln());
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.ratio.len()
    }

    /// Whether there are no points.
    pub fn is_empty(&self) -> bool {
        self.ratio.is_empty()
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

    /// Axes with two or more distinct values.
    pub fn varying(&self) -> Vec<Axis> {
        [Axis::Size, Axis::Tokens, Axis::Ratio]
            .into_iter()
            .filter(|axis| self.span(*axis).is_some_and(|span| span.distinct > 1))
            .collect()
    }
}
