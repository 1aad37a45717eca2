//! The whole page's side: made out of sight, part by part, and put in the first screen's place with what was done there.

use super::{EVENT, LAST, holder, retire, show};
use crate::app::session::Session;
use crate::app::source::{self, Source, Told};
use crate::app::state::State;
use crate::app::{Whole, examples, intake, next_turn, place, sharing};
use crate::settings::Settings;
use crate::worker::fitted::Fitted;
use js_sys::{Object, Reflect, Uint8Array};
use leptos::mount::mount_to;
use leptos::prelude::*;
use wasm_bindgen::prelude::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, CustomEvent, CustomEventInit, HtmlElement};

/// What the page begins with.
#[derive(Default)]
pub struct Begin {
    /// The fitted example.
    fitted: Option<Fitted>,
    /// What was chosen on the first screen.
    settings: Option<Settings>,
    /// The file opened there last.
    file: Option<(Source, Blob)>,
    /// Where the whole page is made before it is shown.
    holder: Option<HtmlElement>,
}

fn go_on(state: State, begin: Begin) {
    let session = Session::get();
    sharing::follow(state);
    if begin.file.is_some() {
        return start(state, begin);
    }
    let came_back = session.filter(|session| session.came_back());
    if let Some(hash) = place::view_hash() {
        state.wait_for("the link");
        spawn_local(async move {
            if comes_back(came_back, &hash, state).await {
                return;
            }
            if let Err(why) = sharing::open(state, hash) {
                start(state, begin);
                sharing::refuse(state, why);
            }
        });
    } else if let Some(address) = place::asked("csv") {
        state.wait_for("the file");
        spawn_local(async move {
            if comes_back(came_back, &address, state).await {
                return;
            }
            start(state, begin);
            intake::open_of_this_site(state, address);
        });
    } else if let Some(session) = came_back {
        state.wait_for("what you left");
        spawn_local(async move {
            if !session.restore(state).await {
                start(state, begin);
            }
        });
    } else {
        start(state, begin);
        if let Some(session) = session {
            spawn_local(session.offer(state));
        }
    }
}

/// Whether this tab was left at this address and shows again what it was left with: a link that was opened and changed, or
/// a file of this site, stays changed over a reload.
async fn comes_back(came_back: Option<Session>, address: &str, state: State) -> bool {
    let Some(session) = came_back else { return false };
    session.came_by(address).await && session.restore(state).await
}

fn start(state: State, begin: Begin) {
    let example = &examples::EXAMPLES[0];
    if let Some((source, file)) = begin.file {
        if let Some(settings) = begin.settings {
            state.settings.set(settings);
        }
        return state.open(source, file);
    }
    let Some(fitted) = begin.fitted else { return intake::open_example(state, example) };
    state.show_fitted(example.source(), example.id, fitted);
    if let Some(settings) = begin.settings {
        state.settings.set(settings);
    }
    intake::keep_first(state);
}

/// Makes the whole page out of sight, part by part, and takes over from the first screen with it.
pub fn take_over() {
    spawn_local(async {
        let fitted = intake::fetch_fitted(&examples::EXAMPLES[0]).await;
        next_turn(move || {
            let Some(holder) = holder() else { return };
            let begin = Begin { fitted, holder: Some(holder.clone()), ..Begin::default() };
            mount_to(holder, move || view! { <Whole begin/> }).forget();
        });
    });
}

/// Goes on from what was done on the first screen, has `rest` make the rest of the page, and then shows it in the first
/// screen's place. Both wait while a control is held down: its release must reach the module that took the press. Between
/// them the first screen goes on listening.
pub fn arrive(state: State, begin: Begin, owner: Option<Owner>, rest: impl FnOnce(Box<dyn FnOnce()>) + 'static) {
    when_at_rest(move || {
        let (settings, file) = handed_over(false);
        let first = (settings.clone(), file.as_ref().map(|(_, blob)| blob.clone()));
        let holder = begin.holder.clone();
        // What follows belongs to the page, as if it had been said when the page was made.
        let begin = move || go_on(state, Begin { settings, file, ..begin });
        owner.unwrap_or_default().with(begin);
        rest(Box::new(move || when_at_rest(move || swap(state, holder, first))));
    });
}

/// Calls once no control is held down.
fn when_at_rest(then: impl FnOnce() + 'static) {
    let held = document().query_selector(":active").ok().flatten().is_some();
    if held {
        return set_timeout(move || when_at_rest(then), std::time::Duration::from_millis(50));
    }
    then();
}

/// Puts the whole page where the first screen stands, with its focus and where it was scrolled to.
fn swap(state: State, holder: Option<HtmlElement>, first: (Option<Settings>, Option<Blob>)) {
    // What was chosen and opened since it was asked first.
    let (settings, file) = handed_over(true);
    if let Some(settings) = settings.filter(|settings| first.0.as_ref() != Some(settings)) {
        state.settings.set(settings);
    }
    if let Some((source, blob)) = file.filter(|(_, blob)| first.1.as_ref() != Some(blob)) {
        state.open(source, blob);
    }
    let focus = document().active_element().map(|element| element.id()).filter(|id| !id.is_empty());
    let (x, y) = (window().scroll_x().unwrap_or(0.0), window().scroll_y().unwrap_or(0.0));
    holder.iter().for_each(show);
    retire(false);
    let focused = focus.and_then(|id| document().get_element_by_id(&id)).and_then(|e| e.dyn_into::<HtmlElement>().ok());
    if let Some(element) = focused {
        let _ = element.focus();
    }
    window().scroll_to_with_x_and_y(x, y);
    // For whoever waits for the whole page.
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-whole", "");
    }
}

/// What was chosen on the first screen, and the file opened there last; after the `last` time it listens no more.
fn handed_over(last: bool) -> (Option<Settings>, Option<(Source, Blob)>) {
    let detail = Object::new();
    let _ = Reflect::set(&detail, &LAST.into(), &last.into());
    let init = CustomEventInit::new();
    init.set_detail(&detail);
    if let Ok(event) = CustomEvent::new_with_event_init_dict(EVENT, &init) {
        let _ = window().dispatch_event(&event);
    }
    let get = |key: &str| Reflect::get(&detail, &key.into()).unwrap_or(JsValue::UNDEFINED);
    let chosen = get("chosen").dyn_into::<Uint8Array>().ok();
    let chosen = chosen.and_then(|bytes| postcard::from_bytes::<(Settings, Option<Told>)>(&bytes.to_vec()).ok());
    let (settings, told) = chosen.map_or((None, None), |(settings, told)| (Some(settings), told));
    (settings, told.map(source::of_told).zip(get("file").dyn_into::<Blob>().ok()))
}
