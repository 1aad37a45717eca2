//! Where things stand: two stacked panels on one shared x axis, each with a y scale of its own, at the real pixel width.

use super::axis::{AxisView, WHOLE};
use super::scale::{Scale, Spacing};
use super::ticks::{self, Ticks};
use super::view::{ChartView, Measured, Panel};
use crate::law::Axis;

/// Advance of a digit at 13 px in the page's font, a little generous: enough to place labels without measuring text.
pub const DIGIT: f64 = 7.0;
/// Height of a panel's title line.
pub const TITLE: f64 = 26.0;
/// Height of the x axis with its labels and its name.
pub(super) const AXIS: f64 = 52.0;
/// Between two panels.
pub(super) const GAP: f64 = 10.0;
/// From here up a panel gets the height of a wide screen.
const WIDE: f64 = 560.0;

/// Where a panel stands.
#[derive(Debug, Clone, PartialEq)]
pub struct PanelLayout {
    /// Loss to pixels; the range is (bottom, top).
    pub y: Scale,
    /// Ticks of the loss.
    pub ticks: Ticks,
}

/// Where everything stands, in CSS pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// Width of the whole chart.
    pub width: f64,
    /// Height of the whole chart; depends on the width and on nothing else, so that no new data moves the page.
    pub height: f64,
    /// The horizontal axis to pixels.
    pub x: Scale,
    /// One a panel of the view.
    pub panels: Vec<PanelLayout>,
}

/// Height of a chart of two panels at a width.
pub fn height(width: f64) -> f64 {
    2.0 * TITLE + GAP + AXIS + 2.0 * panel_height(width)
}

fn panel_height(width: f64) -> f64 {
    if width >= WIDE { 186.0 } else { 146.0 }
}

impl Layout {
    /// Lays out a view at a width in CSS pixels (320 to 1600 on real screens; any other is brought into 160 to 4000).
    pub fn new(view: &ChartView, width: f64) -> Self {
        let width = if width.is_finite() { width.clamp(160.0, 4000.0) } else { 640.0 };
        let height = height(width);
        let count = view.panels.len().max(1) as f64;
        // The box keeps its height: one panel alone gets the room of two.
        let tall = (height - AXIS - GAP * (count - 1.0)) / count - TITLE;
        let mut panels = Vec::new();
        let mut top = TITLE;
        let mut widest = 4;
        for panel in view.panels.iter() {
            let (low, high) = extent(panel, view);
            let y = Scale::new(Spacing::Linear, (low, high), (top + tall, top));
            let ticks = ticks::linear(y.domain().0, y.domain().1);
            widest =
                ticks.values.iter().map(|v| ticks::loss_label(*v, &ticks).chars().count()).fold(widest, usize::max);
            panels.push(PanelLayout { y, ticks });
            top += tall + GAP + TITLE;
        }
        let left = (widest as f64 * DIGIT + 12.0).min(width / 3.0);
        Self { width, height, x: view.across.scale((left, width - 10.0)), panels }
    }

    /// Left and right edge of the plot.
    pub fn sides(&self) -> (f64, f64) {
        self.x.range()
    }

    /// Top of the first and bottom of the last panel.
    pub fn reach(&self) -> (f64, f64) {
        let top = self.panels.first().map_or(TITLE, |p| p.y.range().1);
        let bottom = self.panels.last().map_or(self.height - AXIS, |p| p.y.range().0);
        (top, bottom)
    }
}

/// Whether a point lies on what is shown of the axis.
fn shown(point: &Measured, across: &AxisView) -> bool {
    !WHOLE || across.is_whole() || point.on(across.axis).is_some_and(|value| across.shows(value))
}

/// The losses a panel shows: everything measured, and the law and its bands. A law that runs away beyond the data may
/// take at most as much room again as what was measured: it is cut off there, and hatched.
fn extent(panel: &Panel, view: &ChartView) -> (f64, f64) {
    let finite = |v: &f64| v.is_finite() && v.abs() < 1e12;
    let bounds = |values: &mut dyn Iterator<Item = f64>| {
        values
            .filter(finite)
            .fold(None, |b: Option<(f64, f64)>, v| Some(b.map_or((v, v), |(l, h)| (l.min(v), h.max(v)))))
    };
    let curve = &panel.curve;
    let at = |i: usize| {
        let own = curve.loss.get(i).copied();
        let law = curve.law.get(i).copied();
        let run = curve.new_run.get(i).copied();
        [own, law.map(|b| b.0), law.map(|b| b.1), run.map(|b| b.0), run.map(|b| b.1)].into_iter().flatten()
    };
    let (data, now) = (view.data, view.across.part(view.now));
    let inside = |x: f64| (x >= data.0 && x <= data.1) || (view.across.part(x) - now).abs() < 0.02;
    let near = curve.x.iter().enumerate().filter(|(_, x)| inside(**x)).flat_map(|(i, _)| at(i));
    // Along sizes and tokens the runs of other recipes lie far from the curve: they would press it flat.
    let alone = WHOLE && view.across.axis != Axis::Ratio && panel.points.iter().any(|point| !point.other);
    let counts = |point: &&Measured| shown(point, &view.across) && !(alone && point.other);
    let measured = panel.points.iter().filter(counts).map(|point| point.loss);
    let measured = measured.chain(panel.base.filter(|_| panel.bases.is_empty()));
    let all = bounds(&mut (0..curve.x.len()).flat_map(at).chain(measured.clone()));
    let core = bounds(&mut near.chain(measured)).or(all);
    let (Some(core), Some(all)) = (core, all) else { return (0.0, 1.0) };
    let room = (core.1 - core.0).max(1e-3 * core.1.abs());
    let (low, high) = (all.0.max(core.0 - room), all.1.min(core.1 + room));
    let pad = 0.06 * (high - low).max(1e-4 * high.abs().max(1e-6));
    (low - pad, high + pad)
}
