//! The page's state, split by role: what a person chose (settings), what was read and fitted (data), what is under way
//! (work). Everything else is a memo of these.

mod files;
mod hear;
mod shown;
mod without_data;

use super::engine::Engine;
use super::fit::asking::Inquiries;
use super::memory::Key;
use super::source::{Origin, Source};
use crate::chart::Rows;
use crate::fit::{Fit, Study};
use crate::inquiry::Question;
use crate::law::{Ranges, Recipe};
use crate::published::Printed;
use crate::settings::{Axes, Settings};
#[cfg(feature = "workbench")]
use crate::table::Measure;
use crate::table::{ByRun, LossKind, Reading, Table};
use crate::worker::fitted::Fitted;
use crate::worker::message::Ask;
use js_sys::ArrayBuffer;
use leptos::prelude::*;
use std::sync::Arc;
use web_sys::Blob;

pub use files::KeptFile;
pub use without_data::Linked;

use files::Coming;

/// A file that was read.
#[derive(Debug, PartialEq)]
pub struct Opened {
    /// Where it comes from.
    pub source: Source,
    /// What is in it.
    pub table: Table,
    /// The ranges of its rows, over all losses.
    pub ranges: Ranges,
    /// Its rows, run by run.
    pub by_run: ByRun,
}

impl Opened {
    /// Its rows, as a chart takes them.
    pub fn rows(&self) -> Rows<'_> {
        Rows { all: &self.table.observations, by_run: &self.by_run }
    }

    /// Unit of the losses as they are fitted: what is known of an example, else what the file says.
    pub fn unit(&self) -> &'static str {
        match self.source.origin {
            Origin::Example(_) | Origin::Saved | Origin::Linked | Origin::Published => self.source.unit,
            Origin::Own => self.table.observations.losses.first().map_or(self.source.unit, |loss| loss.per.unit()),
        }
    }
}

/// What the worker is doing.
#[derive(Debug, Clone, PartialEq)]
pub enum Work {
    /// Nothing yet.
    Idle,
    /// Reading a file.
    Reading {
        /// Its name.
        name: String,
        /// Bytes read.
        done: f64,
        /// Bytes it has.
        total: f64,
    },
    /// Looking for the optimum.
    Fitting,
    /// Drawing intervals.
    Drawing {
        /// Draws done.
        done: usize,
        /// Draws asked for.
        total: usize,
    },
    /// Stopped by the person.
    Stopped {
        /// Draws done.
        done: usize,
        /// Draws asked for.
        total: usize,
    },
    /// Complete.
    Done,
    /// Nothing came of it.
    Failed,
}

impl Work {
    /// Whether the worker is busy.
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Reading { .. } | Self::Fitting | Self::Drawing { .. })
    }
}

/// Something that went wrong, for the alert.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// What happened, in a few words.
    pub what: String,
    /// Why, and what to do.
    pub why: String,
    /// What is kept.
    pub kept: &'static str,
}

