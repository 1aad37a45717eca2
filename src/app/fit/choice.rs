//! The choice of law: those that suit the file, those that lack something, with what, and a law of one's own.

use super::{choose_law, law_in_use, picked};
use crate::app::state::State;
use crate::decide::words::list;
use crate::law::formula::{self, Mistake, NAMES};
use crate::law::{self, CATALOGUE, Law, data_mixing};
use leptos::html;
use leptos::prelude::*;

/// The entry of the menu that opens the field.
const OWN: &str = "own";
/// What the field starts from where the law in use can't be written: the D-CPT Law.
const START: &str = "E + A/N^alpha + B*r^eta/D^beta + C/(r + eps)^gamma";

/// The menu, what the chosen law lacks, and the field of a law of one's own.
pub fn menu() -> AnyView {
    let state = State::get();
    let used = law_in_use(state);
    // Open while nothing was read yet, too.
    let opened = RwSignal::new(false);
    let own = Memo::new(move |_| opened.get() || used.with(|used| used.as_deref().is_some_and(is_typed)));
    let choose = move |event| {
        let id = event_target_value(&event);
        opened.set(id == OWN);
        if id != OWN {
            choose_law(state, id);
        }
    };
    let (picked, is_picked) = picked(state);
    let option = move |law: &'static dyn Law| {
        let id = law.id();
        let selected = move || !own.get() && !is_picked.get() && used.with(|used| used.as_deref() == Some(id));
        let name = format!("{} ({} parameters)", law.name(), law.parameters().len());
        view! { <option value=id prop:selected=selected>{name}</option> }
    };
    let groups = move || {
        let data = state.ranges.get().unwrap_or_default();
        let (suits, lacks): (Vec<_>, Vec<_>) = law::offered(&data).partition(|law| law::suits(*law, &data));
        let suits = suits.into_iter().map(option).collect_view();
        let lacks = lacks.into_iter().map(option).collect_view();
        view! {
            <optgroup label="Suit this file">{suits}</optgroup>
            <optgroup label="Lack something in it">{lacks}</optgroup>
            <option value=OWN prop:selected=move || own.get()>"A law of your own…"</option>
        }
    };
    view! {
        <p class="field">
            <label for="law">"Law"</label>
            <select id="law" on:change=choose>{picked}{groups}</select>
        </p>
        {move || own.get().then(|| field(state))}
        {lacking(state)}
    }
    .into_any()
}

/// Whether a law's id is a formula that was typed.
fn is_typed(id: &str) -> bool {
    CATALOGUE.iter().all(|law| law.id() != id) && data_mixing::by_id(id).is_none()
}

/// What the law in use lacks, and what each other one would need.
fn lacking(state: State) -> AnyView {
    let used = law_in_use(state);
    let needs = |law: &dyn Law, data: &law::Ranges| {
        let needs: Vec<String> = law::lacks(law, data).iter().map(ToString::to_string).collect();
        needs.join("; ")
    };
    // What the data alone chose, and how to choose the other.
    let mixed = move || {
        let mixed = used.with(|used| used.as_deref().and_then(law::by_id).is_some_and(law::is_of_corpora));
        let picked = mixed && state.settings.with(|settings| settings.law.is_none());
        let said = "Picked as no corpus is said to be the domain: it takes every loss and the shares of all corpora. For one \
                    domain’s ratio pick its corpora in “Columns and rows…”, or another law above.";
        picked.then(|| view! { <p class="quiet law-note">{said}</p> })
    };
    // Where each loss has a law of its own the menu can't say which.
    let each = move || {
        let law_of = |name: Option<String>| state.with_fit(name.as_ref(), |fit| law::by_id(&fit.law).map(Law::name))?;
        let (general, domain) = (law_of(state.general.get())?, law_of(state.domain.get())?);
        (general != domain).then(
            || view! { <p class="quiet law-note">{format!("General loss: {general}. Domain loss: {domain}.")}</p> },
        )
    };
    let line = move || {
        let data = state.ranges.get()?;
        let law = law::by_id(&used.get()?)?;
        let missing = needs(law, &data);
        let missing = (!missing.is_empty()).then(|| format!("{} needs {missing}. ", law.name()));
        let uncertain = law.uncertain();
        (missing.is_some() || !uncertain.is_empty()).then(|| {
            view! { <p class="quiet law-note">{missing.map(|text| view! { <strong>{text}</strong> })}{uncertain}</p> }
        })
    };
    let list = move || {
        let data = state.ranges.get()?;
        let items: Vec<AnyView> = law::offered(&data)
            .filter(|law| !law::suits(*law, &data))
            .map(|law| view! { <li><strong>{law.name()}</strong>" needs "{needs(law, &data)}"."</li> }.into_any())
            .collect();
        (!items.is_empty()).then(|| {
            view! { <details class="sub"><summary>"What other laws lack here"</summary><ul class="lacks">{items}</ul></details> }
        })
    };
    view! { {mixed}{each}{line}{list} }.into_any()
}

