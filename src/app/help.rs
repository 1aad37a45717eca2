//! The help: what ratio, tokens, size, law and interval mean, each with a small example that moves, and the tour.

use super::modal;
use super::tour::Tour;
use crate::decide::compute::Hardware;
use crate::law::Recipe;
use crate::maths;
use crate::quantity::{Params, Share, Tokens};
use crate::table::Measure;
use leptos::html;
use leptos::prelude::*;

/// Whether the dialog is open.
#[derive(Clone, Copy)]
struct Open(RwSignal<bool>);

/// Provides the dialog's state to every component.
pub fn provide() {
    provide_context(Open(RwSignal::new(false)));
}

/// The button of the bar.
#[component]
pub fn HelpButton() -> impl IntoView {
    let Some(Open(open)) = use_context() else { return ().into_any() };
    view! { <button type="button" aria-haspopup="dialog" on:click=move |_| open.set(true)>"Help"</button> }.into_any()
}

/// The dialog; closed until the button says otherwise.
#[component]
pub fn Help() -> impl IntoView {
    let (Some(Open(open)), Some(tour)) = (use_context(), use_context::<Tour>()) else { return ().into_any() };
    let dialog = NodeRef::<html::Dialog>::new();
    modal::follow(dialog, open);
    let start = move |_| {
        open.set(false);
        // Once the dialog has given the keyboard back.
        request_animation_frame(move || tour.start());
    };
    let inside = move || open.get().then(|| view! { <Inside/> });
    view! {
        <dialog node_ref=dialog class="share help" aria-labelledby="help-title" on:close=move |_| open.set(false)>
            <div class="sheet-bar">
                <h2 id="help-title">"What the words mean"</h2>
                <button type="button" on:click=move |_| open.set(false)>"Close"</button>
            </div>
            <div class="share-body">
                <p class="row">
                    <button type="button" class="primary" on:click=start>"Take the tour: four steps"</button>
                </p>
                {inside}
                <p class="quiet">
                    "How the fit and its intervals are made, and how often they hold the truth, is written in the project’s "
                    "docs/method.md. Keys: arrows move a slider, Page Up and Page Down take longer steps, Ctrl+Z undoes."
                </p>
            </div>
        </dialog>
    }
    .into_any()
}

/// A slider of a whole number, with the sentence it moves.
#[component]
fn Example(
    /// What the slider is of.
    label: &'static str,
    /// Least, largest and first value.
    range: (i32, i32, i32),
    /// The sentence at a value.
    said: fn(i32) -> String,
) -> impl IntoView {
    let (least, most, first) = range;
    let value = RwSignal::new(first);
    let moved = move |event| {
        if let Ok(to) = event_target_value(&event).parse() {
            value.set(to);
        }
    };
    view! {
        <div class="example">
            <input
                type="range" aria-label=label min=least max=most prop:value=move || value.get().to_string()
                aria-valuetext=move || said(value.get()) on:input=moved
            />
            <output>{move || said(value.get())}</output>
        </div>
    }
}

/// A loss in every measure.
fn thrice(tenths: i32) -> String {
    let nats = f64::from(tenths) / 10.0;
    let [_, bits, perplexity] = Measure::ALL.map(|measure| measure.loss(nats));
    format!("{nats:.1} nats are {bits} bits, or a perplexity of {perplexity}.")
}

#[component]
fn Inside() -> impl IntoView {
    view! {
        <h3>"Mixture ratio"</h3>
        <p>
            "The share of the new domain in the training tokens; the rest is general data, replayed so that the model "
            "forgets less. More of a corpus lowers its loss and raises the other’s."
        </p>
        <Example label="Domain share, for the example" range=(0, 100, 30) said=mixture/>
        <h3>"Tokens"</h3>
        <p>
            "What the model is trained on after it was taken from its base, both corpora together. Each tenfold takes the "
            "loss down by less than the one before."
        </p>
        <Example label="Power of ten of the tokens, for the example" range=(9, 12, 10) said=falling/>
        <h3>"Model size"</h3>
        <p>"The number of parameters. Training costs about six operations a parameter and token."</p>
        <Example label="Model size in billions, for the example" range=(1, 70, 7) said=costs/>
        <h3>"Loss: nats, bits, perplexity"</h3>
        <p>
            "How surprised the model is by each token of a text it has not seen, on average. The switch below the chart says "
            "the same in three ways. Only what is shown changes: laws are fitted to the logarithm of the loss in nats, so the "
            "formula, its parameters, residuals and files for other programs stay in nats, and so does a rise in per cent."
        </p>
        <Example label="Tenths of a nat, for the example" range=(5, 50, 20) said=thrice/>
        <h3>"Scaling law"</h3>
        <p>
            "A formula that says the loss from size, tokens and ratio. Its few free numbers are fitted to your small runs; "
            "then it is asked about runs that were never made. It can be wrong: the notes say where the data contradicts "
            "it, and the tab Laws compared asks other formulas the same."
        </p>
        <Example label="Exponent of tokens in hundredths, for the example" range=(10, 60, 30) said=exponent/>
        <h3>"Interval"</h3>
        <p>
            "Had you made the same runs once more, the numbers would come out a little differently. The page refits the law "
            "to a thousand such repetitions. The law’s interval holds the curve in nine of ten; a new run’s is wider, as "
            "one run has luck of its own. Neither holds the case that the formula itself is wrong."
        </p>
        <Example label="Number of runs, for the example" range=(2, 64, 8) said=narrows/>
    }
}

/// "30 % of 10B tokens: 3B of the domain, 7B general. Written 0.3, 30 % or 3:7."
fn mixture(percent: i32) -> String {
    let share = f64::from(percent) / 100.0;
    let (domain, general) = (Tokens(1e10 * share), Tokens(1e10 * (1.0 - share)));
    format!("{} of 10B tokens: {domain} of the domain, {general} general.", Share(share))
}

/// What is left above the floor after that many tokens, at an exponent of 0.3, of 0.5 at 1B.
fn falling(power: i32) -> String {
    let tokens = maths::pow(10.0, f64::from(power));
    let gap = 0.5 * maths::pow(tokens / 1e9, -0.3);
    format!("{} tokens: {:.2} nats above the floor, where 1B left 0.50.", Tokens(tokens), gap)
}

/// What it costs to train a size over 10B tokens.
fn costs(billions: i32) -> String {
    let size = f64::from(billions) * 1e9;
    let hardware = Hardware::default();
    let cost = hardware.cost_of(Recipe { domain_share: 0.3, size, tokens: 1e10 });
    let (name, share) = (hardware.name, hardware.utilisation * 100.0);
    format!(
        "{} over 10B tokens: {:.1e} operations, {:.0} hours of one {name} at {share:.0} % of its peak.",
        Params(size),
        cost.flops,
        cost.gpu_hours
    )
}

/// What an exponent means for a tenfold.
fn exponent(hundredths: i32) -> String {
    let left = 100.0 * maths::pow(10.0, -f64::from(hundredths) / 100.0);
    format!(
        "β = {:.2}: ten times the tokens leave {left:.0} % of what the tokens can still take away.",
        f64::from(hundredths) / 100.0
    )
}

/// The interval of a mean of runs that scatter by 0.01.
fn narrows(runs: i32) -> String {
    // 1.645: the middle 90 % of a normal.
    let half = 1.645 * 0.01 / f64::from(runs).sqrt();
    format!("{runs} runs that scatter by 0.010: their mean is known to ± {half:.4}.")
}
