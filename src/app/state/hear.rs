//! What the worker says, taken up into the state: tables, studies, progress, failures.

use super::files::Brings;
use super::{Failure, Opened, State, Work, ask_of, draws};
#[cfg(feature = "workbench")]
use crate::app::data::missing;
use crate::app::engine::Event;
use crate::app::memory::{self, Key};
use crate::app::source::Origin;
use crate::law::Ranges;
use crate::settings::Settings;
use crate::table::{ByRun, Reading, Table};
use crate::worker::message::{Answer, FitState, Stage};
use leptos::prelude::*;
use std::sync::Arc;

impl State {
    pub(super) fn hear(self, event: Event) {
        match event {
            Event::Packed(bytes) => self.packed.set_value(Some(bytes)),
            Event::Answer(answer) => self.hear_answer(answer),
            Event::Inquired(id, units, report) => self.inquiries.hear(id, units, report),
            Event::InquiriesLeft => self.inquiries.left(),
            Event::Interrupted => self.interrupted(),
            Event::Crashed => {
                self.coming.set_value(None);
                self.work.set(Work::Failed);
                let what = "The fit stopped unexpectedly.".to_owned();
                let why = "This is a fault of the page, not of your file. Reload it or try another file.".to_owned();
                self.failure.set(Some(Failure { what, why, kept: self.kept() }));
            }
        }
    }

    fn hear_answer(self, answer: Answer) {
        match answer {
            Answer::Opened { id, table, ranges, by_run } => self.show_table(id, *table, ranges, by_run),
            Answer::Fitted { study, state, .. } => {
                let (done, total) = (draws(&study), study.options.draws);
                self.study.set(Some(Arc::new(*study)));
                // A new fit ends what was said of an earlier one; draws that are added end nothing.
                if done == 0 && self.failure.with_untracked(Option::is_some) {
                    self.failure.set(None);
                }
                self.work.set(match state {
                    FitState::Drawing => Work::Drawing { done, total },
                    FitState::Stopped { done, total } => Work::Stopped { done, total },
                    FitState::Done => Work::Done,
                });
            }
            Answer::Reading { done, total, .. } => {
                let coming = self.coming.with_value(|coming| coming.as_ref().map(|coming| coming.source.name.clone()));
                let opened =
                    || self.opened.with_untracked(|opened| opened.as_ref().map(|opened| opened.source.name.clone()));
                self.work.set(Work::Reading { name: coming.or_else(opened).unwrap_or_default(), done, total });
            }
            Answer::Progress { done, total, .. } => self.work.set(Work::Drawing { done, total }),
            Answer::Failed { stage, text, .. } => self.show_failure(stage, text),
            // The first screen leaves it to the whole page, which opens the file once more.
            #[cfg(feature = "workbench")]
            Answer::Saved { study, .. } => self.show_saved(*study),
            #[cfg(not(feature = "workbench"))]
            Answer::Saved { .. } => {}
            Answer::Stopped { .. } if self.work.with_untracked(Work::is_busy) => self.interrupted(),
            Answer::Ready
            | Answer::Accepted { .. }
            | Answer::Optima { .. }
            | Answer::Draws { .. }
            | Answer::Share { .. }
            | Answer::Found { .. }
            | Answer::Inquired { .. }
            | Answer::Decided { .. }
            | Answer::Stopped { .. } => {}
            // Heard by the dialog that asked.
            #[cfg(feature = "workbench")]
            Answer::Linking { .. } | Answer::Linked { .. } | Answer::Coded { .. } => {}
        }
    }

    /// Nothing more comes of the request: what is shown rests on the draws done.
    pub(super) fn interrupted(self) {
        self.coming.set_value(None);
        let done = self.study.with_untracked(|study| study.as_ref().map(|study| (draws(study), study.options.draws)));
        self.work.set(match done {
            Some((done, total)) if done >= total => Work::Done,
            Some((done, total)) => Work::Stopped { done, total },
            None => Work::Failed,
        });
    }

