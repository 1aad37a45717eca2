//! The chart of loss against one axis as a scene: bands, law, base, measured points, what-if and cursor.

use super::axis::{AxisView, WHOLE};
use super::layout::{DIGIT, Layout, PanelLayout};
use super::scene::{Anchor, Look, Paint, Pixel, Role, Scene, Weight};
use super::ticks;
use super::view::{ChartView, Measured, Panel};
use crate::law::Axis;
use crate::number;
use crate::table::LossKind;

/// Distance between the strokes of a new run's band, in pixels: far enough that the band stays lighter than the law's.
const STROKES: f64 = 6.0;

/// More points than this are a crowd: those of other recipes are dots.
const CROWD: usize = 80;
/// Radius of a measured point with its edge.
const POINT: f64 = 5.0;

/// Where a reader points: a place on the chart's axes, and the measured point it is nearest to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cursor {
    /// Value on the horizontal axis.
    pub x: f64,
    /// Value on the vertical axis of a map; 0 on a chart of losses.
    pub up: f64,
    /// Panel and index of the nearest measured point.
    pub point: Option<(usize, usize)>,
}

/// Draws a view at a layout made for it.
pub fn scene(view: &ChartView, layout: &Layout, cursor: Option<Cursor>) -> Scene {
    let mut scene = Scene::default();
    let now = Some(view.now).filter(|now| now.is_finite() && view.across.shows(*now));
    for (panel, place) in view.panels.iter().zip(&layout.panels) {
        shade(&mut scene, view, layout, place);
        beyond(&mut scene, view, layout, place);
        grid(&mut scene, layout, place);
        bands(&mut scene, panel, layout, place);
        // The base's label lies on the limit's line where both are near: its plate has to be above that.
        limit(&mut scene, view, panel, layout, place);
        base(&mut scene, view, panel, layout, place);
        law(&mut scene, panel, layout, place);
        title(&mut scene, panel, layout, place);
    }
    axis(&mut scene, view, layout);
    for (panel, place) in view.panels.iter().zip(&layout.panels) {
        points(&mut scene, view, panel, layout, place, None);
    }
    scene.end_ground();
    let (top, bottom) = layout.reach();
    let mut lines = Vec::new();
    if let Some(cursor) = cursor.filter(|c| c.x.is_finite()) {
        let x = across(layout, cursor.x);
        scene.line(vec![(x, top), (x, bottom)], 1.0, Role::Ink3);
        lines.push(x);
    }
    if let Some(now) = now {
        let x = layout.x.project(now);
        for place in &layout.panels {
            let (low, high) = place.y.range();
            scene.line(vec![(x, high), (x, low)], 1.5, Role::Ink);
        }
        grip(&mut scene, (x, bottom));
        lines.push(x);
    }
    for (k, (panel, place)) in view.panels.iter().zip(&layout.panels).enumerate() {
        // The lines run below the points.
        points(&mut scene, view, panel, layout, place, Some(&lines));
        let chosen = cursor.and_then(|c| c.point).filter(|(p, _)| *p == k).and_then(|(_, i)| panel.points.get(i));
        if let Some(at) = chosen.and_then(|point| place_of(view, point, layout, place)) {
            ring(&mut scene, at, 8.0);
        }
        if let Some((x, loss)) = now.and_then(|x| Some((x, at(panel, x)?))) {
            let spot = (layout.x.project(x), place.y.project(loss));
            if within(place, spot.1) {
                marker(&mut scene, panel.kind, spot, 7.5, Role::Background);
                marker(&mut scene, panel.kind, spot, 6.0, colour(panel.kind));
            }
        }
        for (share, letter) in view.pins.iter().filter(|(share, _)| share.is_finite()) {
            flag(&mut scene, panel, layout, place, *share, *letter);
        }
    }
    scene
}

/// The pixel of a value on the horizontal axis, at its end where the value lies beyond what is shown.
fn across(layout: &Layout, value: f64) -> f64 {
    let (low, high) = layout.x.domain();
    layout.x.project(value.clamp(low, high))
}

/// The colour of a loss.
pub fn colour(kind: LossKind) -> Role {
    match kind {
        LossKind::General => Role::General,
        LossKind::Domain => Role::Domain,
    }
}

