//! What a chart says in words: the line above the plot, the measured row under the cursor, the hidden table.

use super::loss::{at, between};
use super::view::{ChartView, Measured, Panel};
use crate::number;
use crate::quantity::{Params, Share, Tokens};
use crate::table::LossKind;

/// Measured rows that are listed in words: past that a list is no help to a listener.
const LISTED: usize = 60;
/// Rows of the table.
const ROWS: u32 = 10;

/// A chart as a table, and its measured points as a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Words {
    /// What the table holds.
    pub caption: String,
    /// A name a column; the first one names the rows.
    pub head: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
    /// The measured points.
    pub points: Vec<String>,
    /// Points that are not listed.
    pub more: usize,
}

/// What the losses of a table are in, as the end of its caption: ", in nats per token".
pub(super) fn units<'a>(units: impl Iterator<Item = &'a str>) -> String {
    let mut said: Vec<&str> = units.collect();
    said.dedup();
    if said.is_empty() { String::new() } else { format!(", in {}", said.join(" and ")) }
}

/// A loss in a word.
pub fn word(kind: LossKind) -> &'static str {
    match kind {
        LossKind::General => "general",
        LossKind::Domain => "domain",
    }
}

/// A predicted loss with the law's interval: "general 2.345 (2.340–2.350)".
pub fn loss(kind: LossKind, value: f64, law: Option<(f64, f64)>) -> String {
    match law {
        Some((low, high)) => {
            format!("{} {} ({}–{})", word(kind), number::loss(value), number::loss(low), number::loss(high))
        }
        None => format!("{} {}", word(kind), number::loss(value)),
    }
}

fn along(panel: &Panel, x: f64) -> Option<String> {
    let value = at(panel, x)?;
    let end =
        |end: fn(&(f64, f64)) -> f64| between(&panel.curve.x, &panel.curve.law.iter().map(end).collect::<Vec<_>>(), x);
    Some(loss(panel.kind, value, end(|b| b.0).zip(end(|b| b.1))))
}

/// The first line: the place and the losses with the law's interval, in pieces that a line is not to be broken in.
pub fn losses(view: &ChartView, x: f64) -> Vec<String> {
    let parts = view.panels.iter().filter_map(|panel| along(panel, x));
    std::iter::once(view.across.label(x)).chain(parts).collect()
}

/// The second line: a measured row.
pub fn measured(point: &Measured, kind: LossKind) -> String {
    let share = point.share.map(|share| format!(" at {}", Share(share)));
    let size = point.size.map(|size| format!(", {} parameters", Params(size)));
    let tokens = point.tokens.map(|tokens| format!(", {} tokens", Tokens(tokens)));
    format!(
        "Measured: {} {} {}{}{}{}, line {}",
        point.run,
        word(kind),
        number::loss(point.loss),
        share.unwrap_or_default(),
        size.unwrap_or_default(),
        tokens.unwrap_or_default(),
        point.line
    )
}

/// The measured row a cursor is nearest to, in words.
pub fn run(view: &ChartView, point: Option<(usize, usize)>) -> Option<String> {
    let (panel, index) = point?;
    let panel = view.panels.get(panel)?;
    Some(measured(panel.points.get(index)?, panel.kind))
}

/// A chart of losses as a table: the law at every tenth of what is shown, and the measured points.
pub fn table(view: &ChartView) -> Words {
    let head =
        std::iter::once(view.across.name().to_owned()).chain(view.panels.iter().map(|panel| panel.title.clone()));
    let rows = (0..=ROWS).map(|k| {
        let part = f64::from(k) / f64::from(ROWS);
        let x = view.across.tidy(view.across.value(part));
        let cells = view.panels.iter().map(|panel| along(panel, x).unwrap_or_default());
        std::iter::once(view.across.label(x)).chain(cells).collect()
    });
    let all = view.panels.iter().flat_map(|panel| panel.points.iter().map(|point| (panel.kind, point)));
    let (points, more) = listed(all);
    Words {
        caption: format!(
            "Predicted loss by {}, with the law’s interval{}",
            view.across.name().to_lowercase(),
            units(view.panels.iter().map(|panel| panel.unit.as_str()))
        ),
        head: head.collect(),
        rows: rows.collect(),
        points,
        more,
    }
}

/// The first points in words, those at the what-if's own recipe before the others; and how many are left.
pub fn listed<'a>(points: impl Iterator<Item = (LossKind, &'a Measured)> + Clone) -> (Vec<String>, usize) {
    let count = points.clone().count();
    let own = points.clone().filter(|(_, point)| !point.other);
    let rest = points.filter(|(_, point)| point.other);
    let said: Vec<String> = own.chain(rest).take(LISTED).map(|(kind, point)| measured(point, kind)).collect();
    let more = count - said.len();
    (said, more)
}