    fn show_table(self, id: u32, table: Table, ranges: Ranges, by_run: ByRun) {
        let coming = self.coming.try_update_value(|coming| coming.take_if(|coming| coming.id <= id)).flatten();
        let source = match coming {
            Some(mut coming) => {
                let own = coming.source.origin == Origin::Own;
                let fresh = own && coming.key.is_none();
                if fresh {
                    coming.key = Key::of(&table.columns);
                }
                if fresh
                    && coming.brings == Brings::Little
                    && let Some(reading) = coming.key.as_ref().and_then(memory::recall)
                {
                    coming.settings.reading = reading;
                    let ask = ask_of(&coming.settings, &coming.source);
                    self.coming.set_value(Some(coming));
                    self.engine.with_value(|engine| engine.as_ref().map(|engine| engine.again(ask)));
                    return;
                }
                self.asked.set_value(ask_of(&coming.settings, &coming.source));
                self.study.set(None);
                self.opened.set(None);
                self.recalled.set(own && !fresh);
                self.key.set_value(coming.key);
                self.file.set(coming.number);
                self.settings.set(match coming.brings {
                    Brings::Everything => coming.settings,
                    Brings::Little => {
                        // What the person chose for themselves while the file was read counts.
                        let now = self.settings.get_untracked().for_file(coming.settings.example);
                        Settings { reading: coming.settings.reading, ..now }
                    }
                });
                // A file that needs a hand is shown where that is given; nobody has to look for the place.
                #[cfg(feature = "workbench")]
                if own && missing::stops(&missing::lines(&table, &ranges)) {
                    self.sheet.set(true);
                }
                Some(coming.source)
            }
            None => self.opened.with_untracked(|opened| opened.as_ref().map(|opened| opened.source.clone())),
        };
        let Some(source) = source else { return };
        let reading = self.asked.with_value(|asked| asked.reading.clone());
        self.key.with_value(|key| key.iter().for_each(|key| memory::keep(key, &reading)));
        self.read.set_value(reading);
        if table.observations.is_empty() {
            self.study.set(None);
        }
        self.opened.set(Some(Arc::new(Opened { source, table, ranges, by_run })));
        self.work.set(Work::Fitting);
        // What was chosen while the file was on its way was not asked for then.
        self.catch_up(self.wanted(&self.settings.get_untracked()));
    }

    fn show_failure(self, stage: Stage, text: String) {
        let coming = self.coming.try_update_value(Option::take).flatten();
        if let (Stage::Read, Some(key)) = (stage, coming.as_ref().and_then(|coming| coming.key.as_ref())) {
            // The corrections of an earlier file make this one unreadable: they go, and no file stays shut.
            memory::keep(key, &Reading::default());
        }
        let nothing =
            self.opened.with_untracked(|opened| opened.as_ref().is_some_and(|o| o.table.observations.is_empty()));
        if stage == Stage::Fit && coming.is_none() && nothing {
            // What is missing stands beside the columns.
            return self.work.set(Work::Failed);
        }
        let name = match &coming {
            Some(coming) => coming.source.name.clone(),
            None => {
                self.opened.with_untracked(|opened| opened.as_ref().map_or(String::new(), |o| o.source.name.clone()))
            }
        };
        let what = match stage {
            Stage::Read => format!("{name} can’t be read."),
            Stage::Fit => format!("{name} can’t be fitted."),
            Stage::Lost => return self.fit_again(),
        };
        if stage == Stage::Read && coming.is_none() {
            // The roles asked for could not be read: the ones shown stay.
            let read = self.read.with_value(Clone::clone);
            self.asked.update_value(|asked| asked.reading = read.clone());
            self.settle(|settings| settings.reading = read);
        }
        let missed = coming.is_some();
        if missed {
            // A step back to this file led nowhere.
            self.settle(|_| {});
        }
        self.fail(what, text);
        if missed {
            self.catch_up(self.wanted(&self.settings.get_untracked()));
        }
    }

    /// What a failure leaves in place.
    pub(super) fn kept(self) -> &'static str {
        match (self.opened.with_untracked(Option::is_some), self.study.with_untracked(Option::is_some)) {
            (true, true) => "Your earlier data and fit are kept.",
            (true, false) => "The table is shown below: check the role of each column, or choose another law.",
            _ => "",
        }
    }
}
