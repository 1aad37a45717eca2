//! The example files that come with the page. Each says whose numbers it holds.

use super::source::{Origin, Source};

/// One example.
#[derive(Debug)]
pub struct Example {
    /// Its id in links.
    pub id: &'static str,
    /// Its title in the menu.
    pub title: &'static str,
    /// File name, beside this page under `assets/examples`.
    pub file: &'static str,
    /// Whose numbers: shown as a badge wherever the example is named.
    pub badge: &'static str,
    /// What it is, in a sentence.
    pub about: &'static str,
    /// Where the numbers come from.
    pub citation: &'static str,
    /// A page that says more, relative to this one.
    pub card: Option<&'static str>,
    /// Unit of its losses.
    pub unit: &'static str,
}

/// Every example; the first is the one the page opens on.
pub static EXAMPLES: [Example; 5] = [
    Example {
        id: "tiny-cpt",
        title: "Tiny CPT: English → Python, German (measured by us)",
        file: "tiny-cpt.csv",
        badge: "measured by us",
        about: "Real runs of small byte-level models.",
        citation: "Measured for Ratioscope, 2026-11-24.",
        card: Some("assets/examples/tiny-cpt.md"),
        unit: "nats per byte",
    },
    Example {
        id: "generated-grid",
        title: "A full grid (generated, not measured)",
        file: "generated-grid.csv",
        badge: "generated",
        about: "Generated from a known D-CPT Law with noise, to show a complete grid: 3 sizes, 9 ratios, 20 budgets.",
        citation: "Nothing in it was measured.",
        card: None,
        unit: "nats per token",
    },
    Example {
        id: "d-cpt-chemistry",
        title: "D-CPT Law, chemistry at 1.8B (as transcribed)",
        file: "d-cpt-chemistry.csv",
        badge: "as transcribed",
        about: "Seven ratios at one size and one budget: the paper's check of its recommended ratio.",
        citation: "As transcribed from Que et al., D-CPT Law, NeurIPS 2024, arXiv 2406.01375, usage 1.",
        card: None,
        unit: "nats per token",
    },
    Example {
        id: "d-cpt-music",
        title: "D-CPT Law, music at 1.8B (as transcribed)",
        file: "d-cpt-music.csv",
        badge: "as transcribed",
        about: "Four ratios at one size with limited domain data.",
        citation: "As transcribed from Que et al., D-CPT Law, NeurIPS 2024, arXiv 2406.01375, usage 2.",
        card: None,
        unit: "nats per token",
    },
    Example {
        id: "ibrahim-replay",
        title: "Replay after Pile, 405M and 10B (as transcribed)",
        file: "ibrahim-replay.csv",
        badge: "as transcribed",
        about: "Final losses against the share of replayed general data.",
        citation: "As transcribed from Ibrahim et al., 2024, arXiv 2403.08763, replay tables.",
        card: None,
        unit: "nats per token",
    },
];

/// The example of that id.
pub fn by_id(id: &str) -> Option<&'static Example> {
    EXAMPLES.iter().find(|example| example.id == id)
}

impl Example {
    /// Its address, relative to the page.
    pub fn address(&self) -> String {
        format!("assets/examples/{}", self.file)
    }

    /// Address of what was fitted to it when the page was built; only the first example has one.
    pub fn fitted_address(&self) -> String {
        format!("assets/examples/{}.bin", self.id)
    }

    /// Where its table comes from.
    pub fn source(&self) -> Source {
        Source { name: self.file.into(), origin: Origin::Example(self.id), unit: self.unit, parts: Vec::new() }
    }
}