/// Handles on everything the page shows; cheap to copy.
#[derive(Clone, Copy)]
pub struct State {
    /// What the person chose.
    pub settings: RwSignal<Settings>,
    /// The file that is open.
    pub opened: RwSignal<Option<Arc<Opened>>>,
    /// What was fitted to it.
    pub study: RwSignal<Option<Arc<Study>>>,
    /// What the worker is doing.
    pub work: RwSignal<Work>,
    /// What went wrong last.
    pub failure: RwSignal<Option<Failure>>,
    /// Whether the sheet with the file's columns and rows is open.
    pub sheet: RwSignal<bool>,
    /// Whether the file was read with the corrections of an earlier one.
    pub recalled: RwSignal<bool>,
    /// Name of the general loss among the fits.
    pub general: Memo<Option<String>>,
    /// Name of the domain loss shown.
    pub domain: Memo<Option<String>>,
    /// Which loss the formula and the parameters are of: what was chosen, else the domain's, whichever was fitted.
    pub loss_shown: Memo<LossKind>,
    /// Ranges of the data that was fitted.
    pub ranges: Memo<Option<Ranges>>,
    /// The sliders' axes.
    pub axes: Memo<Option<Axes>>,
    /// The what-if.
    pub recipe: Memo<Option<Recipe>>,
    /// The printed law that is open in place of a file.
    pub printed: Memo<Option<Printed>>,
    /// What losses are shown in.
    #[cfg(feature = "workbench")]
    measured_in: Memo<Measure>,
    /// What is asked of the fit beyond its numbers.
    pub inquiries: Inquiries,
    engine: StoredValue<Option<Engine>, LocalStorage>,
    /// The study's bytes, as another worker reads them.
    packed: StoredValue<Option<ArrayBuffer>, LocalStorage>,
    /// The file that was opened last.
    last: StoredValue<Option<(Source, Blob)>, LocalStorage>,
    /// Number of the file that is open, counted from 1; 0 for none.
    pub file: RwSignal<u32>,
    /// The files opened so far, by number; those that nothing leads back to are gone.
    files: StoredValue<Vec<Option<KeptFile>>, LocalStorage>,
    /// Whether the settings were changed by the page itself.
    settled: StoredValue<bool>,
    /// What came in a link without its data.
    linked: StoredValue<Option<Linked>>,
    /// The file on its way to the worker, by request.
    coming: StoredValue<Option<Coming>>,
    /// What was asked of the worker last: an effect asks again when the settings differ.
    asked: StoredValue<Ask>,
    /// The reading of the table shown.
    read: StoredValue<Reading>,
    /// Where its corrections are remembered.
    key: StoredValue<Option<Key>>,
}

impl State {
    /// Makes the state and the worker's client and provides both to every component.
    pub fn provide() -> Self {
        let settings = RwSignal::new(Settings::default());
        let opened = RwSignal::new(None::<Arc<Opened>>);
        let study = RwSignal::new(None::<Arc<Study>>);
        let general = Memo::new(move |_| study.with(|study| study.as_ref()?.general.clone()));
        let chosen = Memo::new(move |_| settings.with(|settings| settings.domain.clone()));
        let domain = Memo::new(move |_| {
            let chosen = chosen.get();
            study.with(|study| {
                let domains = &study.as_ref()?.domains;
                domains.iter().find(|name| Some(*name) == chosen.as_ref()).or(domains.first()).cloned()
            })
        });
        let loss_shown = Memo::new(move |_| {
            let chosen = settings.with(|settings| settings.shown);
            let (general, domain) = (general.with(Option::is_some), domain.with(Option::is_some));
            match chosen {
                Some(LossKind::General) if general => LossKind::General,
                Some(LossKind::Domain) | None if domain => LossKind::Domain,
                _ if general => LossKind::General,
                _ => LossKind::Domain,
            }
        });
        // Between studies of the same data only draws are added: what rests on the ranges stays.
        let ranges = Memo::new(move |_| study.with(|study| study.as_ref().map(|study| study.ranges)));
        let printed = Memo::new(move |_| {
            let open = opened.with(|opened| opened.as_ref().is_some_and(|o| o.source.origin == Origin::Published));
            settings.with(|settings| settings.published.clone().filter(|_| open))
        });
        let axes = Memo::new(move |_| {
            #[cfg(feature = "workbench")]
            if let Some(law) = printed.get() {
                return Some(Axes::printed(&law));
            }
            let ranges = ranges.get()?;
            opened.with(|opened| Some(Axes::new(&ranges, &opened.as_ref()?.table.observations)))
        });
        let what_if = Memo::new(move |_| settings.with(|settings| settings.recipe));
        let recipe = Memo::new(move |_| {
            let what_if = what_if.get();
            axes.with(|axes| axes.as_ref().map(|axes| what_if.map_or(axes.start, |recipe| axes.fit_in(recipe))))
        });
        #[cfg(feature = "workbench")]
        let measured_in = shown::measured_in(settings, opened);
        let state = Self {
            #[cfg(feature = "workbench")]
            measured_in,
            settings,
            opened,
            study,
            work: RwSignal::new(Work::Idle),
            failure: RwSignal::new(None),
            sheet: RwSignal::new(false),
            recalled: RwSignal::new(false),
            general,
            domain,
            loss_shown,
            ranges,
            axes,
            recipe,
            printed,
            inquiries: Inquiries::default(),
            engine: StoredValue::new_local(None),
            packed: StoredValue::new_local(None),
            last: StoredValue::new_local(None),
            file: RwSignal::new(0),
            files: StoredValue::new_local(Vec::new()),
            settled: StoredValue::new(false),
            linked: StoredValue::new(None),
            coming: StoredValue::new(None),
            asked: StoredValue::new(Ask::default()),
            read: StoredValue::new(Reading::default()),
            key: StoredValue::new(None),
        };
        state.engine.set_value(Some(Engine::new(move |event| state.hear(event))));
        state.ask_when_settings_change();
        if cfg!(feature = "workbench") {
            state.inquiries.follow(state);
        }
        provide_context(state);
        state
    }

