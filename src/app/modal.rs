//! The browser's own dialog over the page, open while a signal says so.

use leptos::html::Dialog;
use leptos::prelude::*;

/// Opens and closes a dialog with the signal; `on:close` of the dialog has to put the signal back.
pub fn follow(dialog: NodeRef<Dialog>, open: RwSignal<bool>) {
    Effect::new(move |_| {
        let open = open.get();
        let Some(dialog) = dialog.get() else { return };
        if open && !dialog.open() {
            // Fails only on a dialog that is open in another way.
            let _ = dialog.show_modal();
            dialog.set_scroll_top(0);
        } else if !open && dialog.open() {
            dialog.close();
        }
    });
}
