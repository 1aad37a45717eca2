//! Where a table comes from, so that nothing generated or transcribed is ever shown as measured.

use super::examples;
#[cfg(feature = "workbench")]
use crate::published::Printed;
#[cfg(feature = "workbench")]
use crate::table::Measure;
use crate::worker::message::FilePart;

/// A file and what is known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Name shown: the file's, or "Pasted table".
    pub name: String,
    /// Whose numbers these are.
    pub origin: Origin,
    /// Unit of its losses.
    pub unit: &'static str,
    /// The files it was put together from, where there are several.
    pub parts: Vec<FilePart>,
}

/// Whose numbers a table holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Origin {
    /// Dropped, pasted or picked by the person.
    Own,
    /// An example that comes with the page: its id in the catalogue.
    Example(&'static str),
    /// A link that carried the fit and not the data.
    Linked,
    /// A file that holds a fit and not its data: `ratioscope fit --json`, or saved on the page.
    Saved,
    /// A paper: printed parameters, and no data.
    Published,
}

impl Source {
    /// A file of the person's own.
    pub fn own(name: impl Into<String>) -> Self {
        Self { name: name.into(), origin: Origin::Own, unit: "nats per token", parts: Vec::new() }
    }

    /// What a link carried: the file's name, and the unit of its losses where that is one of ours.
    pub fn linked(name: String, unit: &str) -> Self {
        let unit = match unit {
            "nats per byte" => "nats per byte",
            _ => "nats per token",
        };
        Self { origin: Origin::Linked, unit, ..Self::own(name) }
    }

    /// The file of a fit.
    #[cfg(feature = "workbench")]
    pub fn saved(self) -> Self {
        Self { origin: Origin::Saved, ..self }
    }

    /// A printed law.
    #[cfg(feature = "workbench")]
    pub fn published(law: &Printed) -> Self {
        Self { origin: Origin::Published, unit: law.unit(Measure::Nats), ..Self::own(law.name()) }
    }

    /// Several files of the person's own, read together.
    pub fn together(parts: Vec<FilePart>) -> Self {
        let name = match &parts[..] {
            [one, other] => format!("{} and {}", one.name, other.name),
            _ => format!("{} files", parts.len()),
        };
        Self { parts, ..Self::own(name) }
    }
}

/// A source in words: the example's id or nothing, the name, and the files it was put together from.
pub type Told = (Option<String>, String, Vec<FilePart>);

/// A source in words.
pub fn told(source: &Source) -> Told {
    let example = match source.origin {
        Origin::Example(id) => Some(id.to_owned()),
        Origin::Own | Origin::Saved | Origin::Linked | Origin::Published => None,
    };
    (example, source.name.clone(), source.parts.clone())
}

/// The source that was told.
pub fn of_told((example, name, parts): Told) -> Source {
    match example.as_deref().and_then(examples::by_id) {
        Some(example) => example.source(),
        None if parts.is_empty() => Source::own(name),
        None => Source::together(parts),
    }
}
