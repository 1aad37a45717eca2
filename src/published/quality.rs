//! How well laws fit by the figures of the paper that compares them, to stand beside those of one's own runs.
//!
//! Que et al., NeurIPS 2024, arXiv 2406.01375, Table 1, as readers note it: means over six domains, models of 0.5B to 4B
//! parameters. Form L2 is left out, as its formula is not known here. Two things are not noted, so nothing may rest on
//! them: whether the figures are of rows that were fitted or of rows that were left out, and how the Huber loss is scaled.

use crate::table::LossKind;

/// Where the figures stand, and what is not known of them.
pub const SOURCE: &str = "Printed: Que et al. 2024 (arXiv 2406.01375), Table 1, as noted by readers: means over six \
    domains, models of 0.5B to 4B. It is not noted whether of fitted or of left-out rows, nor how the Huber loss is scaled.";

/// What is printed of a law on one loss.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// Mean Huber loss, on a scale that is not noted.
    pub huber: f64,
    /// Mean R².
    pub r2: f64,
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Id of the law.
    pub law: &'static str,
    /// On the general loss.
    pub general: Figures,
    /// On the domain losses.
    pub domain: Figures,
}

/// A row from its Huber loss and R², general and domain.
const fn row(law: &'static str, general: (f64, f64), domain: (f64, f64)) -> Row {
    const fn figures((huber, r2): (f64, f64)) -> Figures {
        Figures { huber, r2 }
    }
    Row { law, general: figures(general), domain: figures(domain) }
}

/// Forms L3, L1, L4 and L5, by the laws that stand for them here.
pub static TABLE_1: [Row; 4] = [
    row("d-cpt", (0.0048, 0.9968), (0.0157, 0.9796)),
    row("additive-ratio", (0.0064, 0.9945), (0.0169, 0.9767)),
    row("exponential-ratio", (0.0066, 0.9936), (0.0160, 0.9784)),
    row("effective-tokens", (0.0328, 0.9496), (0.0438, 0.9512)),
];

/// What is printed of a law on a loss of that kind; `None` of laws that are not in the table.
pub fn of(law: &str, kind: LossKind) -> Option<Figures> {
    let row = TABLE_1.iter().find(|row| row.law == law)?;
    Some(match kind {
        LossKind::General => row.general,
        LossKind::Domain => row.domain,
    })
}

/// What the figures of that kind are of.
pub fn of_what(kind: LossKind) -> &'static str {
    match kind {
        LossKind::General => "The general loss",
        LossKind::Domain => "Domain losses",
    }
}
