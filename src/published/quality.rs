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

/// What is printed of one law.
#[derive(Debug, Clone, Copy)]
pub struct Printed {
    /// Id of the law.
    pub law: &'static str,
    /// On the general loss.
    pub general: Figures,
    /// On the domain losses.
    pub domain: Figures,
}

/// Every law of the table whose formula is known.
pub static PRINTED: [Printed; 4] = [
    Printed {
        law: "d-cpt",
        general: Figures { huber: 0.0048, r2: 0.9968 },
        domain: Figures { huber: 0.0157, r2: 0.9796 },
    },
    Printed {
        law: "additive-ratio",
        general: Figures { huber: 0.0064, r2: 0.9945 },
        domain: Figures { huber: 0.0169, r2: 0.9767 },
    },
    Printed {
        law: "exponential-ratio",
        general: Figures { huber: 0.0066, r2: 0.9936 },
        domain: Figures { huber: 0.0160, r2: 0.9784 },
    },
    Printed {
        law: "effective-tokens",
        general: Figures { huber: 0.0328, r2: 0.9496 },
        domain: Figures { huber: 0.0438, r2: 0.9512 },
    },
];

/// What is printed of a law on a loss of that kind; `None` of laws that are not in the table.
pub fn of(law: &str, kind: LossKind) -> Option<Figures> {
    let printed = PRINTED.iter().find(|printed| printed.law == law)?;
    Some(match kind {
        LossKind::General => printed.general,
        LossKind::Domain => printed.domain,
    })
}

/// What the figures of that kind are of.
pub fn of_what(kind: LossKind) -> &'static str {
    match kind {
        LossKind::General => "The general loss",
        LossKind::Domain => "Domain losses",
    }
}
