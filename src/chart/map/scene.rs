//! A map as a scene: tinted regions, contours with their losses, the hatched part beyond the data, measured runs, pins,
//! cursor and what-if.

use super::{MapLayout, MapPanel, MapView};
use crate::chart::contour;
use crate::chart::layout::DIGIT;
use crate::chart::loss::{Cursor, colour, marker, ring, ticks_across};
use crate::chart::scale::Scale;
use crate::chart::scene::{Anchor, Look, Paint, Pixel, Role, Scene, Weight};
use crate::number;
use crate::table::LossKind;
use std::collections::BTreeSet;

/// Opacity of each region below a level: seven of them lie over one another where the loss is lowest.
const TINT: f64 = 0.07;
/// Half the height of a label's plate.
const PLATE: f64 = 8.0;
/// How far, in pixels, a label goes to hide one measured point less.
const HIDES: f64 = 60.0;
/// Pixels a label keeps from another one, from the what-if and from the edges.
const ROOM: f64 = 10.0;

/// Draws a map at a layout made for it.
pub fn scene(view: &MapView, layout: &MapLayout, cursor: Option<Cursor>) -> Scene {
    let mut scene = Scene::default();
    let sides = layout.x.range();
    let mut placed = Vec::new();
    for (k, (panel, up)) in view.panels.iter().zip(&layout.panels).enumerate() {
        let canvas = Canvas { sides, up: up.range() };
        regions(&mut scene, panel, &canvas);
        beyond(&mut scene, view, layout, up);
        let lines: Vec<Vec<Vec<Pixel>>> = panel.levels.iter().map(|level| canvas.lines(panel, *level)).collect();
        lines.iter().flatten().for_each(|line| isoline(&mut scene, panel, line, 1.0));
        let rows: Vec<(Pixel, bool)> =
            panel.points.iter().filter_map(|p| Some((layout.place_of(view, k, p)?, p.other))).collect();
        points(&mut scene, panel.kind, &rows);
        frame(&mut scene, view, panel, layout, up);
        placed.push((canvas, lines, rows));
    }
    let (_, bottom) = layout.reach();
    ticks_across(&mut scene, &view.across, sides, bottom);
    scene.text(view.across.name(), (sides.0, bottom + 41.0), Anchor::Start, Weight::Regular, Role::Ink2);
    scene.end_ground();
    let panels = view.panels.iter().zip(&layout.panels).zip(&placed);
    for (k, ((panel, up), (canvas, lines, rows))) in panels.enumerate() {
        // As good as the what-if: the strong line.
        if let Some(now) = view.at_now.get(k) {
            canvas.lines(panel, *now).iter().for_each(|line| isoline(&mut scene, panel, line, 2.0));
        }
        let taken = layout.spot(view, k, view.now).map(|at| Plate::around(at, 12.0)).into_iter().collect();
        let mut labels = Labels { canvas, rows, taken };
        limit(&mut scene, view, &mut labels);
        levels(&mut scene, panel, lines, &mut labels);
        let chosen = cursor.and_then(|cursor| cursor.point).filter(|(p, _)| *p == k).map(|(_, i)| i);
        if let Some(at) = chosen.and_then(|i| layout.place_of(view, k, panel.points.get(i)?)) {
            ring(&mut scene, at, 8.0);
        }
        pins(&mut scene, view, layout, k);
        crosshair(&mut scene, layout, up, cursor);
        if let Some(at) = layout.spot(view, k, view.now) {
            what_if(&mut scene, panel.kind, at);
        }
    }
    scene
}

/// The pixels of a panel: a grid's positions are parts of them.
struct Canvas {
    sides: (f64, f64),
    /// Bottom and top.
    up: (f64, f64),
}

impl Canvas {
    fn spot(&self, (x, y): contour::Spot) -> Pixel {
        let between = |(from, to): (f64, f64), part: f64| from + part * (to - from);
        (between(self.sides, x), between(self.up, y))
    }

    fn path(&self, points: &[contour::Spot]) -> Vec<Pixel> {
        points.iter().map(|point| self.spot(*point)).collect()
    }

    fn lines(&self, panel: &MapPanel, level: f64) -> Vec<Vec<Pixel>> {
        panel.grid.lines(level).iter().map(|line| self.path(&line.points)).collect()
    }
}

/// Tints what lies below each level: the lower the loss, the more tints lie over one another.
fn regions(scene: &mut Scene, panel: &MapPanel, canvas: &Canvas) {
    for level in &panel.levels {
        let path = contour::joined(panel.grid.below(*level));
        scene.fill(canvas.path(&path), colour(panel.kind).at(TINT));
    }
}

