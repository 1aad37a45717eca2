//! Without a network: the service worker that keeps this version of the page, and the line that says a newer one is there.
//!
//! The worker itself is `assets/service-worker.js`. Where there is none (an insecure address, a private window, an old
//! browser) the page works as before, with a network.

use leptos::prelude::*;
use wasm_bindgen::prelude::{Closure, JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ServiceWorker, ServiceWorkerContainer, ServiceWorkerRegistration, ServiceWorkerState, VisibilityState};

/// Beside index.html: relative, as everything here.
const WORKER: &str = "./service-worker.js";

/// The line where a newer version of the page is there: it is taken up when the person says so, as a reload in the
/// middle of a talk is nobody's wish.
#[component]
pub fn News() -> impl IntoView {
    let waiting: RwSignal<Option<ServiceWorker>, LocalStorage> = RwSignal::new_local(None);
    if let Some(container) = container() {
        spawn_local(register(container, waiting));
    }
    let take_up = move |_| {
        if let Some(worker) = waiting.get_untracked() {
            // A worker that is gone in the meantime was replaced by a newer one, which is announced as well.
            let _ = worker.post_message(&JsValue::from_str("take over"));
        }
    };
    let line = move || {
        waiting.get().map(|_| {
            view! {
                <p class="news">
                    "A newer version of this page is ready. "
                    <button type="button" on:click=take_up>"Use it"</button>
                    <button type="button" on:click=move |_| waiting.set(None)>"Later"</button>
                </p>
            }
        })
    };
    view! { <div role="status">{line}</div> }
}

/// `None` where the browser has no service workers for this address.
fn container() -> Option<ServiceWorkerContainer> {
    let navigator = window().navigator();
    js_sys::Reflect::get(&navigator, &"serviceWorker".into()).ok()?.dyn_into().ok()
}

async fn register(container: ServiceWorkerContainer, waiting: RwSignal<Option<ServiceWorker>, LocalStorage>) {
    let Ok(registration) = JsFuture::from(container.register(WORKER)).await else { return };
    // A browser that is told to register none resolves to nothing.
    let Ok(registration) = registration.dyn_into::<ServiceWorkerRegistration>() else { return };
    // The first version to be kept is no news; it is one where an earlier one is in charge.
    let earlier = container.controller().is_some();
    if let Some(worker) = registration.waiting().filter(|_| earlier) {
        waiting.set(Some(worker));
    }
    let (found, in_charge) = (registration.clone(), container.clone());
    let update = Closure::<dyn FnMut()>::new(move || {
        let Some(worker) = found.installing() else { return };
        let (installed, in_charge) = (worker.clone(), in_charge.clone());
        let change = Closure::<dyn FnMut()>::new(move || {
            if installed.state() == ServiceWorkerState::Installed && in_charge.controller().is_some() {
                waiting.set(Some(installed.clone()));
            }
        });
        worker.set_onstatechange(Some(change.as_ref().unchecked_ref()));
        change.forget();
    });
    registration.set_onupdatefound(Some(update.as_ref().unchecked_ref()));
    update.forget();
    // Only a version taken up replaces one in charge: the page starts again on its files.
    let reload = Closure::<dyn FnMut()>::new(move || {
        if earlier || waiting.with_untracked(Option::is_some) {
            let _ = window().location().reload();
        }
    });
    container.set_oncontrollerchange(Some(reload.as_ref().unchecked_ref()));
    reload.forget();
    // A tab that stays open for days asks when it is looked at again.
    let looked_at = Closure::<dyn FnMut()>::new(move || {
        if document().visibility_state() == VisibilityState::Visible {
            let _ = registration.update();
        }
    });
    let _ = document().add_event_listener_with_callback("visibilitychange", looked_at.as_ref().unchecked_ref());
    looked_at.forget();
}