    /// The state of this page.
    ///
    /// # Panics
    /// Outside the page's own components, which all lie below the one that provides it.
    #[allow(clippy::expect_used, reason = "provided by the root component before any other is made")]
    pub fn get() -> Self {
        use_context().expect("the root component provides the state")
    }

    /// Says that something is on its way that no worker knows of yet.
    pub fn wait_for(self, what: &str) {
        self.work.set(Work::Reading { name: what.to_owned(), done: 0.0, total: 0.0 });
    }

    /// A change of the settings that is the page's own and no step to be undone.
    pub fn settle(self, change: impl FnOnce(&mut Settings)) {
        self.settled.set_value(true);
        self.settings.update(change);
    }

    /// Whether the settings were changed so since this was asked last.
    pub fn take_settled(self) -> bool {
        self.settled.try_update_value(std::mem::take).unwrap_or_default()
    }

    /// What another module needs to take over, and the end of this one's workers.
    pub fn hand_over(self) -> (Settings, Option<(Source, Blob)>) {
        self.engine.with_value(|engine| engine.iter().for_each(Engine::end));
        (self.settings.get_untracked(), self.last.with_value(Clone::clone))
    }

    /// Shows a file that was read and fitted when the page was built, unless the person opened one of their own meanwhile.
    pub fn show_fitted(self, source: Source, example: &str, (table, by_run, study): Fitted) {
        if self.opened.with_untracked(Option::is_some) || self.coming.with_value(Option::is_some) {
            return;
        }
        self.settings.set(self.settings.get_untracked().for_file(Some(example.to_owned())));
        self.asked.set_value(ask_of(&self.settings.get_untracked(), &source));
        self.file.set(self.number(source.clone(), None));
        self.work.set(Work::Drawing { done: draws(&study), total: study.options.draws });
        let opened = Arc::new(Opened { source, table, ranges: study.ranges, by_run });
        self.opened.set(Some(opened.clone()));
        // What shows the rows and what shows the fit are a task each.
        super::next_turn(move || {
            if self.opened.with_untracked(|now| now.as_ref().is_some_and(|now| Arc::ptr_eq(now, &opened))) {
                self.study.set(Some(Arc::new(study)));
            }
        });
    }

    /// Gives a worker the file of the fit that is shown, to go on drawing where the build stopped.
    pub fn keep(self, file: Blob) {
        let ask = Ask::default(); // as the build fitted it: worker/fitted.rs
        let untouched = self.asked.with_value(|asked| *asked == ask) && self.coming.with_value(Option::is_none);
        self.engine.with_value(|engine| {
            if let Some(engine) = engine {
                engine.keep(file, ask.clone(), untouched);
            }
        });
    }

