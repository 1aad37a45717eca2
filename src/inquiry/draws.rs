//! The draws as pictures: two parameters against each other, a draw a point, so that one sees what a correlation means.

use super::residuals::Reach;
use crate::chart::scale::Spacing;
use crate::chart::small::{self, Ruler, SmallView, Stroke};
use crate::fit::Fit;
use crate::fit::diagnostics::TradeOff;
use crate::fit::percentile::quantile;
use crate::law::{self, Scale};
use crate::number::three;
use crate::order;
use crate::reply::Grid;

/// Pairs drawn: those that stand for each other most.
const PAIRS: usize = 4;
/// Points drawn of a pair at most: more only fill the same cloud.
const MOST_DOTS: usize = 600;
/// From this factor between largest and smallest draw on, an axis is logarithmic.
const FACTORS: f64 = 20.0;

/// A chart of each of the most correlated pairs, with its numbers; empty before there are draws.
pub(super) fn pairs(found: &TradeOff, fit: &Fit) -> Vec<(SmallView, Grid)> {
    let mut pairs: Vec<(usize, usize, f64)> = Vec::new();
    for (i, row) in found.correlation.iter().enumerate() {
        pairs.extend(row.iter().enumerate().skip(i + 1).map(|(j, value)| (i, j, *value)));
    }
    order::sort_by(&mut pairs, |a, b| b.2.abs().total_cmp(&a.2.abs()));
    let drawn = pairs.iter().take(PAIRS).filter_map(|&(i, j, correlation)| {
        chart(&Values::of(fit, found.names.get(i)?)?, &Values::of(fit, found.names.get(j)?)?, correlation, fit)
    });
    drawn.collect()
}

/// A parameter in every draw and at the optimum, `N` and `D` in billions.
struct Values {
    symbol: String,
    meaning: &'static str,
    draws: Vec<f64>,
    optimum: f64,
}

impl Values {
    fn of(fit: &Fit, name: &str) -> Option<Self> {
        let law = law::by_id(&fit.law)?;
        let index = law.parameters().iter().position(|parameter| parameter.name == name)?;
        let billions = Scale { size: fit.scale.size / 1e9, tokens: fit.scale.tokens / 1e9 };
        let of = |theta: &Vec<f64>| law::natural(law, index, theta, &billions);
        let parameter = &law.parameters()[index];
        Some(Self {
            symbol: parameter.symbol.to_owned(),
            meaning: parameter.meaning,
            draws: fit.draws.iter().map(of).collect(),
            optimum: of(&fit.theta),
        })
    }

    /// An axis over the draws, logarithmic where they lie factors apart; `None` where they do not differ.
    fn reach(&self) -> Option<Reach> {
        let all = self.draws.iter().copied().chain([self.optimum]).filter(|value| value.is_finite());
        let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
        let far = low > 0.0 && high / low > FACTORS;
        (low < high).then(|| Reach::new(if far { Spacing::Log } else { Spacing::Linear }, low, high))
    }

    fn ruler(&self, reach: &Reach) -> Ruler {
        reach.ruler(format!("{}, {}", self.symbol, self.meaning), three)
    }
}

fn chart(a: &Values, b: &Values, correlation: f64, fit: &Fit) -> Option<(SmallView, Grid)> {
    let (x, y) = (a.reach()?, b.reach()?);
    let every = a.draws.len().div_ceil(MOST_DOTS).max(1);
    let place = |v: f64, w: f64| (x.at(v), y.at(w));
    let words = |v: f64, w: f64| format!("{} {}, {} {}", a.symbol, three(v), b.symbol, three(w));
    let pairs = || a.draws.iter().copied().zip(b.draws.iter().copied()).step_by(every);
    let dots = pairs().map(|(v, w)| place(v, w)).collect();
    let mut said: Vec<_> = pairs().map(|(v, w)| (place(v, w), format!("A draw: {}", words(v, w)))).collect();
    said.push((place(a.optimum, b.optimum), format!("Fitted: {}", words(a.optimum, b.optimum))));
    let view = SmallView {
        title: format!(
            "Draws of {} and {}, rank correlation {}",
            a.symbol,
            b.symbol,
            super::residuals::hundredths(correlation)
        ),
        x: a.ruler(&x),
        y: b.ruler(&y),
        kind: fit.kind,
        strokes: vec![Stroke::Dots(dots), Stroke::Marks(vec![(x.at(a.optimum), y.at(b.optimum))])],
        said: small::in_order(said),
    };
    let row = |values: &Values| {
        let mut sorted = values.draws.clone();
        order::ascending(&mut sorted);
        let mut row = vec![values.symbol.clone(), three(values.optimum)];
        row.extend([0.05, 0.5, 0.95].map(|p| three(quantile(&sorted, p))));
        row
    };
    let numbers = Grid {
        caption: format!("Draws of {} and {}; N and D in billions", a.symbol, b.symbol),
        head: ["Parameter", "Fitted", "5 % of draws below", "Half", "95 %"].map(str::to_owned).to_vec(),
        rows: vec![row(a), row(b)],
    };
    Some((view, numbers))
}
