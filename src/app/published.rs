//! A printed law in place of a file: how it is opened, what stands in the panels, its number, curves and sliders. No
//! interval is shown anywhere, as there is none.

use super::decide::{cost, pins, plot};
use super::explore::figure::spoken;
use super::explore::{QuantitySlider, SliderKind};
use super::explore::{measure, side};
use super::fit::formula;
use super::source::Source;
use super::stage::{Reset, Slider};
use super::state::State;
use crate::law::{Axis, Input};
use crate::published::printed::{TOKENS, UNIQUE, offered};
use crate::published::{Printed, Run};
use crate::quantity::significant;
use crate::settings::Settings;
use leptos::prelude::*;
use std::sync::Arc;

/// What the sliders call the range a law was fitted to.
const FIT: &str = "fit";
/// What the marks of the curves are.
const LEGEND: &str =
    "Diamond: this what-if. Hatched: beyond what the law was fitted to. No band: printed constants have no interval.";
/// Before an id in the menu, where examples have theirs.
const PREFIX: &str = "published:";

/// Opens a printed law from the menu's value; false where it is none.
pub fn open(state: State, value: &str) -> bool {
    let Some(law) = value.strip_prefix(PREFIX).and_then(Printed::open) else { return false };
    let settings = Settings { published: Some(law), ..state.settings.get_untracked().for_file(None) };
    show(state, settings, None);
    true
}

/// Shows the printed law of these settings; `number` is its own where it was open before.
pub fn show(state: State, settings: Settings, number: Option<u32>) {
    let Some(law) = settings.published.clone() else { return };
    if let Some(study) = law.study() {
        state.show_without_data(Source::published(&law), &Arc::new(study), settings, number);
    }
}

/// Keeps what is shown in step with the unique tokens and the kind of run.
pub fn follow(state: State) {
    Effect::new(move |before: Option<Option<Printed>>| {
        let law = state.printed.get();
        // Opened just now, it is shown already.
        let other =
            before.flatten().filter(|before| law.as_ref().is_some_and(|law| law.id == before.id && law != before));
        if let Some(study) = other.and_then(|_| law.as_ref()?.study()) {
            state.put_study(Arc::new(study));
        }
        law
    });
}

/// Whether a printed law is open.
pub fn is_open(state: State) -> Memo<bool> {
    Memo::new(move |_| state.printed.with(Option::is_some))
}

/// The value of the menu where a printed law is open.
pub fn chosen(state: State) -> Option<String> {
    state.printed.with(|law| law.as_ref().map(|law| format!("{PREFIX}{}", law.id)))
}

/// The group of the menu.
pub fn group() -> AnyView {
    let state = State::get();
    let options = offered().map(|(id, name)| {
        let selected = move || state.printed.with(|law| law.as_ref().is_some_and(|law| law.id == id));
        view! { <option value=format!("{PREFIX}{id}") selected=selected>{name}</option> }
    });
    view! { <optgroup label="Published laws, without a file">{options.collect_view()}</optgroup> }.into_any()
}

/// What the Data panel says.
pub fn no_file(name: &str) -> AnyView {
    let name = name.to_owned();
    view! {
        <p class="file"><strong>{name}</strong>" "<span class="badge">"no file"</span></p>
        <p class="quiet">
            "No file is open: these are the constants of a paper. Nothing is fitted, so there are no measured points and no "
            "intervals. Open a file of your own runs to fit a law to them."
        </p>
    }
    .into_any()
}

/// The open law, followed; what rests on it alone is made anew when another is opened.
fn law_of(state: State) -> Signal<Printed> {
    Signal::derive(move || state.printed.get().unwrap_or_default())
}

/// The panel beside the chart: the formula, the constants with their source, the setting, what to beware of.
pub fn law() -> AnyView {
    let state = State::get();
    let law = law_of(state);
    let id = Memo::new(move |_| law.get().id);
    let about = move || {
        // Computed here: a memo that nobody asked follows nothing.
        let _ = id.get();
        let law = law.get_untracked();
        let rows = law.constants().into_iter().map(|constant| {
            let value = significant(constant.value, 9).to_string().replace('-', "−");
            view! {
                <tr>
                    <th scope="row">{constant.symbol}</th>
                    <td class="meaning">{constant.meaning}</td>
                    <td class="figure">{value}</td>
                </tr>
            }
        });
        let caution = law.caution();
        let unit = law.unit_of_tokens();
        let units = match unit == 1.0 {
            true => "N in parameters, D in tokens".to_owned(),
            false => format!("D in units of {} tokens", crate::quantity::Tokens(unit)),
        };
        view! {
            <table class="parameters domain">
                <caption><span class="mark">"Constants as printed"</span><span class="quiet">", "{units}</span></caption>
                <thead><tr><th scope="col" colspan="2">"Constant"</th><th scope="col">"Value"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
            <dl class="about">
                <dt>"Source"</dt><dd>{law.source()}"."</dd>
                <dt>"Setting"</dt><dd>{law.setting()}"."</dd>
                <dt>"Range"</dt><dd>{law.range()}</dd>
            </dl>
            {(!caution.is_empty()).then(|| view! {
                <p class="note warn"><span aria-hidden="true">"▲ "</span><span class="vh">"Warning: "</span>{caution}</p>
            })}
        }
    };
    view! { <formula::Formula/> {about} }.into_any()
}