/// The field of a law of one's own: read when it is left or Enter is pressed; a mistake is marked at its character.
fn field(state: State) -> AnyView {
    let used = law_in_use(state).get_untracked().unwrap_or_default();
    let start = if is_typed(&used) && !used.is_empty() { used } else { START.to_owned() };
    let mistake = RwSignal::new(None::<(String, Mistake)>);
    let input = NodeRef::<html::Textarea>::new();
    let read = move || {
        // The field may be gone when its last change comes: another law was chosen from the menu.
        let Some(Some(input)) = input.try_get_untracked() else { return };
        let text = input.value().split_whitespace().collect::<Vec<_>>().join(" ");
        match formula::law(&text) {
            Ok(_) => {
                mistake.set(None);
                if state.settings.with_untracked(|settings| settings.law.as_deref() != Some(text.as_str())) {
                    choose_law(state, text);
                }
            }
            Err(wrong) => {
                // The text as it is read, so that the place is right in it; the character is selected.
                input.set_value(&text);
                let units = |from: usize, to: usize| -> u32 {
                    text.chars().skip(from).take(to - from).map(|c| c.len_utf16() as u32).sum()
                };
                let at = units(0, wrong.at);
                let _ = input.set_selection_range(at, at + units(wrong.at, wrong.at + 1));
                mistake.set(Some((text, wrong)));
            }
        }
    };
    let pointed = move || {
        let (text, wrong) = mistake.get()?;
        let before: String = text.chars().take(wrong.at).collect();
        let at = text.chars().nth(wrong.at).map_or_else(|| " ".to_owned(), |c| c.to_string());
        let after: String = text.chars().skip(wrong.at + 1).collect();
        let place = wrong.at + 1;
        Some(view! {
            <p class="wrong">
                <code aria-hidden="true">{before}<mark>{at}</mark>{after}</code>
                <br/>
                {format!("Character {place}: {}", wrong.wrong)}
            </p>
        })
    };
    let known: Vec<String> = NAMES.iter().map(|(name, _)| (*name).to_owned()).collect();
    let meanings = NAMES
        .iter()
        .map(|(name, meaning)| view! { <li><code>{*name}</code>" "{*meaning}</li> }.into_any())
        .collect_view();
    view! {
        <div class="own-law">
            <label for="own-law">"Formula of the loss"</label>
            <textarea
                id="own-law" rows="2" spellcheck="false" autocomplete="off" node_ref=input
                aria-invalid=move || mistake.with(Option::is_some).then_some("true")
                aria-describedby="own-law-wrong own-law-help"
                on:change=move |_| read()
                on:keydown=move |event| {
                    if event.key() == "Enter" && !event.shift_key() {
                        event.prevent_default();
                        read();
                    }
                }
            >{start}</textarea>
            <div id="own-law-wrong" role="status">{pointed}</div>
            <p class="quiet" id="own-law-help">
                {format!("{} are columns; every other name becomes a parameter. Enter fits it.", list(&known))}
            </p>
            <details class="sub">
                <summary>"Names, signs and ranges"</summary>
                <ul class="lacks">{meanings}</ul>
                <p class="quiet">
                    "Coefficients are not negative and exponents lie in 0.01 to 3, unless the formula goes on with "
                    <code>"where A free, B <= 0, alpha in 0.1..0.9"</code>
                    "."
                </p>
            </details>
        </div>
    }
    .into_any()
}
