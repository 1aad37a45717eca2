//! What a reload brings back: the file and everything chosen, in the browser's database.
//!
//! Every tab has a record of its own, so two tabs never overwrite each other. Its id stands in the tab's own storage only
//! while the tab is left or hidden: a duplicated tab, whose storage is a copy, finds none and takes a new id. A tab
//! without a record is offered the newest one there is. `docs/decisions.md` has the reasons.

use super::note::{Notes, Offer};
use super::source::{self, Origin, Source, Told};
use super::state::State;
use super::store::{Shelf, Store};
use super::{examples, intake, place, published, sharing};
use crate::link::{self, View};
use crate::settings::{Settings, kept};
use leptos::ev;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use wasm_bindgen::prelude::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;

/// How long the settings rest before they are kept: a slider under way is kept once.
const REST: Duration = Duration::from_millis(400);
/// Records of other tabs that stay: the newest ones.
const OTHERS: usize = 5;

/// What is kept of a tab.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// The tab's id, which is the key.
    id: String,
    /// When it was kept, in milliseconds since 1970.
    at: f64,
    /// The file.
    source: Told,
    /// What was chosen, as [`kept::to_json`] writes it.
    settings: String,
    /// The link it came by, where the data is not here.
    link: String,
    /// What the address asked for, if anything: a link, or a file of this site.
    address: String,
}

/// Handles on this tab's session; cheap to copy.
#[derive(Clone, Copy)]
pub struct Session {
    id: StoredValue<String>,
    /// Whether this tab was left and came back.
    came_back: StoredValue<bool>,
    /// What was kept last, and of which file.
    last: StoredValue<Option<(Record, u32)>>,
    /// Whether something is being kept, and whether there is more.
    busy: StoredValue<(bool, bool)>,
    /// Whether it was said that nothing can be kept.
    said: StoredValue<bool>,
    turn: StoredValue<u32>,
    notes: Notes,
}

impl Session {
    /// Follows the page from now on and provides the session to every component.
    pub fn provide(state: State) {
        let left = place::tab_left();
        let session = Self {
            came_back: StoredValue::new(left.is_some()),
            id: StoredValue::new(left.unwrap_or_else(new_id)),
            last: StoredValue::new(None),
            busy: StoredValue::new((false, false)),
            said: StoredValue::new(false),
            turn: StoredValue::new(0),
            notes: Notes::get(),
        };
        place::note_tab(None);
        let leave = move || {
            session.id.with_value(|id| place::note_tab(Some(id)));
            session.keep(state);
        };
        // These listeners live as long as the page. A hidden tab may be dropped by the browser without another word.
        let _ = window_event_listener(ev::pagehide, move |_| leave());
        let _ = window_event_listener(ev::pageshow, move |_| place::note_tab(None));
        let hidden = move |_| if document().hidden() { leave() } else { place::note_tab(None) };
        let _ = window_event_listener(ev::Custom::<ev::Event>::new("visibilitychange"), hidden);
        Effect::new(move |_| {
            state.settings.track();
            if state.file.get() == 0 {
                return;
            }
            session.turn.update_value(|turn| *turn = turn.wrapping_add(1));
            let mine = session.turn.get_value();
            let rested = move || {
                if session.turn.try_get_value() == Some(mine) {
                    session.keep(state);
                }
            };
            set_timeout(rested, REST);
        });
        provide_context(session);
    }

    /// The session of this page.
    pub fn get() -> Option<Self> {
        use_context()
    }

    /// Whether this tab was left and came back.
    pub fn came_back(self) -> bool {
        self.came_back.get_value()
    }

    /// Whether this tab was left at an address that asked for the same.
    pub async fn came_by(self, address: &str) -> bool {
        let id = self.id.get_value();
        recall(&id).await.is_some_and(|(record, _)| record.address == address)
    }

