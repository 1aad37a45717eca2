//! Where this page lies. All of a person's Pages sites share one origin and with it the browser's storage: every name in
//! there carries the folder of this page, so that two deployments never meet.

use leptos::prelude::window;
use web_sys::Storage;

/// A name in the browser's storage: of this page's folder and no other's. `None` in a browser that hides the address.
pub fn name(of: &str) -> Option<String> {
    Some(format!("ratioscope:{}:{of}", folder()?))
}

fn folder() -> Option<String> {
    let path = window().location().pathname().ok()?;
    Some(path.rfind('/').and_then(|end| path.get(..=end)).unwrap_or("/").to_owned())
}

/// Under which name a tab that was left, or is being reloaded, notes its id.
const TAB: &str = "tab";

/// The tab's own storage, which outlives a reload and no other tab sees; `None` where the browser denies it.
fn of_tab() -> Option<(Storage, String)> {
    Some((window().session_storage().ok()??, name(TAB)?))
}

/// The id this tab had before it was reloaded.
pub fn tab_left() -> Option<String> {
    let (storage, name) = of_tab()?;
    storage.get_item(&name).ok()?
}

/// Notes this tab's id, or takes the note away.
#[cfg(feature = "workbench")]
pub fn note_tab(id: Option<&str>) {
    let Some((storage, name)) = of_tab() else { return };
    // Without room for it a reload begins anew.
    let _ = match id {
        Some(id) => storage.set_item(&name, id),
        None => storage.remove_item(&name),
    };
}

/// What follows the `#` of the address, where it may be a view.
pub fn view_hash() -> Option<String> {
    window().location().hash().ok().filter(|hash| hash.contains("view="))
}

/// What the address asks for under that name.
pub fn asked(name: &str) -> Option<String> {
    let search = window().location().search().ok()?;
    web_sys::UrlSearchParams::new_with_str(&search).ok()?.get(name)
}

/// Whether the page opens on something else than its example: what a reload left, a link, a file of this site.
#[cfg(not(feature = "workbench"))]
pub fn expects_more() -> bool {
    tab_left().is_some() || asks_for().is_some()
}

/// What the address asks for: a link, or a file of this site.
pub fn asks_for() -> Option<String> {
    view_hash().or_else(|| asked("csv"))
}
