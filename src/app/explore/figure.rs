//! A predicted loss, large: its value, its change from the base model, its two intervals and a strip that draws them.

use crate::app::meaning::meaning;
use crate::fit::Prediction;
use crate::number;
use crate::table::{LossKind, Measure};
use leptos::prelude::*;

/// Width of the strip's own coordinates; it is stretched to the figure's width.
const STRIP: f64 = 280.0;

fn signed(value: f64, decimals: usize) -> String {
    let sign = if value < 0.0 { '−' } else { '+' };
    format!("{sign}{:.decimals$}", value.abs())
}

/// The change from the base model, or `None` where there is no base loss to compare with.
fn change(p: &Prediction, measure: Measure) -> Option<String> {
    let base = p.base.filter(|base| *base > 0.0)?;
    let d = p.loss - base;
    let percent = signed(100.0 * d / base, 1);
    // A perplexity is so many per cent of another one; how many units lie between them says nothing.
    Some(match measure {
        Measure::Perplexity if cfg!(feature = "workbench") => format!("{percent} %"),
        _ => format!("{} ({percent} %)", signed(d, 3)),
    })
}

/// The same as a sentence's end; `without` where there is none.
fn change_words(p: &Prediction, measure: Measure, without: &str) -> String {
    change(p, measure).map_or_else(|| without.to_owned(), |change| format!("{change} from base"))
}

/// What a screen reader hears: spoken by the slider's own value text while it moves, so the numbers follow once they
/// have rested.
pub fn spoken(said: impl Fn() -> String + 'static) -> RwSignal<String> {
    let spoken = RwSignal::new(String::new());
    let generation = StoredValue::new(0u32);
    Effect::new(move || {
        let said = said();
        generation.update_value(|g| *g = g.wrapping_add(1));
        let mine = generation.get_value();
        let speak = move || {
            if generation.try_get_value() == Some(mine) {
                let _ = spoken.try_set(said);
            }
        };
        set_timeout(speak, std::time::Duration::from_millis(900));
    });
    spoken
}

