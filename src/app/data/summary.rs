//! The file's name, whose numbers it holds, and what is in it.

use crate::app::examples;
use crate::app::source::Origin;
use crate::app::state::{Opened, State, Work};
use crate::law::Span;
use crate::quantity::{Params, Share, Tokens};
use leptos::prelude::*;

/// One line for the folded panel: "grid.csv, 518 of 520 rows".
pub fn in_short(opened: &Opened) -> String {
    let (used, all) = (opened.table.observations.len(), opened.table.rows);
    let what = match opened.source.origin {
        #[cfg(feature = "workbench")]
        Origin::Published => "no file".to_owned(),
        #[cfg(feature = "workbench")]
        Origin::Linked => "from a link".to_owned(),
        #[cfg(feature = "workbench")]
        Origin::Saved => "a fit".to_owned(),
        _ if used == all => format!("{all} rows"),
        _ => format!("{used} of {all} rows"),
    };
    format!("{}, {what}", opened.source.name)
}

/// The top of the panel.
#[component]
pub fn Summary() -> impl IntoView {
    let state = State::get();
    // Its progress and the button that stops it stand in the Fit panel's slot, where every progress stands.
    let name = Memo::new(move |_| match state.work.get() {
        Work::Reading { name, .. } => Some(name),
        _ => None,
    });
    let reading = move || name.get().map(|name| view! { <p class="quiet">"Reading "{name}"…"</p> });
    let about = move || {
        state.opened.with(|opened| {
            let Some(opened) = opened else {
                return view! { <p class="quiet">"No table is open."</p> }.into_any();
            };
            let example = match opened.source.origin {
                Origin::Example(id) => examples::by_id(id),
                Origin::Own | Origin::Saved | Origin::Linked | Origin::Published => None,
            };
            #[cfg(feature = "workbench")]
            if opened.source.origin == Origin::Published {
                return crate::app::published::no_file(&opened.source.name);
            }
            #[cfg(feature = "workbench")]
            if opened.source.origin == Origin::Linked {
                return view! {
                    <p class="file"><strong>{opened.source.name.clone()}</strong>" "<span class="badge">"from a link"</span></p>
                    <p class="quiet">
                        "Opened from a link: the data is not here. The fit in it answers the sliders, the chart and the "
                        "decisions; measured points, and fitting anew, need the file."
                    </p>
                }
                .into_any();
            }
            #[cfg(feature = "workbench")]
            if opened.source.origin == Origin::Saved {
                let of = state.study.with(|study| study.as_ref()?.file.clone());
                let of = of.map(|file| view! { " of "<strong>{file}</strong> });
                return view! {
                    <p class="file"><strong>{opened.source.name.clone()}</strong>" "<span class="badge">"a fit"</span></p>
                    <p class="quiet">
                        "A fit"{of}" without its data. It answers the sliders, the chart and the decisions; measured points, and "
                        "fitting anew, need the file of runs."
                    </p>
                }
                .into_any();
            }
            let badge = example.map_or("your file", |example| example.badge);
            view! {
                <p class="file">
                    <strong>{opened.source.name.clone()}</strong>
                    " "
                    <span class="badge">{badge}</span>
                </p>
                {together(opened).map(|text| view! { <p class="quiet">{text}</p> })}
                <p class="quiet">{rows(opened)}". "{ranges(opened)}"."</p>
                {example.map(|example| view! {
                    <p class="quiet">
                        {example.about}
                        " "
                        {example.citation}
                        {example.card.map(|card| view! { " "<a href=card>"Data card"</a>"." })}
                    </p>
                })}
            }
            .into_any()
        })
    };
    view! { {about} {reading} }
}

/// How several files became one table.
fn together(opened: &Opened) -> Option<String> {
    let parts = &opened.table.parts;
    let names: Vec<&str> = parts.iter().map(|part| part.name.as_str()).collect();
    match parts.iter().any(|part| part.before > 0) {
        _ if parts.len() < 2 => None,
        true => Some(format!("Stacked, as they have the same columns: {}.", names.join(", "))),
        false => Some(format!("Joined by the columns they share: {}.", names.join(", "))),
    }
}

fn rows(opened: &Opened) -> String {
    let (used, all) = (opened.table.observations.len(), opened.table.rows);
    let runs = opened.table.observations.runs.len();
    let inferred = match (opened.table.observations.runs_inferred, opened.table.observations.corpora.is_empty()) {
        (false, _) => "",
        (true, true) => " (told apart by size, ratio, domain and seed)",
        (true, false) => " (told apart by size, mixture, domain and seed)",
    };
    let rows = if used == all { format!("{all} rows") } else { format!("{used} of {all} rows used") };
    format!("{rows}, {runs} {}{inferred}", if runs == 1 { "run" } else { "runs" })
}

/// "4 sizes from 55.5K to 923K, 7 ratios from 0 % to 100 %, 30.7K to 1.54M tokens", the base model's own rows aside.
fn ranges(opened: &Opened) -> String {
    let mut parts = Vec::new();
    if let Some(Span { low, high, distinct }) = opened.ranges.size {
        parts.push(match distinct {
            1 => format!("one size, {}", Params(low)),
            _ => format!("{distinct} sizes from {} to {}", Params(low), Params(high)),
        });
    }
    #[cfg(feature = "workbench")]
    let whole = {
        let (data, several) = (&opened.ranges, crate::law::over_corpora(&opened.ranges).is_some());
        parts.extend(several.then(|| format!("{} mixtures of {} corpora", data.mixtures, data.corpora)));
        // Where no corpus is the domain its ratio is of no interest.
        crate::law::is_of_corpora(crate::law::pick(data))
    };
    #[cfg(not(feature = "workbench"))]
    let whole = false;
    if let (Some(Span { low, high, distinct }), false) = (opened.ranges.ratio, whole) {
        parts.push(match distinct {
            1 => format!("one domain ratio, {}", Share(low)),
            _ => format!("{distinct} domain ratios from {} to {}", Share(low), Share(high)),
        });
    }
    if let Some(Span { low, high, distinct }) = opened.ranges.tokens {
        parts.push(match distinct {
            1 => format!("one budget, {} tokens", Tokens(low)),
            _ => format!("{} to {} tokens", Tokens(low), Tokens(high)),
        });
    }
    let all = &opened.table.observations.losses;
    let losses: Vec<&str> = all.iter().filter(|loss| whole || !loss.other).map(|loss| loss.name.as_str()).collect();
    parts.push(format!("{}: {}", if losses.len() == 1 { "loss" } else { "losses" }, losses.join(", ")));
    if all.len() > losses.len() {
        parts.push(format!("{} of other corpora", all.len() - losses.len()));
    }
    let text = parts.join("; ");
    text[..1].to_uppercase() + &text[1..]
}
