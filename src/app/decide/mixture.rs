//! The best mixture of several corpora: the weight of each loss, and the limits of each corpus.

use super::html;
use super::read;
use super::row::RowParts;
use crate::app::state::State;
use crate::decide::{Choices, mixture};
use crate::quantity::Share;
use crate::reply::Topic;
use leptos::prelude::*;
use wasm_bindgen::prelude::JsCast;
use web_sys::Element;

/// The row.
pub fn parts_of_row() -> RowParts {
    RowParts {
        topic: Topic::Mixture,
        title: "Mixture of several corpora",
        about: "The mixture with the least weighted sum of the losses, for files with a column a corpus. Every loss counts \
                alike until you weigh them; a corpus may have a least and a largest share.",
        fields: &[],
        more: Some(tables()),
    }
}

/// What a field of the tables sets.
#[derive(Clone, Copy, PartialEq)]
enum Sets {
    Weight,
    Low,
    High,
}

const ALL: [(Sets, &str); 3] = [(Sets::Weight, "weight"), (Sets::Low, "low"), (Sets::High, "high")];

/// The losses with their weights and the corpora with their limits, as tables of fields.
fn tables() -> AnyView {
    let state = State::get();
    let names = Memo::new(move |_| {
        state.study.with(|study| {
            let Some(study) = study.as_ref().filter(|study| mixture::applies(study)) else {
                return (Vec::new(), Vec::new());
            };
            (mixture::names(study), study.corpora.iter().map(|corpus| corpus.name.clone()).collect::<Vec<_>>())
        })
    });
    // Written once for a file: a field keeps the keyboard while another is read.
    let written = Memo::new(move |_| names.with(|(losses, corpora)| written(losses, corpora)));
    let choices = Memo::new(move |_| state.settings.with(|settings| settings.decide.clone()));
    Effect::new(move |_| {
        // The fields have to be there.
        let _ = written.with(String::len);
        choices.with(|choices| names.with(|(losses, corpora)| show(losses, corpora, choices)));
    });
    let changed =
        move |event: web_sys::Event| {
            let Some(control) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
            let id = control.id();
            let Some((sets, at)) = field_of(&id) else { return };
            let name = names.with_untracked(|(losses, corpora)| {
                if sets == Sets::Weight { losses.get(at).cloned() } else { corpora.get(at).cloned() }
            });
            let Some(name) = name else { return };
            let mut now = choices.get_untracked();
            let read = take(&mut now, sets, &name, html::value(&control).trim());
            let _ = match read {
                true => control.remove_attribute("aria-invalid"),
                false => control.set_attribute("aria-invalid", "true"),
            };
            if let Some(sentence) = html::by_id("mix-wrong") {
                let said = match (read, sets) {
                    (true, _) => None,
                    (_, Sets::Weight) => Some(format!("The weight of {name}: type a number of 0 or more.")),
                    _ => Some(format!("The limits of {name}: type shares such as 5 %, the least below the largest.")),
                };
                sentence.set_text_content(said.as_deref());
            }
            if read {
                state.settings.update(|settings| settings.decide = now);
            }
        };
    view! {
        <div class="mix-fields" inner_html=move || written.get() on:change=changed></div>
        <p class="wrong" role="status" id="mix-wrong"></p>
    }
    .into_any()
}

/// What the field of that id sets, and of which loss or corpus.
fn field_of(id: &str) -> Option<(Sets, usize)> {
    let (kind, at) = id.strip_prefix("mix-")?.split_once('-')?;
    let sets = ALL.iter().find(|(_, name)| *name == kind)?.0;
    Some((sets, at.parse().ok()?))
}

fn written(losses: &[String], corpora: &[String]) -> String {
    let mut out = String::new();
    if losses.is_empty() {
        return out;
    }
    let field = |out: &mut String, kind: &str, at: usize, label: &str| {
        let (id, label) = (format!("mix-{kind}-{at}"), html::escape(label));
        html::push(
            out,
            &[
                "<td><input class=num type=text autocomplete=off spellcheck=false id=",
                &id,
                " aria-label=\"",
                &label,
                "\"></td>",
            ],
        );
    };
    let open = |out: &mut String, caption: &str, head: &[&str]| {
        html::push(
            out,
            &[
                "<div class=scroll tabindex=0 role=region aria-label=\"",
                caption,
                "\"><table class=grid><caption>",
                caption,
            ],
        );
        out.push_str("</caption><thead><tr>");
        for name in head {
            html::push(out, &["<th scope=col>", name, "</th>"]);
        }
        out.push_str("</tr></thead><tbody>");
    };
    open(&mut out, "Weights of the losses", &["Loss", "Weight"]);
    for (at, name) in losses.iter().enumerate() {
        html::push(&mut out, &["<tr><th scope=row>", &html::escape(name), "</th>"]);
        field(&mut out, "weight", at, &format!("Weight of {name}"));
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>");
    open(&mut out, "Limits of the corpora", &["Corpus", "Least", "Largest"]);
    for (at, name) in corpora.iter().enumerate() {
        html::push(&mut out, &["<tr><th scope=row>", &html::escape(name), "</th>"]);
        field(&mut out, "low", at, &format!("Least share of {name}"));
        field(&mut out, "high", at, &format!("Largest share of {name}"));
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>");
    out
}

/// Makes every field show its choice; one that can't be read stays, to be mended.
fn show(losses: &[String], corpora: &[String], choices: &Choices) {
    let put = |kind: &str, at: usize, text: String| {
        if let Some(control) = html::by_id(&format!("mix-{kind}-{at}")).filter(|c| !c.has_attribute("aria-invalid")) {
            html::set_value(&control, &text);
        }
    };
    for (at, name) in losses.iter().enumerate() {
        put("weight", at, choices.mixture_weights.get(name).copied().unwrap_or(1.0).to_string());
    }
    for (at, name) in corpora.iter().enumerate() {
        let (low, high) = choices.mixture_limits.get(name).copied().unwrap_or((0.0, 1.0));
        put("low", at, Share(low).to_string());
        put("high", at, Share(high).to_string());
    }
}

/// Takes up a text; false where it can't be read. Nothing typed is what it starts with.
fn take(choices: &mut Choices, sets: Sets, name: &str, text: &str) -> bool {
    if sets == Sets::Weight {
        let weight = if text.is_empty() { Some(1.0) } else { read::plain(text).filter(|weight| *weight >= 0.0) };
        return match weight {
            Some(1.0) => {
                choices.mixture_weights.remove(name);
                true
            }
            Some(weight) => {
                choices.mixture_weights.insert(name.to_owned(), weight);
                true
            }
            None => false,
        };
    }
    let (low, high) = choices.mixture_limits.get(name).copied().unwrap_or((0.0, 1.0));
    let (start, of) = if sets == Sets::Low { (0.0, low) } else { (1.0, high) };
    let typed = if text.is_empty() { Some(start) } else { read::share(text) };
    let Some(typed) = typed else { return false };
    let limits = if sets == Sets::Low { (typed, high) } else { (low, typed) };
    if limits.0 > limits.1 || !of.is_finite() {
        return false;
    }
    match limits {
        (0.0, 1.0) => drop(choices.mixture_limits.remove(name)),
        limits => drop(choices.mixture_limits.insert(name.to_owned(), limits)),
    }
    true
}