/// Hatches what was not measured.
fn beyond(scene: &mut Scene, view: &MapView, layout: &MapLayout, up: &Scale) {
    let finite = view.data.iter().all(|(low, high)| low.is_finite() && high.is_finite() && low <= high);
    if !finite {
        return;
    }
    let ((left, right), (bottom, top)) = (layout.x.range(), up.range());
    let [(x0, x1), (y0, y1)] = view.data;
    let (x0, x1) = (layout.x.project(x0).clamp(left, right), layout.x.project(x1).clamp(left, right));
    let (y0, y1) = (up.project(y0).clamp(top, bottom), up.project(y1).clamp(top, bottom));
    scene.hatch((left, top), (right, y1));
    scene.hatch((left, y0), (right, bottom));
    scene.hatch((left, y1), (x0, y0));
    scene.hatch((x1, y1), (right, y0));
    let edge = [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)];
    scene.line(edge.to_vec(), 1.0, Role::Strong);
}

/// A line of equal loss: solid or dashed by the loss.
fn isoline(scene: &mut Scene, panel: &MapPanel, line: &[Pixel], width: f64) {
    match panel.kind {
        LossKind::General => scene.line(line.to_vec(), width, colour(panel.kind)),
        LossKind::Domain => scene.dashed(line, 7.0, 4.0, width, colour(panel.kind)),
    }
}

/// The line at which the general loss is at its limit, on every panel: what lies on its far side is not to be chosen.
fn limit(scene: &mut Scene, view: &MapView, labels: &mut Labels) {
    let Some((limit, general)) = view.limit.filter(|limit| limit.is_finite()).zip(view.general()) else { return };
    let lines = labels.canvas.lines(general, limit);
    for line in &lines {
        scene.dashed(line, 9.0, 5.0, 1.5, Role::Ink);
    }
    labels.write(scene, &lines, &format!("limit {}", number::loss(limit)));
}

/// The losses written on their lines, each where it has room; one that has none is left out.
fn levels(scene: &mut Scene, panel: &MapPanel, lines: &[Vec<Vec<Pixel>>], labels: &mut Labels) {
    let places = contour::decimals(&panel.levels);
    for (level, lines) in panel.levels.iter().zip(lines) {
        labels.write(scene, lines, &format!("{level:.places$}"));
    }
}

/// A label's ground.
#[derive(Clone, Copy)]
struct Plate {
    from: Pixel,
    to: Pixel,
}

impl Plate {
    fn around((x, y): Pixel, half: f64) -> Self {
        Self { from: (x - half, y - half), to: (x + half, y + half) }
    }

    fn holds(&self, (x, y): Pixel) -> bool {
        x > self.from.0 && x < self.to.0 && y > self.from.1 && y < self.to.1
    }

    fn meets(&self, other: &Self, room: f64) -> bool {
        self.from.0 < other.to.0 + room
            && other.from.0 < self.to.0 + room
            && self.from.1 < other.to.1 + room
            && other.from.1 < self.to.1 + room
    }
}

/// Where labels go on one panel.
struct Labels<'a> {
    canvas: &'a Canvas,
    /// The measured points, which labels should not lie on.
    rows: &'a [(Pixel, bool)],
    /// What is taken.
    taken: Vec<Plate>,
}

impl Labels<'_> {
    /// Writes a text on one of the lines: of the places along them that are free the one that hides the fewest points,
    /// then the one nearest to the middle.
    fn write(&mut self, scene: &mut Scene, lines: &[Vec<Pixel>], text: &str) {
        let half = text.chars().count() as f64 * DIGIT / 2.0 + 2.0;
        let ((left, right), (bottom, top)) = (self.canvas.sides, self.canvas.up);
        let inside = |plate: &Plate| {
            plate.from.0 > left + 2.0
                && plate.to.0 < right - 2.0
                && plate.from.1 > top + 2.0
                && plate.to.1 < bottom - 2.0
        };
        let middle = ((left + right) / 2.0, (bottom + top) / 2.0);
        let cost = |plate: &Plate, at: Pixel| {
            let hidden = self.rows.iter().filter(|(row, other)| !other && plate.holds(*row)).count();
            HIDES * hidden as f64 + (at.0 - middle.0).hypot(at.1 - middle.1)
        };
        // A line has a point every few pixels: every second is as good.
        let best = lines
            .iter()
            .flat_map(|line| line.iter().step_by(2))
            .map(|&(x, y)| ((x, y), Plate { from: (x - half, y - PLATE), to: (x + half, y + PLATE) }))
            .filter(|(_, plate)| inside(plate) && !self.taken.iter().any(|other| plate.meets(other, ROOM)))
            .map(|(at, plate)| (cost(&plate, at), at, plate))
            .min_by(|one, other| one.0.total_cmp(&other.0));
        let Some((_, at, plate)) = best else { return };
        self.taken.push(plate);
        let Plate { from, to } = plate;
        scene.fill(vec![from, (to.0, from.1), to, (from.0, to.1)], Role::Background.at(0.8));
        scene.text(text, at, Anchor::Middle, Weight::Regular, Role::Ink);
    }
}