/// The law's loss at a domain share, along the straight line between two points of the curve; `None` outside it.
pub fn at(panel: &Panel, x: f64) -> Option<f64> {
    between(&panel.curve.x, &panel.curve.loss, x)
}

/// The value at `x` of a column over an ascending axis, along the straight line between its neighbours.
pub fn between(axis: &[f64], values: &[f64], x: f64) -> Option<f64> {
    let n = axis.len().min(values.len());
    let right = axis.get(..n)?.partition_point(|v| *v < x).min(n.checked_sub(1)?);
    let left = right.saturating_sub(1);
    let (a, b) = (*axis.get(left)?, *axis.get(right)?);
    if x < a - 1e-9 || x > b + 1e-9 {
        return None;
    }
    let t = if b > a { ((x - a) / (b - a)).clamp(0.0, 1.0) } else { 1.0 };
    let (from, to) = (*values.get(left)?, *values.get(right)?);
    Some(from + t * (to - from)).filter(|v| v.is_finite())
}

fn within(place: &PanelLayout, y: f64) -> bool {
    let (bottom, top) = place.y.range();
    y.is_finite() && y >= top - 0.5 && y <= bottom + 0.5
}

/// The shares that keep the limit on the general loss, lightly, and the interval of the best one.
fn shade(scene: &mut Scene, view: &ChartView, layout: &Layout, place: &PanelLayout) {
    let Some(limit) = &view.limit else { return };
    let (bottom, top) = place.y.range();
    let stretch = |(from, to): (f64, f64), least: f64| {
        let (a, b) = (across(layout, from), across(layout, to));
        let b = b.max(a + least);
        vec![(a, top), (b, top), (b, bottom), (a, bottom)]
    };
    for part in limit.feasible.iter().filter(|part| part.0.is_finite() && part.1.is_finite()) {
        scene.fill(stretch(*part, 0.0), Role::Ink.at(0.05));
    }
    // An interval narrower than a line is still seen as one.
    if let Some(best) = limit.best.filter(|best| best.0.is_finite() && best.1.is_finite()) {
        scene.fill(stretch(best, 2.0), Role::Ink.at(0.13));
    }
}

/// The most the general loss may be: a long dash with its value.
fn limit(scene: &mut Scene, view: &ChartView, panel: &Panel, layout: &Layout, place: &PanelLayout) {
    let Some(loss) = view.limit.as_ref().and_then(|limit| limit.loss).filter(|loss| loss.is_finite()) else { return };
    let y = place.y.project(loss);
    if panel.kind != LossKind::General || !within(place, y) {
        return;
    }
    let (left, right) = layout.sides();
    scene.dashed(&[(left, y), (right, y)], 9.0, 5.0, 1.3, Role::Ink);
    let label = format!("limit {}", number::loss(loss));
    let width = label.chars().count() as f64 * DIGIT;
    // Where it hides the law least: from the left on, as the base model's own label stands on the right; above the line
    // where there is room.
    let top = place.y.range().1 + 8.0;
    let hidden = |label: Pixel| {
        let under = (0..=8).map(|k| label.0 + width * f64::from(k) / 8.0);
        let on_the_law = |px: f64| at(panel, layout.x.invert(px)).map(|loss| (place.y.project(loss) - label.1).abs());
        under.filter_map(on_the_law).filter(|far| *far < 9.0).count()
    };
    let sides = [0.0, 0.2, 0.4].into_iter().map(|part| left + 6.0 + part * (right - left));
    let places = sides.flat_map(|x| [y - 11.0, y + 11.0].map(|y| (x, y))).filter(|label| label.1 > top);
    let Some(at) = places.min_by_key(|label| hidden(*label)) else { return };
    let plate = vec![
        (at.0 - 2.0, at.1 - 8.0),
        (at.0 + width, at.1 - 8.0),
        (at.0 + width, at.1 + 8.0),
        (at.0 - 2.0, at.1 + 8.0),
    ];
    scene.fill(plate, Role::Background.at(0.8));
    scene.text(label, at, Anchor::Start, Weight::Regular, Role::Ink);
}