/// One predicted loss.
#[component]
pub fn LossFigure(
    /// Which corpus.
    kind: LossKind,
    /// "General loss", or the domain's name.
    #[prop(into)]
    name: Signal<String>,
    /// The prediction at the what-if, as it is shown; `None` before the first fit.
    #[prop(into)]
    prediction: Signal<Option<Prediction>>,
    /// The measure and the unit it is shown in.
    shown: Signal<(Measure, &'static str)>,
    /// What the ends of the intervals are: "90 %", or "spread" where runs or draws are few.
    #[prop(into)]
    called: Signal<String>,
    /// What stands in place of the change where there is no base loss.
    #[prop(default = "no base loss at this size in the file")]
    without: &'static str,
    /// Whether the file that was fitted has no such loss.
    #[prop(into, default = Signal::stored(false))]
    absent: Signal<bool>,
) -> impl IntoView {
    let class = match kind {
        LossKind::General => "loss g",
        LossKind::Domain => "loss d",
    };
    let there = Memo::new(move |_| prediction.get().filter(|p| p.loss.is_finite()));
    let measure = move || shown.get().0;
    let said = move || {
        let said = |p: Prediction| {
            let (measure, unit) = shown.get();
            format!("{} {} {unit}, {}", name.get(), number::loss(p.loss), change_words(&p, measure, without))
        };
        there.get().map(said).unwrap_or_default()
    };
    let spoken = spoken(said);
    // The names keep the keyboard while the numbers beside them move.
    let drawn = move || there.get().is_some_and(|p| p.law.is_some() && p.new_run.is_some());
    let not_drawn = move || !drawn();
    let range = move |of: fn(&Prediction) -> Option<(f64, f64)>| {
        let said = |(low, high)| format!("{}–{}", number::loss(low), number::loss(high));
        there.get().and_then(|p| of(&p)).map_or_else(String::new, said)
    };
    view! {
        <section class=class aria-label=move || name.get()>
            <p class="ln-l">{move || name.get()}</p>
            <p class="big">
                {move || there.get().map_or_else(|| "–".to_owned(), |p| number::loss(p.loss))}
                {unit(there, shown)}
            </p>
            <p class="chg">
                {move || there.get().map_or_else(|| if absent.get() { "not in this file" } else { "no fit yet" }.to_owned(), |p| change(&p, measure()).map_or_else(|| change_words(&p, measure(), without), |it| it + " from "))}
                <span hidden=move || there.get().is_none_or(|p| change(&p, measure()).is_none())>{meaning("base", "base")}</span>
            </p>
            <p class="int">
                <span hidden=move || drawn() || absent.get()>"drawing intervals"</span>
                <span hidden=not_drawn>{move || called.get()}": "{meaning("law", "law")}" "{move || range(|p| p.law)}"; "</span>
                <span hidden=not_drawn>{meaning("run", "new run")}" "{move || range(|p| p.new_run)}</span>
            </p>
            {move || strip(kind, there.get())}
            <p class="vh" aria-live="polite">{move || spoken.get()}</p>
        </section>
    }
}

/// The unit beside the number: "nats" and " per token", of which the chart alone says the second where there is little
/// room.
#[cfg(feature = "workbench")]
fn unit(there: Memo<Option<Prediction>>, shown: Signal<(Measure, &'static str)>) -> impl IntoView {
    let part = move |first: bool| {
        let unit = shown.get().1;
        let (what, per) = unit.split_at(unit.find(' ').unwrap_or(unit.len()));
        if first { what } else { per }
    };
    view! {
        " "
        <span class="unit" hidden=move || there.get().is_none()>
            {move || part(true)}<span class="per">{move || part(false)}</span>
        </span>
    }
}

/// The first screen leaves it to the chart.
#[cfg(not(feature = "workbench"))]
fn unit(_: Memo<Option<Prediction>>, _: Signal<(Measure, &'static str)>) {}

/// The strip: base, law and new run on one line. Drawing only; the sentence above says the same.
fn strip(kind: LossKind, prediction: Option<Prediction>) -> impl IntoView {
    let p =
        prediction.unwrap_or(Prediction { loss: f64::NAN, law: None, new_run: None, without_a_size: None, base: None });
    let ends = p.law.into_iter().chain(p.new_run).flat_map(|(a, b)| [a, b]);
    let all = ends.chain(p.base).chain([p.loss]).filter(|v| v.is_finite());
    let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    // At least half a percent of the loss wide, so that rounding is not drawn as a change.
    let span = (high - low).max(0.005 * high.abs()).max(1e-9);
    let middle = (low + high) / 2.0;
    let x = move |v: f64| STRIP / 2.0 + (v - middle) / span * (STRIP - 48.0);
    let bar = move |range: Option<(f64, f64)>, class: &'static str| {
        range.filter(|r| r.0.is_finite() && r.1.is_finite()).map(|(a, b)| {
            view! { <rect class=class x=x(a) y="16" width=(x(b) - x(a)).max(1.0) height="12"/> }
        })
    };
    let base = p.base.filter(|b| b.is_finite() && p.loss.is_finite()).map(|b| {
        let at = x(b);
        let (anchor, text) = if at > x(p.loss) { ("end", at + 14.0) } else { ("start", at - 14.0) };
        view! {
            <line class="baset" x1=at x2=at y1="15" y2="29"/>
            <text x=text y="11" text-anchor=anchor>"base"</text>
        }
    });
    let dot = p.loss.is_finite().then(|| {
        let at = x(p.loss);
        let points = format!("{},15 {},22 {},29 {},22", at, at + 7.0, at, at - 7.0);
        match kind {
            LossKind::General => view! { <circle class="pt" cx=at cy="22" r="6"/> }.into_any(),
            LossKind::Domain => view! { <polygon class="pt" points=points/> }.into_any(),
        }
    });
    view! {
        <svg class="strip" viewBox="0 0 280 34" aria-hidden="true">
            <line class="axis" x1="4" x2="276" y1="22" y2="22"/>
            {bar(p.new_run, "nb2")}
            {bar(p.law, "lb2")}
            {base}
            {dot}
        </svg>
    }
}