    /// Says that a file could not even be fetched.
    pub fn fail(self, what: String, why: String) {
        self.interrupted();
        self.failure.set(Some(Failure { what, why, kept: self.kept() }));
    }

    /// Stops the draws.
    pub fn cancel(self) {
        let asked = self.engine.with_value(|engine| engine.as_ref().is_some_and(Engine::cancel));
        if !asked {
            self.interrupted();
        }
    }

    /// Fits once more, or goes on where the draws were stopped.
    pub fn fit_again(self) {
        self.ask(self.wanted(&self.settings.get_untracked()));
    }

    /// Asks about the fit that is shown; the question's id, or `None` where no worker has the file: then it is fitted
    /// once more, and what follows a fit by itself is asked again.
    pub fn inquire(self, question: &Question) -> Option<u32> {
        if untrack(|| self.has_no_data()) {
            self.say_the_data_is_missing();
            return None;
        }
        let ask = self.asked.with_value(Clone::clone);
        // Plain data always serialises.
        let bytes = postcard::to_allocvec(question).ok()?;
        let id = self.engine.with_value(|engine| engine.as_ref()?.inquire(ask, bytes));
        if id.is_none() {
            self.fit_again();
        }
        id
    }

    /// Leaves every question about the fit.
    pub fn leave_inquiries(self) {
        self.engine.with_value(|engine| {
            if let Some(engine) = engine {
                engine.leave();
            }
        });
    }

    /// The fit of a loss.
    pub fn fit_of(self, kind: LossKind) -> Option<Fit> {
        let name = match kind {
            LossKind::General => self.general.get(),
            LossKind::Domain => self.domain.get(),
        }?;
        self.study.with(|study| study.as_ref()?.targets.get(&name).cloned())
    }

    /// The study's bytes, as another worker reads them.
    pub fn packed(self) -> Option<ArrayBuffer> {
        self.packed.with_value(Clone::clone)
    }

    /// What the settings ask for of the file that is open.
    fn wanted(self, settings: &Settings) -> Ask {
        self.opened.with_untracked(|opened| match opened {
            Some(opened) => ask_of(settings, &opened.source),
            None => ask_of(settings, &Source::own("")),
        })
    }

    fn ask(self, ask: Ask) {
        if self.opened.with_untracked(Option::is_none) {
            return;
        }
        if untrack(|| self.has_no_data()) {
            let asked = self.asked.with_value(Clone::clone);
            self.settle(|settings| {
                (settings.reading, settings.law, settings.fit) = (asked.reading, asked.law, asked.fit);
            });
            return self.say_the_data_is_missing();
        }
        self.asked.set_value(ask.clone());
        self.work.set(Work::Fitting);
        self.engine.with_value(|engine| {
            if let Some(engine) = engine {
                engine.again(ask);
            }
        });
    }

    fn ask_when_settings_change(self) {
        let wanted = Memo::new(move |_| self.settings.with(|settings| self.wanted(settings)));
        Effect::new(move |_| {
            self.catch_up(wanted.get());
        });
    }

    /// Asks for what the settings say, if that was not asked for yet. A file on its way brings settings of its own.
    fn catch_up(self, wanted: Ask) {
        let new = self.asked.with_value(|asked| *asked != wanted);
        if new && self.coming.with_value(Option::is_none) {
            self.ask(wanted);
        }
    }
}

/// What the worker needs of the settings and of where the bytes come from.
fn ask_of(settings: &Settings, source: &Source) -> Ask {
    Ask {
        parts: source.parts.clone(),
        reading: settings.reading.clone(),
        law: settings.law.clone(),
        fit: settings.fit.clone(),
    }
}

/// Draws done: every target has the same number.
fn draws(study: &Study) -> usize {
    study.targets.values().next().map_or(0, |fit| fit.draws.len())
}
