//! A quantity as a slider and as a field that reads units. The data's range is painted on the track.

use crate::maths;
use crate::quantity::{Params, Share, Tokens};
use leptos::html::Input;
use leptos::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a slider sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SliderKind {
    /// The domain share, on a linear scale.
    Ratio,
    /// The share of one of several corpora, on a linear scale.
    Share,
    /// Model size in parameters, on a logarithmic scale.
    Size,
    /// Token budget in tokens, on a logarithmic scale.
    Tokens,
}

/// Positions of a logarithmic slider: a step is under half a percent over three decades.
const STEPS: f64 = 1500.0;
/// Positions of the ratio: half a percent each.
const SHARES: f64 = 200.0;

impl SliderKind {
    fn parse(self, text: &str) -> Option<f64> {
        let text = text.trim();
        match self {
            // A bare number above 1 is a percentage: a share is at most 1.
            Self::Ratio | Self::Share => Share::parse(text).or_else(|| Share::parse(&format!("{text}%"))).map(|v| v.0),
            Self::Size => Params::parse(text).map(|v| v.0),
            Self::Tokens => Tokens::parse(text).map(|v| v.0).filter(|v| *v > 0.0),
        }
    }

    fn show(self, value: f64) -> String {
        match self {
            Self::Ratio | Self::Share => Share(value).to_string(),
            Self::Size => Params(value).to_string(),
            Self::Tokens => Tokens(value).to_string(),
        }
    }

    fn spoken(self, value: f64) -> String {
        match self {
            Self::Ratio => format!("{} domain", self.show(value)),
            Self::Share => self.show(value),
            Self::Size => format!("{} parameters", self.show(value)),
            Self::Tokens => format!("{} tokens", self.show(value)),
        }
    }

    fn expected(self) -> &'static str {
        match self {
            Self::Ratio | Self::Share => "Type a share such as 33 %, 0.33 or 1:2.",
            Self::Size => "Type a model size such as 1.8B or 350M.",
            Self::Tokens => "Type a token budget above 0 such as 20B or 500M.",
        }
    }

    fn steps(self) -> f64 {
        if self.is_share() { SHARES } else { STEPS }
    }

    /// Whether it is a share of a mixture.
    fn is_share(self) -> bool {
        matches!(self, Self::Ratio | Self::Share)
    }

    /// Part of the track, 0 to 1, of a value.
    fn part(self, value: f64, (low, high): (f64, f64)) -> f64 {
        let part = match self {
            Self::Ratio | Self::Share => (value - low) / (high - low),
            Self::Size | Self::Tokens => maths::ln(value / low) / maths::ln(high / low),
        };
        if part.is_finite() { part.clamp(0.0, 1.0) } else { 0.5 }
    }

    fn value(self, part: f64, (low, high): (f64, f64)) -> f64 {
        match self {
            Self::Ratio | Self::Share => low + part * (high - low),
            Self::Size | Self::Tokens => low * maths::pow(high / low, part),
        }
    }

    /// What stands between the ends: the data's range, or how far outside it the value is.
    fn note(self, value: f64, data: Option<(f64, f64)>, called: &str) -> String {
        let Some((low, high)) = data else { return String::new() };
        // A value read back from the field may differ from the data's end in the fourth digit.
        let factor = if value < low { low / value } else { value / high };
        if !self.is_share() && factor > 1.005 {
            return format!("beyond the {called} by a factor of {factor:.1}");
        }
        if self.is_share() && (value < low - 1e-9 || value > high + 1e-9) {
            return format!("beyond the {called}, {}–{}", self.show(low), self.show(high));
        }
        if low == high {
            format!("{called}: {}", self.show(low))
        } else {
            format!("{called}: {}–{}", self.show(low), self.show(high))
        }
    }
}

