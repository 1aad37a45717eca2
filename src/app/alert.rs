//! The alert: what happened, what to do, what is kept.

use super::intake::choose_file;
use super::state::State;
use leptos::prelude::*;

/// Shows the last failure, where there is one.
#[component]
pub fn Alert() -> impl IntoView {
    let state = State::get();
    move || {
        state.failure.get().map(|failure| {
            view! {
                <div role="alert" class="alert">
                    <p>
                        <strong><span aria-hidden="true">"✕ "</span>{failure.what}</strong>
                        " "
                        {failure.why}
                        " "
                        {failure.kept}
                    </p>
                    <p class="row">
                        <button type="button" on:click=move |_| choose_file()>"Choose another file"</button>
                        <button type="button" on:click=move |_| state.failure.set(None)>"Dismiss"</button>
                    </p>
                </div>
            }
        })
    }
}