/// The region of number, curves and sliders.
pub fn explore() -> AnyView {
    let state = State::get();
    let law = law_of(state);
    let losses = NodeRef::new();
    side::follow(losses);
    let value = Memo::new(move |_| law.get().at(state.recipe.get()?));
    let figure =
        move || value.get().map_or_else(|| "–".to_owned(), |value| law.get().figure(value, state.shown().measure));
    let unit = move || law.get().unit(state.shown().measure);
    let spoken = spoken(move || format!("{} {} {}", law.get().gives(), figure(), unit()));
    let curves = Memo::new(move |_| {
        state.recipe.get().map(|at| law.get().curves(at, state.shown().measure)).unwrap_or_default()
    });
    let curve = move |k: usize| Memo::new(move |_| curves.with(|curves| curves.get(k).cloned()));
    let unique = Memo::new(move |_| law.get().unique());
    let of_a_loss = Memo::new(move |_| law.get().is_of_a_loss());
    let notes = move || {
        let at = state.recipe.get();
        let notes = at.map(|at| law.get().beyond(at)).unwrap_or_default();
        let inside = notes.is_empty();
        let line = if inside {
            "Inside what it was fitted to, as far as the source says.".to_owned()
        } else {
            format!("▲ {}", notes.join(" "))
        };
        view! { <p class=if inside { "beyond quiet" } else { "beyond warn" }>{line}</p> }
    };
    // A law of one size has no second curve to stand below.
    let alone = Memo::new(move |_| curves.with(|curves| curves.len() == 1));
    view! {
        <section id="explore" class="explore" aria-labelledby="explore-title" tabindex="-1">
            <h2 id="explore-title" class="vh">"Explore"</h2>
            <div class="losses" node_ref=losses>
                <div class="loss-slot">
                    <section class="loss d" aria-label=move || law.get().gives()>
                        <p class="ln-l">{move || law.get().gives()}</p>
                        <p class="big">{figure}</p>
                        <p class="chg">{unit}</p>
                        <p class="int">"No interval: printed parameters have none."</p>
                        <p class="vh" aria-live="polite">{move || spoken.get()}</p>
                    </section>
                </div>
                <div class="loss-slot setting quiet">{move || law.get().told()}</div>
            </div>
            <div class="chart">
                {plot::figure(curve(0), "")}
                {plot::figure(curve(1), LEGEND)}
                {move || alone.get().then(|| view! { <p class="quiet">{LEGEND}</p> })}
                {move || of_a_loss.get().then(|| view! { <div class="chart-tools">{measure::switch()}</div> })}
                {move || unique.get().is_some().then(|| view! {
                    <p class="quiet">"Grey line against tokens: every unique token was seen once; right of it they repeat."</p>
                })}
            </div>
            <div class="sliders">
                <h3>"What if"</h3>
                <Slider axis=Axis::Size called=FIT/>
                <Slider axis=Axis::Tokens called=FIT/>
                {move || unique.with(Option::is_some).then(|| unique_slider(state, unique))}
                {move || law.get().knows(Input::Start).then(|| kinds(state))}
                {notes}
                {cost()}
                <p class="row">{pins::keep()}<Reset label="Reset"/></p>
            </div>
        </section>
    }
    .into_any()
}

/// Changes what a what-if does not say of the law.
fn change(state: State, change: impl FnOnce(&mut Printed)) {
    state.settings.update(|settings| {
        if let Some(law) = &mut settings.published {
            change(law);
        }
    });
}

/// The tokens that differ, for a law of repeated data.
fn unique_slider(state: State, unique: Memo<Option<f64>>) -> AnyView {
    view! {
        <QuantitySlider
            label="Unique tokens"
            value=Signal::derive(move || unique.get().unwrap_or(UNIQUE))
            on_change=Callback::new(move |value| change(state, |law| law.unique = Some(value)))
            limits=Signal::derive(|| TOKENS)
            data=Signal::derive(|| None)
            kind=SliderKind::Tokens
            locked=Signal::derive(|| None::<String>)
        />
    }
    .into_any()
}

/// How the run begins, for a law of both kinds.
fn kinds(state: State) -> AnyView {
    let option = move |run: Run, label: &'static str| {
        view! {
            <label>
                <input
                    type="radio" name="kind-of-run"
                    prop:checked=move || state.printed.with(|law| law.as_ref().is_some_and(|law| law.run == run))
                    on:change=move |_| change(state, |law| law.run = run)
                />
                <span>{label}</span>
            </label>
        }
    };
    view! {
        <fieldset class="segments">
            <legend class="vh">"How the run begins"</legend>
            {option(Run::Continued, "continued")}
            {option(Run::Scratch, "from scratch")}
        </fieldset>
    }
    .into_any()
}
