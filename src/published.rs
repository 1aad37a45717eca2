//! Laws with the parameters that papers print: no file, no fit, no interval. Each constant stands with its source, the
//! setting it was measured in and the range it was measured over; outside that range a printed law is a guess like any
//! other, and inside it it is another group's models and data.

pub mod printed;
pub mod quality;

use crate::law::repeated::{DATA_REPETITIONS, SIZE_REPETITIONS};
use crate::law::{self, Law, Place, Points, Scale};
use crate::maths;
use serde::{Deserialize, Serialize};

/// The printed law that is open.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Printed {
    /// Its id.
    pub id: String,
    /// The tokens that differ, for a law of repeated data; `None` for those of the paper’s own checks.
    pub unique: Option<f64>,
    /// How the run begins, for a law of both kinds of runs.
    pub run: Run,
}

/// How a run begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Run {
    /// From a trained model.
    #[default]
    Continued,
    /// From nothing.
    Scratch,
}

impl Printed {
    /// Whether it can be opened: from a link or a kept session anything comes.
    pub fn is_sound(&self) -> bool {
        let known = by_id(&self.id).is_some() || CRITICAL_RATIOS.iter().any(|model| model.id == self.id);
        known && self.unique.is_none_or(|unique| unique.is_finite() && unique >= 1.0)
    }
}

/// A law with printed parameters.
#[derive(Debug, Clone, Copy)]
pub struct Published {
    /// Short name in commands and links.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Id of the law.
    pub law: &'static str,
    /// Its parameters in the law's order, for `N` in parameters and `D` in tokens.
    pub parameters: &'static [f64],
    /// Where the numbers stand.
    pub source: &'static str,
    /// What was trained on what.
    pub setting: &'static str,
    /// Sizes it was fitted to, where the source says.
    pub sizes: Option<(f64, f64)>,
    /// Tokens it was fitted to, where the source says.
    pub tokens: Option<(f64, f64)>,
    /// What must be known before its numbers are used; empty where nothing stands out.
    pub caution: &'static str,
}

/// Every law with printed parameters.
pub static PUBLISHED: &[Published] = &[
    Published {
        id: "chinchilla",
        name: "Chinchilla, as printed",
        law: "chinchilla",
        parameters: &[1.69, 406.4, 0.34, 410.7, 0.28],
        source: "Hoffmann et al., 2022, arXiv 2203.15556, approach 3",
        setting: "decoder-only models from scratch on MassiveText",
        // Both ranges: the paper's abstract.
        sizes: Some((70e6, 16e9)),
        tokens: Some((5e9, 500e9)),
        caution: "The replication of 2024 finds that these rounded values don’t fit the paper’s own points: use the replication’s.",
    },
    Published {
        id: "chinchilla-replication",
        name: "Chinchilla, replication",
        law: "chinchilla",
        parameters: &[1.81686, 482.006, 0.34781, 2085.43, 0.36585],
        source: "Besiroglu et al., 2024, arXiv 2404.10102, from the authors’ notebook",
        setting: "240 points extracted from the figure of Hoffmann et al.",
        // Of those points; their tokens are training FLOPs over 6 N.
        sizes: Some((57e6, 16e9)),
        tokens: Some((0.8e9, 318e9)),
        caution: "Standard errors printed with it: A 124.5, B 1293.3, E 0.0257, α 0.0154, β 0.0206.",
    },
    Published {
        id: "cross-lingual",
        name: "Cross-lingual CPT, English to Chinese",
        law: "cross-lingual",
        // E, A, alpha, B, beta, B', beta', gamma.
        parameters: &[1.55, 420.0, 0.40, 719.5, 0.30, 433.3, 0.20, 0.08],
        source: "Zheng et al., EMNLP 2024, arXiv 2407.02118, read in the paper’s text",
        setting: "40 sizes, from scratch on Chinese and continued from English",
        sizes: Some((50e6, 5.5e9)),
        tokens: None,
        caution: "Its two decimals put a continued run above one from scratch, against the paper’s own claim, by rounding alone: read exponents and frontiers from it, never an absolute gain.",
    },
    Published {
        id: "repeated",
        name: "Repeated data",
        law: "repeated",
        // The logarithms of A, B and E are what is printed.
        parameters: &[
            1.8691436784054858, // e^0.6254804
            520.8249516599187,  // e^6.255414
            0.3526596,
            1487.716093782861, // e^7.3049974
            0.3526596,
            DATA_REPETITIONS,
            SIZE_REPETITIONS,
        ],
        source: "Muennighoff et al., NeurIPS 2023, arXiv 2305.16264, the authors’ code, which has ln E 0.6254804, ln A 6.255414 and ln B 7.3049974",
        setting: "models from scratch on C4, up to 900B tokens of which many repeat; that the smallest had 7M parameters is from memory",
        // The larger end: the paper's abstract.
        sizes: Some((7e6, 9e9)),
        tokens: None,
        caution: "Fitted to training from scratch: for continual pre-training it is an assumption.",
    },
];

/// The law of that id.
pub fn by_id(id: &str) -> Option<&'static Published> {
    PUBLISHED.iter().find(|published| published.id == id)
}

