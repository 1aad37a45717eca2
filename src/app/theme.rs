//! Light and dark: the choice is an attribute of the root element and is remembered where the browser lets it be.

use super::state::State;
use crate::settings::Theme;
use leptos::prelude::*;

/// Storage is shared by all pages of one origin: the name carries the project.
const KEY: &str = "ratioscope-theme";

/// Takes up the remembered theme and keeps the page in step with the settings.
pub fn follow(state: State) {
    // Storage may be forbidden (private windows, embedded pages): then the choice lasts as long as the page.
    let storage = || window().local_storage().ok().flatten();
    let remembered = storage().and_then(|storage| storage.get_item(KEY).ok().flatten());
    if let Some(theme) = remembered.as_deref().and_then(Theme::named) {
        state.settings.update(|settings| settings.theme = theme);
    }
    let theme = Memo::new(move |_| state.settings.with(|settings| settings.theme));
    Effect::new(move |_| {
        let theme = theme.get();
        if let Some(root) = document().document_element() {
            let _ = match theme {
                Theme::System => root.remove_attribute("data-theme"),
                Theme::Light | Theme::Dark => root.set_attribute("data-theme", theme.name()),
            };
        }
        if let Some(storage) = storage() {
            let _ = storage.set_item(KEY, theme.name());
        }
    });
}

/// The button that goes through the themes.
#[component]
pub fn ThemeButton() -> impl IntoView {
    let state = State::get();
    let theme = move || state.settings.with(|settings| settings.theme);
    view! {
        <button
            type="button"
            class="theme"
            on:click=move |_| state.settings.update(|settings| settings.theme = settings.theme.next())
        >
            <span class="word">"Theme: "</span>
            {move || theme().name()}
        </button>
    }
}
