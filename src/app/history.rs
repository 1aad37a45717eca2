//! Undo and redo: the two buttons of the bar, their keys, and which changes are one gesture. What a step is stands in
//! `settings/history.rs`.

use super::note::Notes;
use super::state::State;
use super::{handover, intake};
use crate::settings::history::{Hand, History, Moment, Step};
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::prelude::JsCast;
use web_sys::{EventTarget, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent};

/// Keys that go on moving a slider or a menu: a run of them is one gesture.
const MOVING: [&str; 8] = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"];

/// Handles on the steps; cheap to copy.
#[derive(Clone, Copy)]
pub struct Steps {
    history: StoredValue<History>,
    hand: StoredValue<Hand>,
    /// The key pressed last, where it was one of [`MOVING`].
    key: StoredValue<Option<String>>,
    can_undo: RwSignal<bool>,
    can_redo: RwSignal<bool>,
    notes: Notes,
}

/// Which way a step goes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    Back,
    Forward,
}

impl Steps {
    /// Follows the settings and the keys from now on, and provides the steps to every component.
    pub fn provide(state: State) {
        let steps = Self {
            history: StoredValue::new(History::default()),
            hand: StoredValue::new(Hand { gesture: 0, held: false, at: 0.0 }),
            key: StoredValue::new(None),
            can_undo: RwSignal::new(false),
            can_redo: RwSignal::new(false),
            notes: Notes::get(),
        };
        steps.listen(state);
        Effect::new(move |_| {
            let now = Moment { settings: state.settings.get(), file: state.file.get() };
            if now.file == 0 {
                return;
            }
            let settled = state.take_settled();
            let hand = steps.hand.with_value(|hand| Hand { at: js_sys::Date::now(), ..*hand });
            steps.history.update_value(|history| if settled { history.settle(now) } else { history.record(now, hand) });
            steps.show();
            steps.history.with_value(|history| state.keep_files(|number| history.needs(number)));
        });
        provide_context(steps);
    }

    fn show(self) {
        let (back, forward) = self.history.with_value(|history| (history.can_undo(), history.can_redo()));
        if self.can_undo.get_untracked() != back {
            self.can_undo.set(back);
        }
        if self.can_redo.get_untracked() != forward {
            self.can_redo.set(forward);
        }
    }

    /// Which changes are one gesture. The listeners live as long as the page.
    fn listen(self, state: State) {
        let held = move |held: bool| self.hand.update_value(|hand| hand.held = held);
        let next = move || self.hand.update_value(|hand| hand.gesture = hand.gesture.wrapping_add(1));
        let _ = window_event_listener(ev::pointerdown, move |_| {
            next();
            held(true);
            self.key.set_value(None);
        });
        let _ = window_event_listener(ev::pointerup, move |_| held(false));
        let _ = window_event_listener(ev::pointercancel, move |_| held(false));
        let _ = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
            if handover::retired() {
                return;
            }
            if let Some(way) = asked(&event).filter(|_| !is_text(event.target())) {
                event.prevent_default();
                return self.go(state, way);
            }
            let key = Some(event.key()).filter(|key| MOVING.contains(&&**key));
            if key.is_none() || self.key.with_value(|last| *last != key) {
                next();
            }
            self.key.set_value(key);
        });
    }

    fn go(self, state: State, way: Way) {
        let step = self.history.try_update_value(|history| match way {
            Way::Back => history.undo(),
            Way::Forward => history.redo(),
        });
        let Some(Step { to, what }) = step.flatten() else {
            return self.notes.say(match way {
                Way::Back => "Nothing to undo.".to_owned(),
                Way::Forward => "Nothing to redo.".to_owned(),
            });
        };
        let file = match way {
            Way::Back => state.file.get_untracked(),
            Way::Forward => to.file,
        };
        let what = match what {
            Some(what) => what.to_owned(),
            None => format!("opening {}", state.file_name(file)),
        };
        self.notes.say(match way {
            Way::Back => format!("Undone: {what}."),
            Way::Forward => format!("Done again: {what}."),
        });
        if to.file == state.file.get_untracked() {
            state.settings.set(to.settings);
        } else {
            intake::open_again(state, to.file, to.settings);
        }
        self.show();
    }
}

/// The two buttons.
#[component]
pub fn Buttons() -> impl IntoView {
    let state = State::get();
    let Some(steps) = use_context::<Steps>() else { return ().into_any() };
    // Not `disabled`: a button that takes the last step back keeps the keyboard.
    let button = move |way: Way, name: &'static str, keys: &'static str, shown: &'static str, can: RwSignal<bool>| {
        view! {
            <button
                type="button"
                aria-keyshortcuts=keys
                title=format!("{name} ({shown})")
                aria-disabled=move || (!can.get()).then_some("true")
                on:click=move |_| steps.go(state, way)
            >
                {name}
            </button>
        }
    };
    let mac = window().navigator().platform().is_ok_and(|platform| platform.starts_with("Mac"));
    let (undo, redo) = if mac { ("⌘Z", "⇧⌘Z") } else { ("Ctrl+Z", "Ctrl+Shift+Z") };
    view! {
        {button(Way::Back, "Undo", "Control+Z Meta+Z", undo, steps.can_undo)}
        {button(Way::Forward, "Redo", "Control+Shift+Z Meta+Shift+Z", redo, steps.can_redo)}
    }
    .into_any()
}

/// What a key asks for: Ctrl or Cmd with Z, with Shift the other way; Ctrl+Y as well, as Windows has it.
fn asked(event: &KeyboardEvent) -> Option<Way> {
    if !(event.ctrl_key() || event.meta_key()) || event.alt_key() {
        return None;
    }
    match (event.key().to_ascii_lowercase().as_str(), event.shift_key()) {
        ("z", false) => Some(Way::Back),
        ("z", true) | ("y", false) => Some(Way::Forward),
        _ => None,
    }
}

/// Whether an element is written into: its undo is the browser's.
fn is_text(target: Option<EventTarget>) -> bool {
    let Some(target) = target else { return false };
    let control = ["range", "checkbox", "radio", "button", "submit", "reset", "file", "color"];
    target.has_type::<HtmlTextAreaElement>()
        || target.dyn_into::<HtmlInputElement>().is_ok_and(|input| !control.contains(&&*input.type_()))
}
