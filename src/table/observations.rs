//! The measured losses in the form laws are fitted to: one row a validation of one run.

use serde::{Deserialize, Serialize};

/// Measured losses of continual pre-training runs, column by column. All columns have the same length.
///
/// Rows at zero tokens are the base model's own losses; they are kept here and left out of the fit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Observations {
    /// Model size in parameters; `None` where the file has no such column.
    pub size: Option<Vec<f64>>,
    /// Continual pre-training tokens; `None` where the file has no such column.
    pub tokens: Option<Vec<f64>>,
    /// Share of the domain corpus in the mixture, 0 to 1; `None` where the file has no such column.
    pub domain_share: Option<Vec<f64>>,
    /// Weight of each row in the fit; `None` where the file has no such column.
    pub weight: Option<Vec<f64>>,
    /// Index into `runs` for each row. A run is the unit of resampling: its checkpoints are correlated.
    pub run: Vec<u32>,
    /// Names of the runs, as the file has them or made from size, share, domain and seed.
    pub runs: Vec<String>,
    /// Whether the runs were inferred from size, share, domain and seed because no run column exists.
    pub runs_inferred: bool,
    /// Line of the file each row came from, counted from 1, for naming a point.
    pub line: Vec<u32>,
    /// The measured losses, in nats per token (or per byte); general first.
    pub losses: Vec<LossColumn>,
}

/// One measured loss, a value a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LossColumn {
    /// The column's header, or the evaluation set's name in a long file.
    pub name: String,
    /// Whether it is measured on the general or on the domain corpus.
    pub kind: LossKind,
    /// Losses; NaN where the row has none.
    pub values: Vec<f64>,
}

/// Which corpus a loss is measured on: decides whether a law's ratio is the general or the domain share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LossKind {
    /// The general corpus: laws use `r_g`, its share of the mixture.
    General,
    /// A domain corpus: laws use `r_d = 1 - r_g`.
    Domain,
}

impl Observations {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.run.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.run.is_empty()
    }
}
