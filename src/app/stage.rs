//! Explore: the two predicted losses, the chart and the three sliders, put together from the explore components.

#[cfg(feature = "workbench")]
use super::decide;
use super::explore::{LossFigure, QuantitySlider, SliderKind};
use super::state::State;
use crate::chart::{ChartView, View, ratio_view};
use crate::decide::mixture::applies;
use crate::fit::{Note, Prediction, Severity};
use crate::law::{Axis, Recipe};
use crate::number;
use crate::settings::{Axes, SliderAxis};
use crate::table::LossKind;
use leptos::prelude::*;

/// The curves and measured points at the what-if along the ratio, where that is the chart that is looked at.
#[derive(Clone, Copy)]
pub struct Chart(pub Memo<Option<ChartView>>);

impl Chart {
    /// Makes it and provides it to every component.
    pub fn provide(state: State) {
        let here = Memo::new(move |_| state.recipe.get().filter(|_| state.printed.with(Option::is_none)));
        // The curves, with a band of hundreds of draws, stay while the ratio's slider moves.
        let still = Memo::new(move |_| Some(View::Ratio.still(here.get()?, &state.ranges.get()?)));
        // Bands are most of what a move costs: none are made for a chart nobody looks at.
        let looked_at = Memo::new(move |_| is_looked_at(state));
        let curves = Memo::new(move |_| along_the_ratio(state, still.get().filter(|_| looked_at.get())?));
        provide_context(Self(Memo::new(move |_| {
            let now = here.get()?.domain_share;
            curves.get().map(|view| ChartView { now, ..view })
        })));
    }

    /// The chart of this page.
    ///
    /// # Panics
    /// Outside the page's own components, which all lie below the one that provides it.
    #[allow(clippy::expect_used, reason = "provided by the root component before any other is made")]
    pub fn get() -> Self {
        use_context().expect("the root component provides the chart")
    }
}

#[cfg(feature = "workbench")]
fn is_looked_at(state: State) -> bool {
    super::explore::shown::view(state) == View::Ratio
}

/// The first screen has no other chart.
#[cfg(not(feature = "workbench"))]
fn is_looked_at(_: State) -> bool {
    true
}

/// The curves and measured points along the ratio through a what-if.
pub fn along_the_ratio(state: State, recipe: Recipe) -> Option<ChartView> {
    let domain = state.domain.get().or(state.general.get())?;
    let (study, opened) = (state.study.get()?, state.opened.get()?);
    // A mixture of several corpora is no ratio: it has a picture of its own.
    if cfg!(feature = "workbench") && applies(&study) {
        return None;
    }
    Some(ratio_view(&study, opened.rows(), recipe, &domain, state.shown()))
}

/// The region with everything that moves.
#[component]
pub fn Explore() -> impl IntoView {
    let state = State::get();
    #[cfg(feature = "workbench")]
    let (cost, keep) = (decide::cost(), decide::pins::keep());
    // The line's place, so that nothing moves when it comes.
    #[cfg(not(feature = "workbench"))]
    let (cost, keep) = (view! { <p class="cost quiet">" "</p> }, ());
    let losses = NodeRef::new();
    #[cfg(feature = "workbench")]
    super::explore::side::follow(losses);
    let bands = Signal::derive(move || called(state, state.domain.get().or(state.general.get())));
    view! {
        <section id="explore" class="explore" aria-labelledby="explore-title" tabindex="-1">
            <h2 id="explore-title" class="vh">"Explore"</h2>
            <div class="losses" node_ref=losses>
                <Loss kind=LossKind::General/>
                <Loss kind=LossKind::Domain/>
            </div>
            <div class="chart">
                {chart(state, bands)}
                <Withheld/>
            </div>
            <div class="sliders">
                <h3>"What if"</h3>
                <Slider axis=Axis::Ratio/>
                <Slider axis=Axis::Size/>
                <Slider axis=Axis::Tokens/>
                <Beyond/>
                {cost}
                <p class="row">{keep}<Reset/></p>
            </div>
        </section>
    }
}

