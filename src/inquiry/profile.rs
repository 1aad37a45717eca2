//! The profile of a parameter.

use super::residuals::Reach;
use super::{Bench, Part, Question};
use crate::chart::scale::Spacing;
use crate::chart::small::{SmallView, Stroke};
use crate::fit::Study;
use crate::fit::profile::{Profile, Side};
use crate::law::{self, Axis};
use crate::number::three;
use crate::reply::Grid;

/// From this factor between its ends on, a positive axis is spaced by factors.
const BY_FACTORS: f64 = 20.0;
/// The chart goes this far above the cut-off.
const HEADROOM: f64 = 1.5;

pub(super) fn report(bench: &Bench, question: &Question, study: &Study) -> Vec<Part> {
    let fit = study.targets.get(&question.target);
    let law = fit.and_then(|fit| law::by_id(&fit.law));
    let index = law.and_then(|law| law.parameters().iter().position(|known| known.name == question.parameter));
    let (Some(fit), Some(law), Some(index)) = (fit, law, index) else { return Vec::new() };
    let parameter = &law.parameters()[index];
    let Some(profile) = bench.profile(&question.target, &question.parameter) else {
        let why = "This parameter is held and not fitted: it has no profile.";
        return vec![Part::Answer(why.to_owned())];
    };
    let carried: Vec<Axis> = law.carries(index).iter().map(|carry| carry.axis).collect();
    let unit = match (carried.contains(&Axis::Size), carried.contains(&Axis::Tokens)) {
        (false, false) => "",
        (true, false) => ", for N in parameters",
        (false, true) => ", for D in tokens",
        (true, true) => ", for N in parameters and D in tokens",
    };
    let level = format!("{}", crate::quantity::significant(100.0 * bench.options().level, 3));
    let words = match (profile.low, profile.high) {
        (Side::At(low), Side::At(high)) => format!("{} to {}", three(low), three(high)),
        (Side::Unbounded(_), Side::At(high)) => format!("unbounded below, to {}", three(high)),
        (Side::At(low), Side::Unbounded(_)) => format!("{} to unbounded above", three(low)),
        (Side::Unbounded(_), Side::Unbounded(_)) => "unbounded on both sides".to_owned(),
    };
    let mut answer =
        format!("{} = {}{unit}. Profile interval at {level} %: {words}.", parameter.symbol, three(profile.value));
    for (side, end) in [(profile.low, "down"), (profile.high, "up")] {
        if let Side::Unbounded(reached) = side {
            let sentence = format!(
                " Looked {end} to {}: the fit never gets worse by more than chance, so these data set no limit there.",
                three(reached)
            );
            answer.push_str(&sentence);
        }
    }
    let chart = chart(profile, fit.kind, parameter.symbol, unit);
    let rows = profile.points.iter().map(|(at, rise)| vec![three(*at), three(*rise / profile.cut_off)]);
    let numbers = Grid {
        caption: format!("Rise of the objective, in cut-offs, with {} held", parameter.symbol),
        head: vec![parameter.symbol.to_owned(), "Rise over the cut-off".to_owned()],
        rows: rows.collect(),
    };
    vec![Part::Answer(answer), Part::Charts(vec![(chart, numbers)])]
}

fn chart(profile: &Profile, kind: crate::table::LossKind, symbol: &str, unit: &str) -> SmallView {
    let (low, high) = (profile.points.first().map_or(0.0, |p| p.0), profile.points.last().map_or(1.0, |p| p.0));
    let by_factors = low > 0.0 && high > low * BY_FACTORS;
    let x = Reach::new(if by_factors { Spacing::Log } else { Spacing::Linear }, low, high);
    let top = HEADROOM * profile.cut_off.max(f64::MIN_POSITIVE);
    let y = Reach::new(Spacing::Linear, 0.0, HEADROOM);
    let of_side = |side: Side| match side {
        Side::At(value) | Side::Unbounded(value) => x.at(value),
    };
    let (from, to) = (of_side(profile.low), of_side(profile.high));
    // Beyond the top the curve leaves the chart where it crosses it, not at the next value it was computed at.
    let mut curve: Vec<(f64, f64)> = Vec::new();
    let mut before: Option<(f64, f64)> = None;
    for &(value, rise) in &profile.points {
        let here = (x.at(value), rise / top);
        if let Some(there) = before
            && (there.1 > 1.0) != (here.1 > 1.0)
        {
            let part = (1.0 - there.1) / (here.1 - there.1);
            curve.push((there.0 + part * (here.0 - there.0), 1.0));
        }
        if here.1 <= 1.0 {
            curve.push(here);
        }
        before = Some(here);
    }
    let cut = profile.cut_off / top;
    let mut strokes = vec![Stroke::Stretch(from, to)];
    for (side, at, beyond) in [(profile.low, (0.0, from), 0.04), (profile.high, (to, 1.0), 0.96)] {
        if matches!(side, Side::Unbounded(_)) {
            // The stretch runs to the edge, and the edge is hatched: it goes on.
            let (from, to) = if beyond < 0.5 { (0.0, 0.08) } else { (0.92, 1.0) };
            strokes.push(Stroke::Stretch(at.0, at.1));
            strokes.push(Stroke::Open(from, to));
            strokes.push(Stroke::Word((beyond, 0.93), "unbounded".to_owned()));
        }
    }
    strokes.push(Stroke::Threshold(vec![(0.0, cut), (1.0, cut)]));
    strokes.push(Stroke::Curve(curve));
    strokes.push(Stroke::Marks(vec![(x.at(profile.value), 0.0)]));
    SmallView {
        title: format!("Profile of {symbol}: how much worse the fit gets with {symbol} held; dashed: the cut-off"),
        x: x.ruler(format!("{symbol}{unit}"), three),
        y: y.ruler("Rise of the objective, in cut-offs".to_owned(), three),
        kind,
        strokes,
        said: profile
            .points
            .iter()
            .filter(|(_, rise)| rise / top <= 1.0)
            .map(|&(value, rise)| {
                let words = format!(
                    "{symbol} = {}{unit}: the fit is worse by {} cut-offs",
                    three(value),
                    three(rise / profile.cut_off)
                );
                ((x.at(value), rise / top), words)
            })
            .collect(),
    }
}
