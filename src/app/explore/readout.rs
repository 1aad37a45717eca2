//! The hidden table of a chart, for screen readers.

use crate::chart::words::Words;
use leptos::prelude::*;

/// The chart as a table, and its measured points.
pub fn table(words: Words) -> impl IntoView {
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