/// The charts with their tabs and tools.
#[cfg(feature = "workbench")]
fn chart(_: State, bands: Signal<String>) -> AnyView {
    super::explore::bench::bench(bands)
}

/// The chart of loss against ratio, where the whole page puts it: below a tab, above a row of tools.
#[cfg(not(feature = "workbench"))]
fn chart(state: State, bands: Signal<String>) -> AnyView {
    use crate::chart::Picture;
    let losses = |chart: &ChartView, cursor: Option<crate::chart::loss::Cursor>| {
        chart.losses(cursor.unwrap_or_else(|| chart.now()))
    };
    let set = Callback::new(move |cursor: crate::chart::loss::Cursor| set(state, Axis::Ratio, cursor.x));
    let nothing = Signal::derive(|| "The chart is drawn once a fit is there.".to_owned());
    view! {
        <p class="tabs chart-tabs"><b>"Ratio"</b></p>
        {super::explore::pane::pane(Chart::get().0.into(), (), losses, set, bands, nothing)}
        <div class="chart-tools"></div>
    }
    .into_any()
}

/// "90 %" where the ends of the draws are an interval, else what they are: their spread.
fn called(state: State, target: Option<String>) -> String {
    state.study.with(|study| {
        let (Some(study), Some(target)) = (study, target) else { return String::new() };
        let level = format!("{:.0} %", study.options.level * 100.0);
        let sure = study.targets.get(&target).is_some_and(|fit| fit.has_intervals() || fit.draws.is_empty());
        if sure { level } else { "spread".to_owned() }
    })
}

fn set(state: State, axis: Axis, value: f64) {
    if let Some(recipe) = state.recipe.get() {
        state.settings.update(|settings| settings.recipe = Some(recipe.with(axis, value)));
    }
}

/// One predicted loss.
#[component]
fn Loss(kind: LossKind) -> impl IntoView {
    let state = State::get();
    let name = Memo::new(move |_| match kind {
        LossKind::General => state.general.get(),
        LossKind::Domain => state.domain.get(),
    });
    let prediction: Memo<Option<Prediction>> = Memo::new(move |_| {
        let (name, recipe) = (name.get()?, state.recipe.get()?);
        state.study.with(|study| study.as_ref()?.predict(&name, recipe)).map(|p| state.prediction(&name, p))
    });
    let title = match kind {
        LossKind::General => "General loss",
        LossKind::Domain => "Domain loss",
    };
    let called = Signal::derive(move || called(state, name.get()));
    let absent = Signal::derive(move || state.study.with(Option::is_some) && name.get().is_none());
    // With three sizes or fewer the band can't see how far the size term may be off.
    let without = move || {
        let (low, high) = prediction.get()?.without_a_size?;
        Some(view! {
            <p class="without quiet">
                {number::loss(low)}"–"{number::loss(high)}" when one measured size is left out of the fit"
            </p>
        })
    };
    view! {
        <div class="loss-slot">
            <LossFigure kind name=title prediction called shown=state.shown_of(name) absent/>
            {without}
        </div>
    }
}

/// What a reader must know before using a loss the law cannot describe.
#[component]
fn Withheld() -> impl IntoView {
    let state = State::get();
    let notes = Memo::new(move |_| {
        let both = [(LossKind::General, "General loss"), (LossKind::Domain, "Domain loss")];
        let of = |(kind, name): (LossKind, &'static str)| {
            let notes: Vec<Note> = state.fit_of(kind).map(|fit| fit.notes).unwrap_or_default();
            notes.into_iter().filter(|note| note.severity == Severity::Withholds).map(move |note| (name, note))
        };
        both.into_iter().flat_map(of).collect::<Vec<_>>()
    });
    move || {
        let notes = notes.get();
        #[cfg(feature = "workbench")]
        let offer = offer(state, notes.iter().any(|(_, note)| note.code == crate::fit::NoteCode::RisesWithTokens));
        #[cfg(not(feature = "workbench"))]
        let offer = ();
        let lines = notes.into_iter().map(|(name, note)| {
            view! { <p><strong>{name}": "</strong>{super::fit::note_line(&note)}</p> }
        });
        view! { <div class="withheld">{lines.collect_view()}{offer}</div> }
    }
}

