//! The hidden table of a chart, for screen readers.

use crate::chart::picture::Picture;
use crate::chart::words::Words;
use leptos::prelude::*;
use std::time::Duration;

/// The table follows once the chart has rested so long: nobody reads it while a slider moves.
const REST: Duration = Duration::from_millis(300);

/// The table of a chart, once that has not changed for a while.
pub fn rested<P: Picture>(chart: Signal<Option<P>>) -> impl IntoView {
    let rested = RwSignal::new(None);
    let turn = StoredValue::new(0u32);
    Effect::new(move || {
        chart.track();
        turn.update_value(|turn| *turn = turn.wrapping_add(1));
        let mine = turn.get_value();
        let later = move || {
            if turn.try_get_value() == Some(mine) {
                let _ = rested.try_set(chart.try_get_untracked().flatten());
            }
        };
        set_timeout(later, REST);
    });
    move || rested.get().map(|chart| table(chart.table()))
}

/// The chart as a table, and its measured points.
fn table(words: Words) -> impl IntoView {
    let head: Vec<_> = words.head.into_iter().map(|name| view! { <th scope="col">{name}</th> }).collect();
    let rows: Vec<_> = words
        .rows
        .into_iter()
        .map(|row| {
            let mut cells = row.into_iter();
            let name = cells.next();
            let cells: Vec<_> = cells.map(|cell| view! { <td>{cell}</td> }).collect();
            view! { <tr><th scope="row">{name}</th>{cells}</tr> }
        })
        .collect();
    let more = (words.more > 0).then(|| format!("and {} more", words.more));
    let points = words.points.into_iter().chain(more);
    let points: Vec<_> = points.map(|text| view! { <li>{text}</li> }).collect();
    view! {
        <table>
            <caption>{words.caption}</caption>
            <thead><tr>{head}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
        <ul>{points}</ul>
    }
}