/// The panel's edge, the ticks of its vertical axis, its title.
fn frame(scene: &mut Scene, view: &MapView, panel: &MapPanel, layout: &MapLayout, up: &Scale) {
    let ((left, right), (bottom, top)) = (layout.x.range(), up.range());
    scene.line(vec![(left, top), (left, bottom), (right, bottom)], 1.0, Role::Strong);
    let mut free = f64::INFINITY;
    for value in view.up.ticks(bottom - top) {
        let y = up.project(value);
        scene.line(vec![(left - 5.0, y), (left, y)], 1.0, Role::Strong);
        // From below: a label that would touch the one before is left out.
        if y + 8.0 < free {
            scene.text(view.up.label(value), (left - 8.0, y), Anchor::End, Weight::Regular, Role::Ink3);
            free = y - 8.0;
        }
    }
    for value in view.up.minor_ticks() {
        let y = up.project(value);
        scene.line(vec![(left - 3.0, y), (left, y)], 1.0, Role::Strong);
    }
    let y = top - 14.0;
    marker(scene, panel.kind, (left + 5.0, y), 4.5, colour(panel.kind));
    let named = format!("{} upwards", view.up.name());
    let letters = |text: &str| text.chars().count() as f64;
    let room = ((right - left - 16.0) / 6.8).max(8.0) as usize;
    let title: String = if panel.title.chars().count() > room {
        panel.title.chars().take(room.saturating_sub(1)).chain(['…']).collect()
    } else {
        panel.title.clone()
    };
    let mut at = left + 16.0 + letters(&title) * 6.8 + 12.0;
    scene.text(title, (left + 16.0, y), Anchor::Start, Weight::Strong, colour(panel.kind));
    let mut end = right;
    if at + letters(&named) * 6.4 < end {
        end -= letters(&named) * 6.4 + 16.0;
        scene.text(named, (right, y), Anchor::End, Weight::Regular, Role::Ink3);
    }
    at += 4.0;
    if at + letters(&panel.unit) * 6.4 < end {
        scene.text(panel.unit.clone(), (at, y), Anchor::Start, Weight::Regular, Role::Ink3);
    }
}

/// The measured points, small: on a map there are all checkpoints of all runs.
fn points(scene: &mut Scene, kind: LossKind, rows: &[(Pixel, bool)]) {
    let of = |other: bool| rows.iter().filter(move |row| row.1 == other).map(|row| row.0);
    let look = |radius: f64, paint: Paint| Look { diamond: kind == LossKind::Domain, radius, paint, edge: None };
    scene.dots(of(true).collect(), look(1.5, colour(kind).at(0.5)));
    // Of rows on one pixel only one is seen.
    let mut seen = BTreeSet::new();
    let apart: Vec<Pixel> = of(false).filter(|(x, y)| seen.insert((x.round() as i64, y.round() as i64))).collect();
    scene.dots(apart.clone(), look(3.4, Role::Background.into()));
    scene.dots(apart, look(2.4, colour(kind).into()));
}

fn pins(scene: &mut Scene, view: &MapView, layout: &MapLayout, panel: usize) {
    for (place, letter) in &view.pins {
        let Some((x, y)) = layout.spot(view, panel, *place) else { continue };
        let square = vec![(x - 8.0, y - 8.0), (x + 8.0, y - 8.0), (x + 8.0, y + 8.0), (x - 8.0, y + 8.0)];
        scene.fill(square, Role::Ink);
        scene.text(letter.to_string(), (x, y), Anchor::Middle, Weight::Strong, Role::Background);
    }
}

fn crosshair(scene: &mut Scene, layout: &MapLayout, up: &Scale, cursor: Option<Cursor>) {
    let Some(cursor) = cursor.filter(|cursor| cursor.x.is_finite() && cursor.up.is_finite()) else { return };
    let ((left, right), (bottom, top)) = (layout.x.range(), up.range());
    let (x, y) = (layout.x.project(cursor.x), up.project(cursor.up));
    if x >= left - 0.5 && x <= right + 0.5 {
        scene.line(vec![(x, top), (x, bottom)], 1.0, Role::Ink3);
    }
    if y >= top - 0.5 && y <= bottom + 0.5 {
        scene.line(vec![(left, y), (right, y)], 1.0, Role::Ink3);
    }
}

/// The what-if: its loss's marker inside a ring with four arms, which says that it can be moved.
fn what_if(scene: &mut Scene, kind: LossKind, (x, y): Pixel) {
    let arms = [(-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0)];
    for (paint, width) in [(Role::Background, 5.0), (Role::Ink, 2.0)] {
        for (dx, dy) in arms {
            scene.line(vec![(x + 8.0 * dx, y + 8.0 * dy), (x + 14.0 * dx, y + 14.0 * dy)], width, paint);
        }
    }
    scene.circle((x, y), 9.5, Role::Background);
    scene.circle((x, y), 8.0, Role::Ink);
    scene.circle((x, y), 6.5, Role::Background);
    marker(scene, kind, (x, y), 4.5, colour(kind));
}