/// The law that can follow a loss that rises with tokens, at a click.
#[cfg(feature = "workbench")]
fn offer(state: State, rises: bool) -> Option<AnyView> {
    let ranges = state.ranges.get().filter(|_| rises)?;
    let law = crate::law::that_may_rise(&ranges).next()?;
    let fit = move |_| super::fit::choose_law(state, law.id().to_owned());
    let said = format!("Fit “{}”, which may rise", law.name());
    Some(view! { <p><button type="button" on:click=fit>{said}</button></p> }.into_any())
}

/// One slider with its field; `called` is what its range comes from.
#[component]
pub(super) fn Slider(axis: Axis, #[prop(default = "data")] called: &'static str) -> impl IntoView {
    let state = State::get();
    let (label, kind) = match axis {
        Axis::Ratio => ("Domain ratio", SliderKind::Ratio),
        Axis::Size => ("Model size", SliderKind::Size),
        Axis::Tokens => ("Token budget", SliderKind::Tokens),
    };
    let mine = Memo::new(move |_| {
        state.axes.with(|axes: &Option<Axes>| {
            axes.as_ref().map(|axes| match axis {
                Axis::Ratio => axes.ratio.clone(),
                Axis::Size => axes.size.clone(),
                Axis::Tokens => axes.tokens.clone(),
            })
        })
    });
    let value = Memo::new(move |_| {
        state.recipe.get().map_or(0.5, |recipe: Recipe| match axis {
            Axis::Ratio => recipe.domain_share,
            Axis::Size => recipe.size,
            Axis::Tokens => recipe.tokens,
        })
    });
    let of = move |get: fn(&SliderAxis) -> (f64, f64)| mine.with(|mine| mine.as_ref().map_or((0.0, 1.0), get));
    view! {
        <QuantitySlider
            label
            value
            on_change=Callback::new(move |value| set(state, axis, value))
            limits=Signal::derive(move || of(|axis| axis.limits))
            data=Signal::derive(move || mine.with(|mine| mine.as_ref().and_then(|axis| axis.data)))
            kind
            called
            locked=Signal::derive(move || match mine.get() {
                Some(axis) => axis.locked,
                None => Some("Locked until there is a fit.".to_owned()),
            })
        />
    }
}

/// Back to the middle of the data.
#[component]
pub(super) fn Reset(#[prop(default = "Reset to the data")] label: &'static str) -> impl IntoView {
    let state = State::get();
    let moved = Memo::new(move |_| state.settings.with(|settings| settings.recipe.is_some()));
    view! {
        <button
            type="button"
            disabled=move || !moved.get()
            on:click=move |_| state.settings.update(|settings| settings.recipe = None)
        >
            {label}
        </button>
    }
}

/// Says how far outside the data the what-if lies, below the sliders: what stands above must not move under a finger.
#[component]
fn Beyond() -> impl IntoView {
    let state = State::get();
    let said = Memo::new(move |_| {
        let recipe = state.recipe.get()?;
        state.study.with(|study| {
            let notes = study.as_ref()?.extrapolation(recipe);
            Some(notes.into_iter().map(|note| note.text).collect::<Vec<_>>())
        })
    });
    let outside = Memo::new(move |_| said.with(|said| said.as_ref().is_some_and(|said| !said.is_empty())));
    let class = move || if outside.get() { "beyond warn" } else { "beyond quiet" };
    let text = move || match said.get() {
        None => String::new(),
        Some(said) if said.is_empty() => "Inside the data.".to_owned(),
        Some(said) => format!("▲ Beyond the data. {}", said.join(" ")),
    };
    view! { <p class=class>{text}</p> }
}