/// A pinned what-if: its letter on a plate above the law.
fn flag(scene: &mut Scene, panel: &Panel, layout: &Layout, place: &PanelLayout, share: f64, letter: char) {
    let Some(loss) = at(panel, share).filter(|_| share.is_finite()) else { return };
    let (x, y) = (across(layout, share), place.y.project(loss));
    if !within(place, y) {
        return;
    }
    let y = (y - 20.0).max(place.y.range().1 + 9.0);
    scene.fill(
        vec![
            (x - 8.0, y - 9.0),
            (x + 8.0, y - 9.0),
            (x + 8.0, y + 7.0),
            (x + 4.0, y + 7.0),
            (x, y + 11.0),
            (x - 4.0, y + 7.0),
            (x - 8.0, y + 7.0),
        ],
        Role::Ink,
    );
    scene.text(letter.to_string(), (x, y - 1.0), Anchor::Middle, Weight::Strong, Role::Background);
}

/// Hatches the shares outside the data.
fn beyond(scene: &mut Scene, view: &ChartView, layout: &Layout, place: &PanelLayout) {
    let Some((low, high)) = data(view, layout) else { return };
    let ((left, right), (bottom, top)) = (layout.sides(), place.y.range());
    scene.hatch((left, top), (low, bottom));
    scene.hatch((high, top), (right, bottom));
}

/// The pixels of the data's range, where there is one.
fn data(view: &ChartView, layout: &Layout) -> Option<(f64, f64)> {
    let (low, high) = view.data;
    (low.is_finite() && high.is_finite() && low <= high).then(|| (across(layout, low), across(layout, high)))
}

fn grid(scene: &mut Scene, layout: &Layout, place: &PanelLayout) {
    let (left, right) = layout.sides();
    for value in &place.ticks.values {
        let y = place.y.project(*value);
        scene.line(vec![(left, y), (right, y)], 1.0, Role::Grid);
        let label = ticks::loss_label(*value, &place.ticks);
        scene.text(label, (left - 8.0, y), Anchor::End, Weight::Regular, Role::Ink3);
    }
}

fn bands(scene: &mut Scene, panel: &Panel, layout: &Layout, place: &PanelLayout) {
    let colour = colour(panel.kind);
    for (band, alpha, edge) in [(&panel.curve.new_run, 0.1, 0.5), (&panel.curve.law, 0.3, 0.0)] {
        let (bottom, top) = place.y.range();
        let mut upper: Vec<Pixel> = Vec::new();
        let mut lower: Vec<Pixel> = Vec::new();
        for (x, (low, high)) in panel.curve.x.iter().zip(band) {
            if x.is_finite() && low.is_finite() && high.is_finite() {
                let x = across(layout, *x);
                upper.push((x, height(place, *high)));
                lower.push((x, height(place, *low)));
            }
        }
        let inside = |points: &[Pixel]| points.iter().map(|(x, y)| (*x, y.clamp(top, bottom))).collect::<Vec<Pixel>>();
        let (top_edge, bottom_edge) = (inside(&upper), inside(&lower));
        if edge > 0.0 {
            strokes(scene, &top_edge, &bottom_edge, colour);
            // Where the band goes on beyond the panel it has no edge to be drawn.
            for part in [upper, lower].iter().flat_map(|edge| clip(edge, top, bottom)) {
                scene.dashed(&part, 2.0, 3.0, 1.0, colour.at(edge));
            }
        }
        scene.fill(top_edge.into_iter().chain(bottom_edge.into_iter().rev()).collect(), colour.at(alpha));
    }
}

/// Upright strokes through a band, so that it is told from the law's by its pattern and not by its tone alone.
fn strokes(scene: &mut Scene, upper: &[Pixel], lower: &[Pixel], colour: Role) {
    let (Some(first), Some(last)) = (upper.first(), upper.last()) else { return };
    // On whole multiples, so that strokes stand still while a slider moves the band.
    let mut x = (first.0 / STROKES).ceil() * STROKES;
    let mut right = 1;
    while x < last.0 && right < upper.len() {
        while right + 1 < upper.len() && upper[right].0 < x {
            right += 1;
        }
        let (a, b) = (upper[right - 1], upper[right]);
        let t = if b.0 > a.0 { ((x - a.0) / (b.0 - a.0)).clamp(0.0, 1.0) } else { 1.0 };
        let height = |edge: &[Pixel]| edge[right - 1].1 + t * (edge[right].1 - edge[right - 1].1);
        let (top, bottom) = (height(upper), height(lower));
        if bottom - top > 2.0 {
            scene.line(vec![(x, top), (x, bottom)], 1.0, colour.at(0.2));
        }
        x += STROKES;
    }
}