/// A slider with its field. `limits` are the ends of the track, `data` the range measured; a reason in `locked` disables
/// both and is shown below.
#[component]
pub fn QuantitySlider(
    /// Its name.
    #[prop(into)]
    label: String,
    /// The value: a share, parameters or tokens.
    #[prop(into)]
    value: Signal<f64>,
    /// Called with each new value.
    on_change: Callback<f64>,
    /// Least and largest value of the track.
    #[prop(into)]
    limits: Signal<(f64, f64)>,
    /// The data's range, if the file has the column.
    #[prop(into)]
    data: Signal<Option<(f64, f64)>>,
    /// What it sets.
    kind: SliderKind,
    /// What the range comes from, in a word.
    #[prop(default = "data")]
    called: &'static str,
    /// Why it can't be moved, if so.
    #[prop(into)]
    locked: Signal<Option<String>>,
) -> impl IntoView {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    let (field_id, range_id, note_id, error_id) =
        (format!("quantity-{id}"), format!("slider-{id}"), format!("note-{id}"), format!("wrong-{id}"));
    let text = RwSignal::new(String::new());
    let wrong = RwSignal::new(false);
    let editing = RwSignal::new(false);
    let field = NodeRef::<Input>::new();
    Effect::new(move || {
        let shown = kind.show(value.get());
        if !editing.get_untracked() {
            wrong.set(false);
            text.set(shown);
        }
    });
    let restore = move || {
        wrong.set(false);
        editing.set(false);
        text.set(kind.show(value.get_untracked()));
    };
    let commit = move || {
        if !editing.get_untracked() {
            return;
        }
        match kind.parse(&text.get_untracked()) {
            Some(read) => {
                let (low, high) = limits.get_untracked();
                editing.set(false);
                wrong.set(false);
                let kept = read.clamp(low.min(high), high.max(low));
                text.set(kind.show(kept));
                on_change.run(kept);
            }
            None => wrong.set(true),
        }
    };
    let keys = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "Enter" => commit(),
        "Escape" => restore(),
        _ => {}
    };
    let part = move || kind.part(value.get(), limits.get());
    let mark = move |end: fn((f64, f64)) -> f64| {
        data.get()
            .map_or_else(|| "0%".to_owned(), |range| format!("{:.2}%", 100.0 * kind.part(end(range), limits.get())))
    };
    let described = format!("{note_id} {error_id}");
    view! {
        <div class="sl">
            <label for=range_id.clone()>{label.clone()}</label>
            <input
                id=field_id class="num" type="text" autocomplete="off" spellcheck="false" node_ref=field
                aria-label=format!("{label}, as text") aria-describedby=described
                aria-invalid=move || wrong.get().then_some("true")
                disabled=move || locked.get().is_some()
                prop:value=move || text.get()
                on:input:target=move |event| { editing.set(true); text.set(event.target().value()); }
                on:keydown=keys
                on:blur=move |_| commit()
            />
            <div class="track" class:bare=move || data.get().is_none() style:--a=move || mark(|r| r.0) style:--b=move || mark(|r| r.1)>
                <input
                    id=range_id type="range" min="0" max=kind.steps().to_string() step="1"
                    aria-valuetext=move || kind.spoken(value.get())
                    aria-describedby=note_id.clone()
                    disabled=move || locked.get().is_some()
                    prop:value=move || (part() * kind.steps()).round().to_string()
                    on:input:target=move |event| {
                        if let Ok(position) = event.target().value().parse::<f64>() {
                            editing.set(false);
                            on_change.run(kind.value(position / kind.steps(), limits.get_untracked()));
                        }
                    }
                />
            </div>
            <p class="ends">
                <span>{move || kind.show(limits.get().0)}</span>
                <span id=note_id>{move || locked.get().unwrap_or_else(|| kind.note(value.get(), data.get(), called))}</span>
                <span>{move || kind.show(limits.get().1)}</span>
            </p>
            <p class="wrong" id=error_id role="status">
                {move || wrong.get().then(|| format!("{} {} is kept.", kind.expected(), kind.show(value.get())))}
            </p>
        </div>
    }
}
