//! An allocation as it is shown. Where no budget is typed, it is what the what-if costs.

use super::{Grid, Question, Reply, corner, draws, print};
use crate::chart::PlotView;
use crate::chart::plot::{PlotAxis, PlotMark, PlotPoint, Quantity, Shape};
use crate::decide::allocate::Answer;
use crate::decide::words::percent;
use crate::decide::{Allocate, Budget, Rule};
use crate::fit::Study;
use crate::law::Recipe;
use crate::table::Measure;

pub(super) fn reply(question: &Question, studies: &[&Study]) -> Reply {
    let mut choices = question.choices.clone();
    let own = choices.budget.is_none();
    if own {
        let flops = choices.hardware.cost_of(question.at).flops;
        choices.budget = Some(Budget::Flops(flops));
    }
    let Some(ask) = choices.allocate(question.at, question.domain.as_deref()) else { return Reply::default() };
    let (asked, measure) = (asked(&ask, own), question.measure);
    super::reply(asked, ask.decide_in(measure, studies), |answer, reply| {
        reply.figure = format!("{} model", print::solved(answer.size, print::size));
        if let Rule::Fixed { .. } = ask.rule {
            corner(reply, &answer.size_places, draws(studies));
        } else if answer.ratio_places.corner() > 0.0 {
            let often = percent(answer.ratio_places.corner());
            reply.words.push(format!("In {often} of draws the ratio is an end of the axis."));
        } else {
            corner(reply, &answer.size_places, draws(studies));
        }
        reply.recipe = Some(answer.recipe);
        reply.plot = Some(plot(&answer, measure, studies));
        if !answer.models.is_empty() {
            reply.tables.push(models(&answer, measure));
        }
    })
}

fn asked(ask: &Allocate, own: bool) -> String {
    match ask.budget {
        Budget::Flops(_) if own => "Spend what this what-if costs".to_owned(),
        Budget::Flops(flops) => format!("Spend {} FLOPs", print::number(flops)),
        Budget::GpuHours(hours) => format!("Spend {} GPU-hours", print::number(hours)),
        Budget::Money(amount) => format!("Spend {} {}", print::number(amount), ask.hardware.currency),
    }
}

fn plot(answer: &Answer, measure: Measure, studies: &[&Study]) -> PlotView {
    let point = |at: &crate::decide::allocate::IsoCompute| {
        let (ratio, domain) = (at.ratio?, at.domain?);
        let general = at.general.map(|general| format!(", general loss {}", measure.loss(general)));
        let said = format!(
            "{}, {} tokens, {} domain: domain loss {}{}",
            print::size(at.size),
            print::tokens(at.tokens),
            print::share(ratio),
            measure.loss(domain),
            general.unwrap_or_default()
        );
        let band = at.domain_interval.map(|ends| measure.ends(ends));
        Some(PlotPoint { x: at.size, y: measure.from_nats(domain), band, beaten: false, said })
    };
    let points: Vec<PlotPoint> = answer.curve.iter().filter_map(point).collect();
    let Recipe { size, .. } = answer.recipe;
    let listed = answer.models.iter().filter_map(|model| {
        let at = (model.size, measure.from_nats(model.domain?.loss));
        Some(PlotMark { at, shape: Shape::Other, label: String::new() })
    });
    let at = (size, measure.from_nats(answer.domain.loss));
    let best = PlotMark { at, shape: Shape::Answer, label: print::size(size) };
    PlotView {
        caption: "Domain loss of the whole budget against model size, each with its best ratio".to_owned(),
        x: PlotAxis { name: "Model size, at the same compute".to_owned(), quantity: Quantity::Size },
        y: PlotAxis { name: "Domain loss".to_owned(), quantity: Quantity::Domain },
        points,
        marks: listed.chain([best]).collect(),
        second: Vec::new(),
        best: answer.size.interval,
        data: studies.first().and_then(|study| study.ranges.size).map(|span| (span.low, span.high)),
    }
}

fn models(answer: &Answer, measure: Measure) -> Grid {
    let rows = answer.models.iter().map(|model| {
        let name = if model.best { format!("{} (best)", model.name) } else { model.name.clone() };
        let or_none = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
        vec![
            name,
            print::size(model.size),
            print::tokens(model.tokens),
            or_none(model.ratio.map(|ratio| print::solved(ratio, print::share))),
            or_none(model.domain.as_ref().map(|loss| print::predicted(loss, measure))),
            or_none(model.general.as_ref().map(|loss| print::predicted(loss, measure))),
            percent(model.best_in),
        ]
    });
    Grid {
        caption: "The sizes you listed".to_owned(),
        head: ["Model", "Size", "Tokens", "Ratio", "Domain loss", "General loss", "Best in"]
            .map(str::to_owned)
            .to_vec(),
        rows: rows.collect(),
    }
}
