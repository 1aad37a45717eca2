//! Everything a person can choose, in one struct from the first day: the link, undo and saved sessions are three ways
//! to keep it. What the page shows is a pure function of (observations, study, settings).

use crate::fit::Options;
use crate::law::Recipe;
use serde::{Deserialize, Serialize};

/// What a person chose; everything else is derived.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// How the file is read.
    pub reading: crate::table::Reading,
    /// The law's id; `None` picks it for the data.
    pub law: Option<String>,
    /// Draws, seed, level, delta.
    pub fit: Options,
    /// The what-if; `None` starts in the middle of the data.
    pub recipe: Option<Recipe>,
    /// Which domain loss is shown; `None` is the first.
    pub domain: Option<String>,
}