impl Published {
    /// Its law.
    pub fn law(&self) -> Option<&'static dyn Law> {
        law::by_id(self.law)
    }

    /// The loss it gives, in nats per token; `None` where the parameters are not its law's.
    pub fn loss(&self, at: &Place<'_>) -> Option<f64> {
        let law = self.law().filter(|law| law.parameters().len() == self.parameters.len())?;
        let mut points = Points::default();
        points.push_place(&Scale { size: 1.0, tokens: 1.0 }, at);
        let mut loss = [0.0];
        law.predict(self.parameters, &points, &mut loss);
        Some(loss[0]).filter(|loss| loss.is_finite())
    }

    /// How far a size lies outside the sizes it was fitted to, as a factor; `None` inside them or where they are not known.
    pub fn beyond_sizes(&self, size: f64) -> Option<f64> {
        beyond(self.sizes, size)
    }

    /// The same for tokens.
    pub fn beyond_tokens(&self, tokens: f64) -> Option<f64> {
        beyond(self.tokens, tokens)
    }
}

fn beyond(range: Option<(f64, f64)>, value: f64) -> Option<f64> {
    let (low, high) = range?;
    match value {
        value if value < low => Some(low / value),
        value if value > high => Some(value / high),
        _ => None,
    }
}

/// The critical mixture ratio of one model, `R(T) = a T^s + b` with `T` in units of 0.2B tokens: the largest domain share
/// whose general loss stays within the tolerance while the domain loss falls.
#[derive(Debug, Clone, Copy)]
pub struct CriticalRatio {
    /// Short name in commands and links.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Model size in parameters.
    pub size: f64,
    /// `a`, `s`, `b`.
    pub parameters: [f64; 3],
}

/// Tokens in one unit of `T`.
pub const CRITICAL_UNIT: f64 = 0.2e9;
/// Where the numbers of [`CRITICAL_RATIOS`] stand.
pub const CRITICAL_SOURCE: &str =
    "Gu et al., CMR Scaling Law, EMNLP 2024, arXiv 2407.17467, table 5 as transcribed, tolerance 0.05 nats as noted";

/// The printed critical ratios: finance, four sizes.
pub static CRITICAL_RATIOS: [CriticalRatio; 4] = [
    CriticalRatio {
        id: "cmr-460m",
        name: "Critical mixture ratio, finance, 460M",
        size: 460e6,
        parameters: [0.22524761, 0.26944345, -0.48139982],
    },
    CriticalRatio {
        id: "cmr-940m",
        name: "Critical mixture ratio, finance, 940M",
        size: 940e6,
        parameters: [0.7520627, 0.13720245, -1.06581937],
    },
    CriticalRatio {
        id: "cmr-1.6b",
        name: "Critical mixture ratio, finance, 1.6B",
        size: 1.6e9,
        parameters: [-2.36384831, -0.15125569, 1.59223649],
    },
    CriticalRatio {
        id: "cmr-3.1b",
        name: "Critical mixture ratio, finance, 3.1B",
        size: 3.1e9,
        parameters: [-2.5368197, -0.42071423, 0.84375368],
    },
];

impl CriticalRatio {
    /// The critical domain share at a token budget, between 0 and 1; `None` where the printed power leaves that.
    pub fn at(&self, tokens: f64) -> Option<f64> {
        let [a, s, b] = self.parameters;
        Some(a * maths::pow(tokens / CRITICAL_UNIT, s) + b).filter(|ratio| (0.0..=1.0).contains(ratio))
    }
}

/// Exponents and factors of Zheng et al.'s compute-optimal allocation and frontier, as printed: `N = n C^a`, `D = d C^b`,
/// `L = l C^-f`.
#[derive(Debug, Clone, Copy)]
pub struct Frontier {
    /// `(n, a)`.
    pub size: (f64, f64),
    /// `(d, b)`.
    pub tokens: (f64, f64),
    /// `(l, f)`.
    pub loss: (f64, f64),
}

/// From scratch, and continued (Zheng et al., EMNLP 2024): what the rounded coefficients can't give, these can.
pub static CROSS_LINGUAL_FRONTIERS: [Frontier; 2] = [
    Frontier { size: (0.324, 0.429), tokens: (0.514, 0.571), loss: (33.69907, 0.0579) },
    Frontier { size: (4.79, 0.385), tokens: (0.035, 0.615), loss: (31.9594, 0.0575) },
];

impl Frontier {
    /// The frontier's loss at a compute in FLOPs.
    pub fn loss_at(&self, flops: f64) -> f64 {
        self.loss.0 * maths::pow(flops, -self.loss.1)
    }

    /// The compute in FLOPs at which it reaches a loss.
    pub fn flops_for(&self, loss: f64) -> f64 {
        maths::pow(self.loss.0 / loss, 1.0 / self.loss.1)
    }

    /// The best model size for a compute, in parameters.
    pub fn size_at(&self, flops: f64) -> f64 {
        self.size.0 * maths::pow(flops, self.size.1)
    }

    /// Its tokens.
    pub fn tokens_at(&self, flops: f64) -> f64 {
        self.tokens.0 * maths::pow(flops, self.tokens.1)
    }
}
