//! What a person chose for the decisions: the part of the settings the panels write and the decisions read.

use super::allocate::{Allocate, Listed, Rule};
use super::compute::{Budget, Hardware};
use super::design::{CHECKPOINTS, Design};
use super::frontier::Frontier;
use super::limit::Limit;
use super::limited::{LEAST_GAIN, Limited};
use super::mixture::{self, Ask as Mixture};
use super::pins::Pins;
use super::start::Ask as Start;
use super::tasks::Tasks;
use super::trade_off::TradeOff;
use crate::fit::{Corpus, Study};
use crate::law::Recipe;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Choices of all decisions. The recipe (size, tokens, ratio) and the domain are those of the what-if.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// How much the general loss may rise: trade-off, allocation, and limited data where `limited_keeps` is set.
    pub limit: Limit,
    /// Domain tokens that exist; `None` until typed.
    pub domain_tokens: Option<f64>,
    /// How often each may be seen.
    pub epochs: u32,
    /// The most tokens in all.
    pub most_tokens: Option<f64>,
    /// Whether limited data keeps `limit`.
    pub limited_keeps: Keeps,
    /// A pass over the data pays while it lowers the domain loss by more than this, relative.
    pub least_gain: f64,
    /// What may be spent; `None` until typed.
    pub budget: Option<Budget>,
    /// On which device.
    pub hardware: Hardware,
    /// What decides the ratio of an allocation.
    pub ratio_by: RatioBy,
    /// Weight of the general loss, 0 to 1: the frontier's slider, and an allocation by weights.
    pub weight: f64,
    /// The sizes an allocation searches.
    pub sizes: Option<(f64, f64)>,
    /// Sizes an allocation chooses among.
    pub models: Vec<Listed>,
    /// Evaluation sets asked about; empty for all.
    pub sets: Vec<String>,
    /// What-ifs that are kept.
    pub pins: Pins,
    /// What to run first.
    pub design: DesignChoices,
    /// The weight of each loss in the best mixture of several corpora, by name; one where it is not named.
    pub mixture_weights: BTreeMap<String, f64>,
    /// The least and largest share of a corpus in it, by name; 0 to 1 where it is not named.
    pub mixture_limits: BTreeMap<String, (f64, f64)>,
    /// Compute of the best sizes, continued and from scratch, in FLOPs; `None` for that of the what-if.
    pub start_flops: Option<f64>,
}

/// What is chosen for a first design.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DesignChoices {
    /// What all its runs together may cost.
    pub budget: Budget,
    /// Model sizes; empty to choose among open models.
    pub sizes: Vec<f64>,
    /// Checkpoints of a run.
    pub checkpoints: usize,
    /// Which law it is tried on.
    pub truth: TruthBy,
}

/// Which law is taken as true where a design is tried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TruthBy {
    /// The law of the generated example.
    #[default]
    Example,
    /// The fit that is shown.
    Fit,
}

/// Whether the limit on the general loss holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keeps {
    /// It doesn't.
    #[default]
    Free,
    /// It does.
    Limit,
}

/// What decides the ratio of an allocation; the numbers are the fields beside it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RatioBy {
    /// The limit on the general loss.
    #[default]
    Limit,
    /// The weights.
    Weights,
    /// The domain loss alone.
    DomainAlone,
    /// The what-if's own ratio.
    WhatIf,
}

impl Default for Choices {
    fn default() -> Self {
        Self {
            limit: Limit::default(),
            domain_tokens: None,
            epochs: 1,
            most_tokens: None,
            limited_keeps: Keeps::Free,
            least_gain: LEAST_GAIN,
            budget: None,
            hardware: Hardware::default(),
            ratio_by: RatioBy::Limit,
            weight: 0.5,
            sizes: None,
            models: Vec::new(),
            sets: Vec::new(),
            pins: Pins::default(),
            design: DesignChoices::default(),
            mixture_weights: BTreeMap::new(),
            mixture_limits: BTreeMap::new(),
            start_flops: None,
        }
    }
}

impl Default for DesignChoices {
    /// A hundred GPU-hours: an evening on one machine of eight, small enough to be spent on a question.
    fn default() -> Self {
        Self { budget: Budget::GpuHours(100.0), sizes: Vec::new(), checkpoints: CHECKPOINTS, truth: TruthBy::Example }
    }
}

impl Choices {
    /// The choices for another file: the device and the design stay, as they belong to the person.
    pub fn for_file(&self) -> Self {
        Self { hardware: self.hardware.clone(), design: self.design.clone(), ..Self::default() }
    }

    /// The trade-off asked at a what-if.
    pub fn trade_off(&self, at: Recipe, domain: Option<&str>) -> TradeOff {
        TradeOff { domain: domain.map(str::to_owned), size: at.size, tokens: at.tokens, limit: self.limit }
    }

    /// Limited data asked at a what-if; `None` until the domain tokens are typed.
    pub fn limited(&self, at: Recipe, domain: Option<&str>) -> Option<Limited> {
        Some(Limited {
            domain: domain.map(str::to_owned),
            size: at.size,
            domain_tokens: self.domain_tokens?,
            epochs: self.epochs,
            most_tokens: self.most_tokens,
            limit: (self.limited_keeps == Keeps::Limit).then_some(self.limit),
            least_gain: self.least_gain,
        })
    }

    /// The allocation asked; `None` until the budget is typed.
    pub fn allocate(&self, at: Recipe, domain: Option<&str>) -> Option<Allocate> {
        Some(Allocate {
            domain: domain.map(str::to_owned),
            budget: self.budget?,
            hardware: self.hardware.clone(),
            rule: match self.ratio_by {
                RatioBy::Limit => Rule::Limited(self.limit),
                RatioBy::Weights => Rule::Weighted { general: self.weight },
                RatioBy::DomainAlone => Rule::DomainAlone,
                RatioBy::WhatIf => Rule::Fixed { share: at.domain_share },
            },
            sizes: self.sizes,
            models: self.models.clone(),
        })
    }

    /// The frontier asked at a what-if.
    pub fn frontier(&self, at: Recipe, domain: Option<&str>) -> Frontier {
        Frontier { domain: domain.map(str::to_owned), size: at.size, tokens: at.tokens, weight: self.weight }
    }

    /// The design asked for.
    pub fn design(&self) -> Design {
        Design {
            budget: self.design.budget,
            hardware: self.hardware.clone(),
            sizes: self.design.sizes.clone(),
            ratios: Vec::new(),
            tokens: None,
            checkpoints: self.design.checkpoints,
        }
    }

    /// The best mixture of several corpora, asked of a study of them.
    pub fn mixture(&self, study: &Study) -> Mixture {
        let weight = |name: String| {
            let weight = self.mixture_weights.get(&name).copied().unwrap_or(1.0);
            (name, weight)
        };
        let limits = |corpus: &Corpus| self.mixture_limits.get(&corpus.name).copied().unwrap_or((0.0, 1.0));
        Mixture {
            weights: mixture::names(study).into_iter().map(weight).collect(),
            limits: study.corpora.iter().map(limits).collect(),
        }
    }

    /// "Continued or from scratch?" asked at a what-if.
    pub fn start(&self, at: Recipe, domain: Option<&str>) -> Start {
        Start {
            loss: domain.map(str::to_owned),
            size: at.size,
            tokens: at.tokens,
            domain_share: at.domain_share,
            flops: self.start_flops,
        }
    }

    /// "Should we at all?" asked at a what-if.
    pub fn tasks(&self, at: Recipe) -> Tasks {
        Tasks { recipe: at, sets: self.sets.clone() }
    }
}
