//! The files that were opened: each with its number, the one on its way to the worker, those that are needed again.

use super::{State, Work, ask_of};
use crate::app::memory::Key;
use crate::app::source::{Origin, Source};
use crate::settings::Settings;
use crate::table;
use leptos::prelude::*;
use web_sys::Blob;

/// A file that was opened: where it comes from, and the browser's handle on it where it was not fetched with the page.
pub type KeptFile = (Source, Option<Blob>);

/// Which settings a file brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Brings {
    /// What belongs to the person.
    Little,
    /// Those it was left with.
    Everything,
}

/// A file on its way to the worker.
pub(super) struct Coming {
    pub(super) id: u32,
    pub(super) source: Source,
    pub(super) settings: Settings,
    pub(super) brings: Brings,
    /// Among the files opened.
    pub(super) number: u32,
    /// Where its corrections are remembered; `None` until its header is known.
    pub(super) key: Option<Key>,
}

impl State {
    /// Opens a file. What is shown stays until it has been read. One that is too big is refused unread.
    pub fn open(self, source: Source, file: Blob) {
        let example = match source.origin {
            Origin::Example(id) => Some(id.to_owned()),
            Origin::Own | Origin::Saved | Origin::Linked | Origin::Published => None,
        };
        let settings = self.settings.get_untracked().for_file(example);
        self.bring(source, file, settings, Brings::Little, None);
    }

    /// Opens a file with the settings it was left with; `number` is its own where it was open before.
    pub fn open_as_left(self, source: Source, file: Blob, settings: Settings, number: Option<u32>) {
        self.bring(source, file, settings, Brings::Everything, number);
    }

    fn bring(self, source: Source, file: Blob, settings: Settings, brings: Brings, number: Option<u32>) {
        let size = file.size();
        if let Err(error) = table::check_size(size as u64) {
            return self.fail(format!("{} can’t be read.", source.name), error.to_string());
        }
        self.work.set(Work::Reading { name: source.name.clone(), done: 0.0, total: size });
        self.failure.set(None);
        let ask = ask_of(&settings, &source);
        self.last.set_value(Some((source.clone(), file.clone())));
        let number = number.unwrap_or_else(|| self.number(source.clone(), Some(file.clone())));
        let id = self.engine.with_value(|engine| engine.as_ref().map(|engine| engine.open(file, ask)));
        self.coming.set_value(id.map(|id| Coming { id, source, settings, brings, number, key: None }));
    }

    /// Gives a file its number.
    pub(super) fn number(self, source: Source, file: Option<Blob>) -> u32 {
        let count = self.files.try_update_value(|files| {
            files.push(Some((source, file)));
            files.len()
        });
        count.unwrap_or(0) as u32
    }

    /// A file opened before.
    pub fn file_of(self, number: u32) -> Option<KeptFile> {
        self.files.with_value(|files| files.get(number.checked_sub(1)? as usize)?.clone())
    }

    /// Its name.
    pub fn file_name(self, number: u32) -> String {
        self.file_of(number).map_or(String::new(), |(source, _)| source.name)
    }

    /// Lets go of the files that nothing needs any more.
    pub fn keep_files(self, needed: impl Fn(u32) -> bool) {
        let coming = self.coming.with_value(|coming| coming.as_ref().map(|coming| coming.number));
        self.files.update_value(|files| {
            for (number, file) in (1..).zip(files.iter_mut()) {
                if Some(number) != coming && !needed(number) {
                    *file = None;
                }
            }
        });
    }
}