    /// Opens what this tab was left with; false where there is nothing.
    pub async fn restore(self, state: State) -> bool {
        let id = self.id.get_value();
        let Some((record, file)) = recall(&id).await else { return false };
        let name = record.source.1.clone();
        if !open(state, record, file) {
            return false;
        }
        let afresh = Callback::new(move |()| self.start_afresh(state));
        let text = format!("Restored {name} as you left it.");
        self.notes.offer(Offer { text, choices: vec![("Start afresh", afresh)] });
        true
    }

    /// Offers the newest record of another tab, where there is one.
    pub async fn offer(self, state: State) {
        let Ok(store) = Store::open().await else { return };
        let Some(record) = records(&store).await.into_iter().next() else { return };
        drop(store);
        let (name, id) = (record.source.1.clone(), record.id.clone());
        let restore = Callback::new(move |()| {
            let id = id.clone();
            spawn_local(async move {
                if let Some((record, file)) = recall(&id).await {
                    open(state, record, file);
                }
            });
        });
        let id = record.id.clone();
        let forget = Callback::new(move |()| {
            let id = id.clone();
            spawn_local(async move { forget(&id).await });
        });
        let text = format!("Kept from {}: {name}, with what you chose.", ago(js_sys::Date::now() - record.at));
        self.notes.offer(Offer { text, choices: vec![("Restore it", restore), ("Forget it", forget)] });
    }

    /// Back to the example the page opens on, as if nothing had been chosen. A step that can be undone.
    fn start_afresh(self, state: State) {
        let example = &examples::EXAMPLES[0];
        let theme = state.settings.with_untracked(|settings| settings.theme);
        let settings = Settings { example: Some(example.id.to_owned()), theme, ..Settings::default() };
        intake::open_example_as_left(state, example, settings, None);
    }

    /// Keeps what is there now, one time after the other.
    fn keep(self, state: State) {
        let busy = self.busy.with_value(|busy| busy.0);
        self.busy.set_value((true, busy));
        if busy {
            return;
        }
        spawn_local(async move {
            loop {
                if let Err(why) = self.keep_now(state).await {
                    self.say_once(state, &why);
                }
                if !self.busy.with_value(|busy| busy.1) {
                    break;
                }
                self.busy.set_value((true, false));
            }
            self.busy.set_value((false, false));
        });
    }

    async fn keep_now(self, state: State) -> Result<(), JsValue> {
        let number = state.file.get_untracked();
        let Some((source, file)) = state.file_of(number) else { return Ok(()) };
        let settings = state.settings.get_untracked();
        let id = self.id.get_value();
        if !worth_keeping(&source, &settings) {
            // Nothing is left of what was kept before; another tab's record is its own business.
            if self.last.try_update_value(Option::take).flatten().is_some() || self.came_back() {
                self.came_back.set_value(false);
                forget(&id).await;
            }
            return Ok(());
        }
        let linked = state.linked().filter(|_| source.origin == Origin::Linked);
        let link = linked.map(|linked| linked.hash).unwrap_or_default();
        let record = Record {
            id: id.clone(),
            at: 0.0,
            source: source::told(&source),
            settings: kept::to_json(&settings),
            link,
            address: place::asks_for().unwrap_or_default(),
        };
        let last = self.last.with_value(Clone::clone);
        if last.as_ref().is_some_and(|(last, file)| *last == record && *file == number) {
            return Ok(());
        }
        let store = Store::open().await?;
        let is_file = matches!(source.origin, Origin::Own | Origin::Saved);
        if let Some(file) = file.filter(|_| is_file && last.is_none_or(|last| last.1 != number)) {
            store.put(Shelf::Files, &id, &file).await?;
        }
        let kept = Record { at: js_sys::Date::now(), ..record.clone() };
        // Plain data always serialises.
        let text = serde_json::to_string(&kept).unwrap_or_default();
        store.put(Shelf::Sessions, &id, &text.into()).await?;
        let first = self.last.with_value(Option::is_none);
        self.last.set_value(Some((record, number)));
        if first {
            tidy(&store, &id).await;
        }
        Ok(())
    }

