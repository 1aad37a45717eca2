//! What a number means, in a bubble beside its name: on focus, on tap, on hover.
//!
//! A name that has a meaning is a button with the key of its sentence. The first screen has the buttons; the bubble and the
//! sentences come with the whole page.

use leptos::prelude::*;

/// A name with a meaning.
pub fn meaning(key: &'static str, name: impl Into<String>) -> impl IntoView {
    let name = name.into();
    view! { <button type="button" class="term" data-meaning=key>{name}</button> }
}

#[cfg(feature = "workbench")]
pub use bubble::Bubble;

#[cfg(feature = "workbench")]
mod bubble {
    use leptos::ev;
    use leptos::prelude::*;
    use wasm_bindgen::prelude::JsCast;
    use web_sys::{Element, EventTarget};

    /// Sentences by key.
    static MEANINGS: [(&str, &str); 8] = [
        (
            "law",
            "Where the law’s curve lies in the middle of the refits, 90 % of them unless you chose otherwise: the loss on average over many such runs.",
        ),
        (
            "run",
            "Where a single new run would come out as often: the law’s interval, and one run’s own luck of seed and order.",
        ),
        ("base", "Against the base model’s own loss, before any continual pre-training: the rows at zero tokens."),
        (
            "r2",
            "The share of the losses’ variance that the law explains on these rows. Close to 1 even for poor laws, as losses vary much: look at what was left out.",
        ),
        ("error", "The mean of |predicted − measured| ÷ measured, of the losses in nats."),
        ("left-out", "What the law was not fitted to before it predicted it. The first line is the fit itself."),
        (
            "objective",
            "What the fit makes small: Huber’s loss of the log residuals, summed over rows. Only laws on the same rows compare.",
        ),
        (
            "interval",
            "The middle of the refits. Where it is wide or open the data does not tell this number, whatever its value.",
        ),
    ];

    /// Where the bubble stands and what it says.
    #[derive(Clone, PartialEq)]
    struct Said {
        text: &'static str,
        left: f64,
        top: f64,
    }

    /// Widest, in pixels: as in style/help.css.
    const WIDTH: f64 = 280.0;
    /// Room above or below a name, in pixels.
    const GAP: f64 = 6.0;

    /// The bubble; one for the whole page.
    #[component]
    pub fn Bubble() -> impl IntoView {
        let said = RwSignal::new(None::<Said>);
        let name = StoredValue::new_local(None::<Element>);
        let show = move |of: Option<Element>| {
            let found = of.as_ref().and_then(about);
            name.set_value(of);
            if said.with_untracked(|before| *before != found) {
                said.set(found);
            }
        };
        let at = move |target: Option<EventTarget>| show(target.and_then(|target| target.dyn_into::<Element>().ok()));
        let _ = window_event_listener(ev::focusin, move |event| at(event.target()));
        let _ = window_event_listener(ev::click, move |event| at(event.target()));
        let _ = window_event_listener(ev::pointerover, move |event| {
            // A finger's tap is a click; a pen or mouse that only passes by names nothing for good.
            if event.pointer_type() == "mouse" {
                at(event.target());
            }
        });
        let _ = window_event_listener(ev::keydown, move |event| {
            if event.key() == "Escape" {
                show(None);
            }
        });
        // It goes along with its name.
        let _ = window_event_listener(ev::scroll, move |_| show(name.with_value(Clone::clone)));
        let place = move |of: fn(&Said) -> f64| said.get().map_or(String::new(), |said| format!("{:.0}px", of(&said)));
        view! {
            <p
                class="bubble" role="status" hidden=move || said.with(Option::is_none)
                style:left=move || place(|said| said.left) style:top=move || place(|said| said.top)
            >
                {move || said.get().map(|said| said.text)}
            </p>
        }
    }

    /// What the bubble says of the name around an element, and where.
    fn about(target: &Element) -> Option<Said> {
        let name = target.closest("[data-meaning]").ok()?.filter(|name| name.is_connected())?;
        let key = name.get_attribute("data-meaning")?;
        let (_, text) = MEANINGS.iter().find(|(known, _)| *known == key)?;
        let room = window().inner_width().ok()?.as_f64()?;
        let bounds = name.get_bounding_client_rect();
        let left = bounds.left().min(room - WIDTH - 2.0 * GAP).max(GAP);
        Some(Said { text, left, top: bounds.bottom() + GAP })
    }
}
