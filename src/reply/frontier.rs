//! The frontier as it is shown.

use super::{Question, Reply, corner, draws, print};
use crate::chart::PlotView;
use crate::chart::plot::{PlotAxis, PlotMark, PlotPoint, Quantity, Shape};
use crate::decide::frontier::{Answer, Chosen};
use crate::decide::words::fixed;
use crate::fit::Study;
use crate::law::Recipe;
use crate::table::Measure;

pub(super) fn reply(question: &Question, studies: &[&Study]) -> Reply {
    let ask = question.choices.frontier(question.at, question.domain.as_deref());
    let asked = format!("Weigh general {} against domain {}", fixed(ask.weight, 2), fixed(1.0 - ask.weight, 2));
    super::reply(asked, ask.decide_in(question.measure, studies), |answer, reply| {
        reply.figure = format!("{} domain", print::solved(answer.weighted.ratio, print::share));
        corner(reply, &answer.weighted_places, draws(studies));
        reply.recipe = Some(Recipe { domain_share: answer.weighted.ratio.value, ..question.at });
        reply.plot = Some(plot(&answer, question.measure));
    })
}

fn plot(answer: &Answer, measure: Measure) -> PlotView {
    let points = answer.points.iter().filter(|point| point.measured);
    let points = points.map(|point| PlotPoint {
        x: measure.from_nats(point.general),
        y: measure.from_nats(point.domain),
        band: None,
        beaten: !point.efficient,
        said: format!(
            "{} domain: general loss {}, domain loss {}",
            print::share(point.ratio),
            measure.loss(point.general),
            measure.loss(point.domain)
        ),
    });
    let mark = |chosen: &Chosen, shape: Shape, name: &str| PlotMark {
        at: (measure.from_nats(chosen.general.loss), measure.from_nats(chosen.domain.loss)),
        shape,
        label: format!("{name}, {}", print::share(chosen.ratio.value)),
    };
    let knee = answer.knee.as_ref().map(|knee| mark(knee, Shape::Second, "knee"));
    PlotView {
        caption: "General against domain loss over the measured ratios".to_owned(),
        x: PlotAxis { name: "General loss".to_owned(), quantity: Quantity::General },
        y: PlotAxis { name: "Domain loss".to_owned(), quantity: Quantity::Domain },
        points: points.collect(),
        marks: knee.into_iter().chain([mark(&answer.weighted, Shape::Answer, "weights")]).collect(),
        second: Vec::new(),
        best: None,
        data: None,
    }
}
