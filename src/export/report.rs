//! One printable page: data, law, parameters, notes, chart, decisions, how to cite; an HTML file without a script or a
//! request, so that it opens anywhere and prints as it is.

use super::Taken;
use crate::chart::scene::{Pixel, Scene};
use crate::chart::{ChartView, Picture, svg};
use crate::decide::mixture::outside;
use crate::fit::{Fit, Severity, laws_of};
use crate::law::{self, Law, Recipe};
use crate::number::three;
use crate::quantity::Share;
use crate::reply::print::range;
use crate::reply::{Reply, Standing};
use crate::shown::Shown;
use crate::table::Measure;
use std::fmt::Write;

/// Width of the chart in CSS pixels: the text's own on A4 at the margins below.
pub const WIDTH: f64 = 680.0;

/// The chart of a report.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// What is drawn.
    pub scene: Scene,
    /// The size that takes, in CSS pixels.
    pub size: Pixel,
    /// How to read it.
    pub caption: &'static str,
}

impl Chart {
    /// Losses against an axis, through a what-if.
    pub fn of_losses(view: &ChartView, at: Recipe) -> Self {
        let (scene, size) = view.scene(WIDTH, None);
        let caption = "Solid: the law. Dark band: the law’s interval; striped band: a new run’s. Points: measured; hatched: \
                       beyond the data.";
        Self { title: view.view().titled(at), scene, size, caption }
    }
}

const STYLE: &str = "@page{size:A4;margin:16mm}body{font:15px/1.45 'Source Sans 3','Source Sans Pro','Helvetica Neue',Arial,\
sans-serif;color:#1b1c1e;max-width:680px;margin:24px auto;padding:0 16px;font-variant-numeric:tabular-nums}h1{font-size:24px;\
margin:0}h2{font-size:17px;margin:20px 0 6px;border-top:1px solid #e4e3de;padding-top:10px}p{margin:4px 0}\
table{border-collapse:collapse;width:100%}th,td{text-align:right;padding:2px 8px;border-bottom:1px solid #e4e3de;\
font-weight:400}th:first-child{text-align:left}thead th{color:#4a4c50}svg{max-width:100%;height:auto}small{color:#4a4c50}\
ul{margin:4px 0;padding-left:20px}h2,table,figure{break-inside:avoid}figure{margin:0}";

/// The report, losses in a measure; `chart` is what the page shows, `decisions` its answers with the question each one answers.
pub fn html(taken: &Taken, shown: Shown, chart: Option<&Chart>, decisions: &[&Reply]) -> String {
    let at = taken.at;
    let what_if = escape(&taken.what_if());
    let mut out = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Ratioscope report: {source}</title><style>{STYLE}</style><body><h1>{source}</h1><p><small>{}.</small></p>",
        escape(&taken.origin()),
        source = escape(taken.source)
    );
    let _ = write!(
        out,
        "<h2>What if: {what_if}</h2><table><thead><tr><th>Loss, {}<th>predicted<th>the law, {level}<th>a new run, {level}<th>base</thead><tbody>",
        escape(shown.unit()),
        level = format_args!("{:.0} %", taken.study.options.level * 100.0)
    );
    for fit in taken.losses() {
        let Some(predicted) = taken.predict(fit) else { continue };
        let print = |nats: f64| fit.measure(shown.measure).precise(nats);
        let ends = |ends: Option<(f64, f64)>| ends.map_or("–".to_owned(), |ends| range(ends, print));
        let base = predicted.base.map_or("–".to_owned(), print);
        let _ = write!(
            out,
            "<tr><th>{}<td>{}<td>{}<td>{}<td>{base}",
            escape(&fit.target),
            print(predicted.loss),
            ends(predicted.law),
            ends(predicted.new_run)
        );
    }
    out.push_str("</tbody></table>");
    if shown.measure != Measure::Nats {
        out.push_str(
            "<p><small>The law is fitted to the logarithm of the losses in nats; its formula gives nats.</small></p>",
        );
    }
    if taken.shares.is_empty() {
        for note in taken.study.extrapolation(at) {
            let _ = write!(out, "<p>▲ {}</p>", escape(&note.text));
        }
    }
    for place in outside(taken.study, taken.shares) {
        let corpus = &taken.study.corpora[place];
        let _ = write!(
            out,
            "<p>▲ The share of {} lies outside those measured, {}.</p>",
            escape(&corpus.name),
            range((corpus.low, corpus.high), |share| Share(share).to_string())
        );
    }
    if let Some(Chart { title, scene, size, caption }) = chart {
        let _ = write!(
            out,
            "<h2>{}</h2><figure>{}</figure><p><small>{caption}</small></p>",
            escape(title),
            svg::svg(scene, *size, title)
        );
    }
    let answered: Vec<&&Reply> = decisions.iter().filter(|reply| reply.standing != Standing::Open).collect();
    if !answered.is_empty() {
        out.push_str("<h2>Decisions</h2>");
        for reply in answered {
            let _ = write!(
                out,
                "<p><strong>{}: {}</strong> {}</p>",
                escape(&reply.asked),
                escape(&reply.figure),
                escape(&reply.words.join(" "))
            );
        }
    }
    for fit in taken.losses() {
        fitted(&mut out, fit, taken);
    }
    let citations: Vec<&str> = laws_of(taken.losses()).into_iter().map(Law::citation).collect();
    let _ = writeln!(
        out,
        "<h2>How to cite</h2><p>{}: {}. The fit: Ratioscope {}, which minimises the objective named above from many \
         starts and draws its intervals by resampling the errors of whole runs.</p></body></html>",
        if citations.len() == 1 { "The law" } else { "The laws" },
        escape(&citations.join("; ")),
        escape(&taken.study.version)
    );
    out
}

fn fitted(out: &mut String, fit: &Fit, taken: &Taken) {
    let Some(law) = law::by_id(&fit.law) else { return };
    let quality = &fit.quality;
    let called = if fit.has_intervals() { "interval" } else { "spread of the draws" };
    let _ = write!(
        out,
        "<h2>{}: {}</h2><p>L = {}</p><p><small>N and D in billions. {} rows, {} runs, R² {:.4}, mean relative error {} %, \
         objective {}.</small></p><table><thead><tr><th>Parameter<th>meaning<th>value<th>{called}, {:.0} %</thead><tbody>",
        escape(&fit.target),
        escape(law.name()),
        escape(&law::form::written(law)),
        quality.n,
        quality.runs,
        quality.r2,
        three(quality.mean_relative_error * 100.0),
        three(quality.objective),
        taken.study.options.level * 100.0
    );
    for (parameter, estimate) in law.parameters().iter().zip(&fit.parameters) {
        let ends = match estimate.interval_billions {
            _ if estimate.held => "held".to_owned(),
            Some(ends) => range(ends, three),
            None => "–".to_owned(),
        };
        let _ = write!(
            out,
            "<tr><th>{}<td>{}<td>{}<td>{ends}",
            escape(parameter.symbol),
            escape(parameter.meaning),
            three(estimate.value_billions)
        );
    }
    out.push_str("</tbody></table>");
    if !fit.notes.is_empty() {
        out.push_str("<ul>");
        for note in &fit.notes {
            let mark = match note.severity {
                Severity::Info => "○",
                Severity::Warning => "▲",
                Severity::Withholds => "✕",
            };
            let _ = write!(out, "<li>{mark} {}", escape(&note.text));
        }
        out.push_str("</ul>");
    }
}

/// A text inside an element or a quoted attribute.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