fn law(scene: &mut Scene, panel: &Panel, layout: &Layout, place: &PanelLayout) {
    let paint = colour(panel.kind);
    let spots = panel.curve.x.iter().zip(&panel.curve.loss);
    let spots = spots.filter(|(x, y)| x.is_finite() && y.is_finite());
    let spots: Vec<Pixel> = spots.map(|(x, y)| (across(layout, *x), height(place, *y))).collect();
    for part in clip(&spots, place.y.range().1, place.y.range().0) {
        match panel.kind {
            LossKind::General => scene.line(part, 2.0, paint),
            LossKind::Domain => scene.dashed(&part, 7.0, 4.0, 2.0, paint),
        }
    }
}

/// The height of a loss: one of 1e300 is finite and its pixel is not; far outside is far enough.
fn height(place: &PanelLayout, loss: f64) -> f64 {
    place.y.project(loss).clamp(-1e5, 1e5)
}

/// The parts of a polyline between two heights.
fn clip(points: &[Pixel], top: f64, bottom: f64) -> Vec<Vec<Pixel>> {
    let mut parts: Vec<Vec<Pixel>> = Vec::new();
    let mut part: Vec<Pixel> = Vec::new();
    for pair in points.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let (mut from, mut to) = (0.0f64, 1.0f64);
        let dy = b.1 - a.1;
        if dy == 0.0 {
            if a.1 < top || a.1 > bottom {
                from = 2.0;
            }
        } else {
            let (p, q) = ((top - a.1) / dy, (bottom - a.1) / dy);
            from = from.max(p.min(q));
            to = to.min(p.max(q));
        }
        if from < to {
            let spot = |t: f64| (a.0 + t * (b.0 - a.0), a.1 + t * dy);
            if part.is_empty() || from > 0.0 {
                parts.push(std::mem::take(&mut part));
                part.push(spot(from));
            }
            part.push(spot(to));
        } else {
            parts.push(std::mem::take(&mut part));
        }
    }
    parts.push(part);
    parts.retain(|p| p.len() > 1);
    parts
}

/// The base model's loss: a dotted line with its value, on the side of the line, and at the end, where the law is not.
fn base(scene: &mut Scene, view: &ChartView, panel: &Panel, layout: &Layout, place: &PanelLayout) {
    if WHOLE && view.across.axis == Axis::Size {
        return base_models(scene, panel, layout, place);
    }
    let Some(base) = panel.base.filter(|b| b.is_finite()) else { return };
    let y = place.y.project(base);
    if !within(place, y) {
        return;
    }
    let (left, right) = layout.sides();
    scene.dashed(&[(left, y), (right, y)], 1.5, 3.5, 1.2, Role::Ink3);
    let label = format!("base {}", number::loss(base));
    let width = label.chars().count() as f64 * DIGIT;
    let (bottom, top) = place.y.range();
    // Four places to stand, the emptiest wins: distance to the law and to the measured points, never over the edge.
    let clear = |(x0, y0): Pixel| {
        let law = panel.curve.x.iter().zip(&panel.curve.loss).map(|(x, v)| (layout.x.project(*x), place.y.project(*v)));
        let measured = panel.points.iter().filter_map(|point| place_of(view, point, layout, place));
        let inside = (top + 8.0..=bottom - 8.0).contains(&y0);
        let near = law.chain(measured).filter(|(x, _)| (x0 - 8.0..=x0 + width + 8.0).contains(x));
        let distance = near.map(|(_, v)| (v - y0).abs()).fold(60.0, f64::min);
        if inside { distance } else { -1.0 }
    };
    let places = [
        (right - width - 4.0, y + 11.0),
        (right - width - 4.0, y - 11.0),
        (left + 6.0, y + 11.0),
        (left + 6.0, y - 11.0),
    ];
    // The limit's own label stands on the left.
    let count = if view.limit.is_some() && panel.kind == LossKind::General { 2 } else { places.len() };
    let best = places.into_iter().take(count).fold((places[0], f64::NEG_INFINITY), |best, place| {
        let room = clear(place);
        if room > best.1 + 4.0 { (place, room) } else { best }
    });
    let ((x, y), _) = best;
    let (at, anchor) = if x > left + 6.5 { ((x + width, y), Anchor::End) } else { ((x, y), Anchor::Start) };
    // On a plate of the page's colour, so that hatching does not run through it.
    let plate = vec![(x - 2.0, y - 8.0), (x + width + 2.0, y - 8.0), (x + width + 2.0, y + 8.0), (x - 2.0, y + 8.0)];
    scene.fill(plate, Role::Background.at(0.8));
    scene.text(label, at, anchor, Weight::Regular, Role::Ink2);
}

