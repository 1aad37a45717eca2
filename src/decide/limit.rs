//! How much the general loss may rise.

use super::outcome::Reason;
use super::words::percent;
use crate::fit::Study;
use crate::table::Measure;
use serde::{Deserialize, Serialize};

/// The largest general loss that is tolerated.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// A relative rise over the base model's own general loss at that size: 0.03 for 3 %.
    OverBase {
        /// The rise.
        rise: f64,
    },
    /// A relative rise over a loss that was typed in.
    OverStart {
        /// The rise.
        rise: f64,
        /// The loss it starts from.
        start: f64,
    },
    /// A loss.
    Absolute {
        /// The loss.
        loss: f64,
    },
}

impl Default for Limit {
    /// 3 % over the base: the tolerance of the D-CPT paper's own example (Que et al. 2024, usage 1).
    fn default() -> Self {
        Self::OverBase { rise: 0.03 }
    }
}

/// A limit at one model size.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bound {
    /// The most the general loss may be.
    pub limit: f64,
    /// The loss it is relative to, where it is.
    pub start: Option<f64>,
}

impl Limit {
    /// The limit at a model size.
    ///
    /// # Errors
    /// Where the base model's loss at that size is not known, or the numbers make no limit.
    pub fn at(&self, study: &Study, general: &str, size: f64) -> Result<Bound, Reason> {
        let bound = match *self {
            Self::OverBase { rise } => {
                let start = study.base_loss(general, size).ok_or(Reason::NoBaseLoss { size })?;
                Bound { limit: start * (1.0 + rise), start: Some(start) }
            }
            Self::OverStart { rise, start } => Bound { limit: start * (1.0 + rise), start: Some(start) },
            Self::Absolute { loss } => Bound { limit: loss, start: None },
        };
        if bound.limit.is_finite() && bound.limit > 0.0 {
            Ok(bound)
        } else {
            Err(Reason::Unusable { what: "The limit on the general loss has to be a loss above 0.".to_owned() })
        }
    }

    /// The limit in words: "2.946 (3 % over 2.860)". A rise is one of nats: of a perplexity it is another share, and both
    /// are said.
    pub fn words(&self, bound: Bound, measure: Measure) -> String {
        let limit = measure.loss(bound.limit);
        let (Self::OverBase { rise } | Self::OverStart { rise, .. }, Some(start)) = (*self, bound.start) else {
            return limit;
        };
        let whose = if let Self::OverBase { .. } = self { "the base model's " } else { "" };
        let over = format!("{} over {whose}{}", percent(measure.change(rise, start)), measure.loss(start));
        match measure {
            Measure::Nats | Measure::Bits => format!("{limit} ({over})"),
            Measure::Perplexity => format!("{limit} ({over}, {} in nats)", percent(rise)),
        }
    }
}
