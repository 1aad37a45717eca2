//! Fits of which there is no data here: from a link, or printed in a paper. What needs the data says so.

use super::{Failure, Opened, State};
#[cfg(feature = "workbench")]
use super::{Work, ask_of};
#[cfg(feature = "workbench")]
use crate::app::engine::Engine;
use crate::app::source::{Origin, Source};
use crate::fit::Study;
#[cfg(feature = "workbench")]
use crate::settings::Settings;
#[cfg(feature = "workbench")]
use crate::table::{ByRun, Reading, Table};
use leptos::prelude::*;
use std::sync::Arc;

/// What came in a link without its data.
#[derive(Debug, Clone)]
pub struct Linked {
    /// What the link says of the file.
    pub source: Source,
    /// The fit.
    pub study: Arc<Study>,
    /// The link's own text, which brings it back after a reload.
    pub hash: String,
}

impl State {
    /// Whether what is shown comes from one of these; the first screen shows nothing of the kind.
    fn is_from(self, origins: &[Origin]) -> bool {
        let known = |opened: &Arc<Opened>| origins.contains(&opened.source.origin);
        cfg!(feature = "workbench") && self.opened.with(|opened| opened.as_ref().is_some_and(known))
    }

    /// Whether what is shown is somebody's fit without its data: from a link, or a file of its own.
    pub fn is_linked(self) -> bool {
        self.is_from(&[Origin::Linked, Origin::Saved])
    }

    /// Whether it is a file of its own.
    pub fn is_saved(self) -> bool {
        self.is_from(&[Origin::Saved])
    }

    /// Whether the fit that is shown has no data here: from a link, or printed in a paper.
    pub fn has_no_data(self) -> bool {
        self.is_from(&[Origin::Linked, Origin::Saved, Origin::Published])
    }

    pub(super) fn say_the_data_is_missing(self) {
        let name = self.opened.with_untracked(|o| o.as_ref().map_or(String::new(), |o| o.source.name.clone()));
        let (linked, saved) = untrack(|| (self.is_linked(), self.is_saved()));
        let (why, kept) = match linked {
            _ if saved => (
                {
                    let of = self.study.with_untracked(|study| study.as_ref()?.file.clone());
                    let of = of.map_or_else(
                        || "the file of runs it was fitted to".to_owned(),
                        |file| format!("{file}, which it was fitted to"),
                    );
                    format!("{name} holds a fit without its data: open {of}.")
                },
                "The fit stays.",
            ),
            true => (
                format!("The page was opened from a link, and {name} is not in it: ask for the file and open it here."),
                "The fit in the link stays.",
            ),
            false => (
                format!("{name} is a printed law without any: open a file of runs, or an example."),
                "The printed law stays.",
            ),
        };
        self.failure.set(Some(Failure { what: "That needs the data.".to_owned(), why, kept }));
    }
}

#[cfg(feature = "workbench")]
impl State {
    /// Shows a fit that came in a link without its data; `number` is its own where it was shown before.
    pub fn show_linked(self, linked: Linked, settings: Settings, number: Option<u32>) {
        self.show_without_data(linked.source.clone(), &linked.study, settings, number);
        self.linked.set_value(Some(linked));
    }

    /// Shows the fit that a file on its way turned out to hold.
    pub(super) fn show_saved(self, study: Study) {
        let Some(coming) = self.coming.try_update_value(Option::take).flatten() else { return };
        let source = coming.source.saved();
        self.files.update_value(|files| {
            if let Some(Some(file)) = files.get_mut((coming.number as usize).wrapping_sub(1)) {
                file.0 = source.clone();
            }
        });
        // How it was fitted is the fit's own: there is nothing here to fit it anew with.
        let mut laws = study.targets.values().map(|fit| &fit.law);
        let law = laws.next().filter(|first| laws.all(|law| law == *first)).cloned();
        let settings = Settings { law, fit: study.options.clone(), reading: Reading::default(), ..coming.settings };
        self.show_without_data(source, &Arc::new(study), settings, Some(coming.number));
    }

    /// Shows a fit of which there is no data here.
    pub fn show_without_data(self, source: Source, study: &Arc<Study>, settings: Settings, number: Option<u32>) {
        self.engine.with_value(|engine| engine.iter().for_each(Engine::end));
        self.coming.set_value(None);
        let number = number.unwrap_or_else(|| self.number(source.clone(), None));
        self.asked.set_value(ask_of(&settings, &source));
        self.failure.set(None);
        self.study.set(None);
        self.file.set(number);
        self.settings.set(settings);
        let (table, by_run) = (Table::default(), ByRun::default());
        self.opened.set(Some(Arc::new(Opened { source, table, ranges: study.ranges, by_run })));
        self.put_study(Arc::clone(study));
        self.work.set(Work::Done);
    }

    /// Shows another fit in place of one of which there is no data here.
    pub fn put_study(self, study: Arc<Study>) {
        // Plain data always serialises.
        let bytes = postcard::to_allocvec(study.as_ref()).unwrap_or_default();
        self.packed.set_value(Some(js_sys::Uint8Array::from(&bytes[..]).buffer()));
        self.study.set(Some(study));
    }

    /// The link that was opened last.
    pub fn linked(self) -> Option<Linked> {
        self.linked.with_value(Clone::clone)
    }
}