/// The base models' losses along the axis of size: a dotted line through the measured ones.
fn base_models(scene: &mut Scene, panel: &Panel, layout: &Layout, place: &PanelLayout) {
    let (left, right) = layout.sides();
    let spots = panel.bases.iter().map(|(size, loss)| (layout.x.project(*size), place.y.project(*loss)));
    let spots: Vec<Pixel> = spots.filter(|spot| (left..=right).contains(&spot.0) && within(place, spot.1)).collect();
    scene.dashed(&spots, 1.5, 3.5, 1.2, Role::Ink3);
    for (x, y) in &spots {
        scene.line(vec![(x - 4.0, *y), (x + 4.0, *y)], 1.5, Role::Ink3);
    }
    if let Some((x, y)) = spots.last() {
        scene.fill(
            vec![(x + 7.0, y - 8.0), (x + 40.0, y - 8.0), (x + 40.0, y + 8.0), (x + 7.0, y + 8.0)],
            Role::Background.at(0.8),
        );
        scene.text("base", (x + 8.0, *y), Anchor::Start, Weight::Regular, Role::Ink2);
    }
}

fn title(scene: &mut Scene, panel: &Panel, layout: &Layout, place: &PanelLayout) {
    let (left, right) = layout.sides();
    let y = place.y.range().1 - 14.0;
    let paint = colour(panel.kind);
    marker(scene, panel.kind, (left + 5.0, y), 4.5, paint);
    // Titles are prose: about 6.6 px a letter when strong, so a long column name gives way to the unit's room.
    let room = ((right - left - 16.0) / 6.8).max(8.0) as usize;
    let title: String = if panel.title.chars().count() > room {
        panel.title.chars().take(room.saturating_sub(1)).chain(['…']).collect()
    } else {
        panel.title.clone()
    };
    let width = title.chars().count() as f64 * 6.8;
    scene.text(title, (left + 16.0, y), Anchor::Start, Weight::Strong, paint);
    if left + 16.0 + width + 12.0 + panel.unit.chars().count() as f64 * 6.4 < right {
        scene.text(panel.unit.clone(), (right, y), Anchor::End, Weight::Regular, Role::Ink3);
    }
}

fn axis(scene: &mut Scene, view: &ChartView, layout: &Layout) {
    let (left, right) = layout.sides();
    for place in &layout.panels {
        let y = place.y.range().0;
        scene.line(vec![(left, y), (right, y)], 1.0, Role::Strong);
    }
    let (_, bottom) = layout.reach();
    ticks_across(scene, &view.across, layout.x.range(), bottom);
    if let Some((low, high)) = data(view, layout) {
        // A single value in the data is still seen as a short stroke.
        let (low, high) = if high - low < 4.0 { (low - 2.0, high + 2.0) } else { (low, high) };
        scene.line(vec![(low, bottom), (high, bottom)], 3.0, Role::Strong);
    }
    scene.text(view.across.name(), (left, bottom + 41.0), Anchor::Start, Weight::Regular, Role::Ink2);
}

