//! What the chart says in words: the line above the plot, and the hidden table.

use crate::chart::loss::{Cursor, at, between};
use crate::chart::{ChartView, Panel};
use crate::quantity::{Params, Share, Tokens};
use crate::table::LossKind;
use leptos::prelude::*;

fn word(panel: &Panel) -> &'static str {
    match panel.kind {
        LossKind::General => "general",
        LossKind::Domain => "domain",
    }
}

fn loss(panel: &Panel, x: f64) -> Option<String> {
    let value = at(panel, x)?;
    let ends =
        |end: fn(&(f64, f64)) -> f64| between(&panel.curve.x, &panel.curve.law.iter().map(end).collect::<Vec<_>>(), x);
    Some(match (ends(|b| b.0), ends(|b| b.1)) {
        (Some(low), Some(high)) => format!("{} {value:.3} ({low:.3}–{high:.3})", word(panel)),
        _ => format!("{} {value:.3}", word(panel)),
    })
}

/// The first line: share and both losses with the law's interval, in pieces that a line is not to be broken in.
pub fn losses(view: &ChartView, x: f64) -> Vec<String> {
    let parts = view.panels.iter().filter_map(|panel| loss(panel, x));
    std::iter::once(Share(x).to_string()).chain(parts).collect()
}

/// The second line: the nearest measured run.
pub fn run(view: &ChartView, cursor: Cursor) -> Option<String> {
    let (panel, index) = cursor.point?;
    let panel = view.panels.get(panel)?;
    let point = panel.points.get(index)?;
    let size = point.size.map(|n| format!(", {} parameters", Params(n)));
    let tokens = point.tokens.map(|d| format!(", {} tokens", Tokens(d)));
    Some(format!(
        "Measured: {} {} {:.3} at {}{}{}, line {}",
        point.run,
        word(panel),
        point.y,
        Share(point.x),
        size.unwrap_or_default(),
        tokens.unwrap_or_default(),
        point.line
    ))
}

/// The chart as a table for screen readers: the law every ten percent, and the measured points.
pub fn table(chart: &ChartView) -> impl IntoView + use<> {
    let head: Vec<_> = chart.panels.iter().map(|p| view! { <th scope="col">{p.title.clone()}</th> }).collect();
    let rows: Vec<_> = (0..=10)
        .map(|k| {
            let x = f64::from(k) / 10.0;
            let cells: Vec<_> = chart.panels.iter().map(|p| view! { <td>{loss(p, x)}</td> }).collect();
            view! { <tr><th scope="row">{Share(x).to_string()}</th>{cells}</tr> }
        })
        .collect();
    let points = chart.panels.iter().enumerate();
    let points: Vec<_> = points
        .flat_map(|(p, panel)| (0..panel.points.len()).map(move |i| Cursor { x: 0.0, point: Some((p, i)) }))
        .filter_map(|cursor| run(chart, cursor))
        .map(|text| view! { <li>{text}</li> })
        .collect();
    view! {
        <table>
            <caption>"Predicted loss by domain share, with the law's interval"</caption>
            <thead><tr><th scope="col">"Domain share"</th>{head}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
        <ul>{points}</ul>
    }
}