    /// Says that a reload will lose what is there: once, and only to somebody who has something to lose.
    fn say_once(self, state: State, why: &JsValue) {
        if self.said.get_value() || state.file.get_untracked() == 0 {
            return;
        }
        self.said.set_value(true);
        let name = js_sys::Reflect::get(why, &"name".into()).ok().and_then(|name| name.as_string());
        let text = match name.as_deref() {
            Some("QuotaExceededError") => {
                "This browser has no room left to keep your file and choices: a reload will lose them."
            }
            _ => "This browser keeps nothing for this page: a reload will lose your file and choices.",
        };
        self.notes.offer(Offer { text: text.to_owned(), choices: Vec::new() });
    }
}

/// A file of the person's own, or anything chosen beyond the colours.
fn worth_keeping(source: &Source, settings: &Settings) -> bool {
    let untouched = Settings { example: settings.example.clone(), theme: settings.theme, ..Settings::default() };
    let first = matches!(source.origin, Origin::Example(id) if id == examples::EXAMPLES[0].id);
    !first || *settings != untouched
}

/// Opens what a record holds; false where the file is gone.
fn open(state: State, record: Record, file: Option<Blob>) -> bool {
    let settings = kept::from_json(&record.settings);
    if !record.link.is_empty() {
        let Ok(Some(view)) = link::read(&record.link) else { return false };
        return sharing::show(state, View { settings, ..view }, record.link);
    }
    if settings.published.is_some() {
        published::show(state, settings, None);
        return true;
    }
    let source = source::of_told(record.source);
    match source.origin {
        Origin::Own | Origin::Saved => {
            let Some(file) = file else { return false };
            state.open_as_left(source, file, settings, None);
        }
        Origin::Linked | Origin::Published => return false,
        Origin::Example(id) => {
            let Some(example) = examples::by_id(id) else { return false };
            intake::open_example_as_left(state, example, settings, None);
        }
    }
    true
}

async fn recall(id: &str) -> Option<(Record, Option<Blob>)> {
    let store = Store::open().await.ok()?;
    let record = read(&store.get(Shelf::Sessions, id).await.ok()?)?;
    let file = store.get(Shelf::Files, id).await.ok().and_then(|file| file.dyn_into().ok());
    Some((record, file))
}

/// A record as it was kept. One that another version wrote and this one can't read counts as none.
fn read(value: &JsValue) -> Option<Record> {
    serde_json::from_str(&value.as_string()?).ok()
}

/// Every record, the newest first.
async fn records(store: &Store) -> Vec<Record> {
    let Ok(all) = store.all(Shelf::Sessions).await else { return Vec::new() };
    let all: Vec<Record> = all.iter().filter_map(|value| read(&value)).collect();
    let order = crate::order::positions(all.len(), &|a, b| all[b].at.total_cmp(&all[a].at));
    order.into_iter().map(|at| all[at].clone()).collect()
}

async fn forget(id: &str) {
    let Ok(store) = Store::open().await else { return };
    for shelf in [Shelf::Sessions, Shelf::Files] {
        // Where storage is denied, nothing is kept either.
        let _ = store.delete(shelf, id).await;
    }
}

/// Forgets the oldest records of other tabs.
async fn tidy(store: &Store, mine: &str) {
    for record in records(store).await.into_iter().filter(|record| record.id != mine).skip(OTHERS) {
        for shelf in [Shelf::Sessions, Shelf::Files] {
            // It is tried again at the next start.
            let _ = store.delete(shelf, &record.id).await;
        }
    }
}

fn new_id() -> String {
    // Told apart from a handful of other tabs.
    format!("{:013x}{:08x}", js_sys::Date::now() as u64, (js_sys::Math::random() * f64::from(u32::MAX)) as u32)
}

/// "3 hours ago".
fn ago(milliseconds: f64) -> String {
    let minutes = milliseconds / 60_000.0;
    let (count, unit) = match minutes {
        minutes if minutes < 2.0 => return "a moment ago".to_owned(),
        minutes if minutes < 120.0 => (minutes, "minutes"),
        minutes if minutes < 48.0 * 60.0 => (minutes / 60.0, "hours"),
        minutes => (minutes / 1440.0, "days"),
    };
    format!("{count:.0} {unit} ago")
}