/// The ticks of a horizontal axis with their labels.
pub(super) fn ticks_across(scene: &mut Scene, axis: &AxisView, (left, right): (f64, f64), bottom: f64) {
    let scale = axis.scale((left, right));
    for value in axis.minor_ticks() {
        let x = scale.project(value);
        scene.line(vec![(x, bottom), (x, bottom + 3.0)], 1.0, Role::Strong);
    }
    for value in axis.ticks(right - left) {
        let x = scale.project(value);
        scene.line(vec![(x, bottom), (x, bottom + 5.0)], 1.0, Role::Strong);
        let label = axis.label(value);
        // A label at the right end would hang over the edge.
        let over = x + label.chars().count() as f64 * DIGIT / 2.0 > right + 6.0;
        let (at, anchor) = if over { (right + 6.0, Anchor::End) } else { (x, Anchor::Middle) };
        scene.text(label, (at, bottom + 21.0), anchor, Weight::Regular, Role::Ink3);
    }
}

/// The handle of the what-if, hanging on the axis.
fn grip(scene: &mut Scene, (x, y): Pixel) {
    let shape = [(0.0, 1.0), (6.0, 7.0), (6.0, 14.0), (-6.0, 14.0), (-6.0, 7.0)];
    scene.fill(shape.iter().map(|(dx, dy)| (x + dx * 1.3, y + (dy - 1.0) * 1.3)).collect(), Role::Background);
    scene.fill(shape.iter().map(|(dx, dy)| (x + dx, y + dy)).collect(), Role::Ink);
}

/// The measured points, or those of them that upright lines run through.
fn points(
    scene: &mut Scene,
    view: &ChartView,
    panel: &Panel,
    layout: &Layout,
    place: &PanelLayout,
    lines: Option<&[f64]>,
) {
    let paint = colour(panel.kind);
    let met = |at: &Pixel| lines.is_none_or(|lines| lines.iter().any(|x| (at.0 - x).abs() < POINT + 1.5));
    let of = |other: bool| {
        let sort = panel.points.iter().filter(move |point| point.other == other);
        sort.filter_map(|point| place_of(view, point, layout, place)).filter(met).collect::<Vec<Pixel>>()
    };
    // Hollow ones first: those at the what-if's own size and budget lie on top.
    let (others, own) = (of(true), of(false));
    let diamond = panel.kind == LossKind::Domain;
    let look = |radius: f64, paint: Paint, edge: Option<(f64, Paint)>| Look { diamond, radius, paint, edge };
    let crowd = WHOLE && panel.points.len() > CROWD;
    if crowd {
        scene.dots(others, look(1.5, paint.at(0.4), None));
    } else {
        scene.dots(others, look(2.9, Role::Background.into(), Some((1.2, paint.at(0.75)))));
    }
    // Each has an edge of its own in the page's colour, that it can be told from its neighbour; a crowd has one around
    // all of it, as every edge is to be painted.
    for own in own.chunks(if crowd { usize::MAX } else { 1 }) {
        scene.dots(own.to_vec(), look(POINT, Role::Background.into(), None));
        scene.dots(own.to_vec(), look(POINT - 1.0, paint.into(), None));
    }
}

/// A ring around a point.
pub fn ring(scene: &mut Scene, at: Pixel, radius: f64) {
    let nothing = Role::Background.at(0.0);
    scene.dots(vec![at], Look { diamond: false, radius, paint: nothing, edge: Some((1.5, Role::Ink.into())) });
}

/// Where a measured point stands; `None` where it has no place in the panel.
pub fn place_of(view: &ChartView, point: &Measured, layout: &Layout, place: &PanelLayout) -> Option<Pixel> {
    let value = point.on(view.across.axis).filter(|value| view.across.shows(*value))?;
    let spot = (layout.x.project(value), place.y.project(point.loss));
    within(place, spot.1).then_some(spot)
}

/// The marker of a loss: a circle or a diamond.
pub(super) fn marker(scene: &mut Scene, kind: LossKind, at: Pixel, radius: f64, paint: impl Into<Paint>) {
    match kind {
        LossKind::General => scene.circle(at, radius, paint),
        LossKind::Domain => scene.diamond(at, radius, paint),
    }
}
