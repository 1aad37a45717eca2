//! Three corpora as a triangle: every point is a mixture, each corner all of one corpus. Contours of a loss, the measured
//! mixtures, the best one with those of the draws around it, the what-if.
//!
//! The loss is known on a lattice of shares; a contour crosses each of its small triangles in a straight line at most
//! (marching triangles), so that the lines need no case apart. The view is plain data, the scene is laid out at the real
//! pixel width, and [`shares_at`] goes back from a pixel to a mixture.

use super::layout::DIGIT;
use super::scene::{Anchor, Pixel, Role, Scene, Weight};
use super::{shares, ticks};

/// A mixture of three corpora: shares that add up to one.
pub type Shares = [f64; 3];

/// What the triangle shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SimplexView {
    /// Names of the corpora: bottom left, bottom right, top.
    pub corners: [String; 3],
    /// Steps of the lattice along an edge.
    pub steps: usize,
    /// The loss at its nodes, in the order of [`lattice`].
    pub values: Vec<f64>,
    /// Mixtures that were measured.
    pub measured: Vec<Shares>,
    /// The best mixture of each draw.
    pub drawn: Vec<Shares>,
    /// The best mixture.
    pub best: Option<Shares>,
    /// The what-if.
    pub now: Shares,
    /// Mixtures that were kept, with their letters.
    pub pins: Vec<(Shares, char)>,
}

/// Steps of a lattice that is fine enough for smooth lines: 861 nodes.
pub const STEPS: usize = 40;
/// Room for the corners' names and the labels of the edges.
const TOP: f64 = 34.0;
const BOTTOM: f64 = 44.0;
const SIDE: f64 = 34.0;
/// Where a width counts as narrow; style/explore.css has the heights.
const NARROW: f64 = 480.0;
/// Height of an equilateral triangle of side one.
const TALL: f64 = 0.866_025_403_784_438_6;

/// Height of the whole at a width, whatever it shows.
pub fn height(width: f64) -> f64 {
    if width < NARROW { 330.0 } else { 440.0 }
}

/// The lattice's mixtures, in order.
pub fn lattice(steps: usize) -> Vec<Shares> {
    let n = steps.max(1);
    let share = |k: usize| k as f64 / n as f64;
    (0..=n).flat_map(|i| (0..=n - i).map(move |j| [share(i), share(j), share(n - i - j)])).collect()
}

/// Where a node stands in the order.
fn node(steps: usize, i: usize, j: usize) -> usize {
    // Rows before this one have steps + 1, steps, … nodes.
    i * (steps + 1) - i * i.saturating_sub(1) / 2 + j
}

/// The three corners in pixels.
fn corners(width: f64) -> [Pixel; 3] {
    let width = if width.is_finite() { width.clamp(160.0, 4000.0) } else { 640.0 };
    let tall = height(width) - TOP - BOTTOM;
    let side = (width - 2.0 * SIDE).min(tall / TALL).max(40.0);
    let (left, base) = ((width - side) / 2.0, TOP + side * TALL);
    [(left, base), (left + side, base), (left + side / 2.0, TOP)]
}

/// Where a mixture stands.
pub fn place(width: f64, shares: Shares) -> Pixel {
    let at = corners(width);
    let sum = |f: fn(Pixel) -> f64| (0..3).map(|k| shares[k] * f(at[k])).sum();
    (sum(|p| p.0), sum(|p| p.1))
}

/// The mixture at a pixel; outside the triangle the one at its nearest edge.
pub fn shares_at(width: f64, (x, y): Pixel) -> Shares {
    let [a, b, c] = corners(width);
    let of_c = (a.1 - y) / (a.1 - c.1);
    let of_b = (x - a.0 - of_c * (c.0 - a.0)) / (b.0 - a.0);
    let cut = [1.0 - of_b - of_c, of_b, of_c].map(|share| share.max(0.0));
    let sum: f64 = cut.iter().sum();
    if sum.is_finite() && sum > 0.0 { cut.map(|share| share / sum) } else { [1.0 / 3.0; 3] }
}

/// Draws the triangle at a width in CSS pixels; `cursor` is the mixture a reader is at.
pub fn scene(view: &SimplexView, width: f64, cursor: Option<Shares>) -> Scene {
    let mut scene = Scene::default();
    let at = corners(width);
    let spot = |shares: Shares| place(width, shares);
    edges(&mut scene, view, &at, width);
    contours(&mut scene, view, width);
    for shares in view.measured.iter().filter(|shares| is_mixture(shares)) {
        measured_one(&mut scene, spot(*shares));
    }
    for shares in view.drawn.iter().filter(|shares| is_mixture(shares)) {
        scene.diamond(spot(*shares), 2.2, Role::Domain.at(0.3));
    }
    if let Some(cursor) = cursor.filter(is_mixture) {
        scene.circle(spot(cursor), 6.5, Role::Ink3);
        scene.circle(spot(cursor), 5.0, Role::Background);
    }
    for (shares, letter) in view.pins.iter().filter(|(shares, _)| is_mixture(shares)) {
        pin(&mut scene, spot(*shares), *letter);
    }
    if is_mixture(&view.now) {
        shares::this_one(&mut scene, spot(view.now));
    }
    if let Some(best) = view.best.filter(is_mixture) {
        shares::best_one(&mut scene, spot(best));
    }
    scene
}

/// A mixture that was measured.
pub(super) fn measured_one(scene: &mut Scene, at: Pixel) {
    scene.circle(at, 3.0, Role::Ink3.at(0.75));
    scene.circle(at, 1.8, Role::Background);
}

/// A mixture that was kept.
pub(super) fn pin(scene: &mut Scene, at: Pixel, letter: char) {
    scene.circle(at, 8.5, Role::Background);
    scene.circle(at, 7.5, Role::Strong);
    scene.circle(at, 6.5, Role::Background);
    scene.text(letter.to_string(), at, Anchor::Middle, Weight::Strong, Role::Ink2);
}

fn is_mixture(shares: &Shares) -> bool {
    shares.iter().all(|share| (-1e-6..=1.0 + 1e-6).contains(share)) && (shares.iter().sum::<f64>() - 1.0).abs() < 1e-3
}

/// The frame: lines every fifth of a share, their labels along the edges, the corpora's names at the corners.
fn edges(scene: &mut Scene, view: &SimplexView, at: &[Pixel; 3], width: f64) {
    for corpus in 0..3 {
        let (next, last) = ((corpus + 1) % 3, (corpus + 2) % 3);
        for fifth in 1..5 {
            let share = f64::from(fifth) / 5.0;
            let point = |other: usize| {
                let mut shares = [0.0; 3];
                shares[corpus] = share;
                shares[other] += 1.0 - share;
                place(width, shares)
            };
            scene.line(vec![point(next), point(last)], 1.0, Role::Grid);
            // Each corpus' shares stand on the edge that leads to its corner, counted towards it.
            let (x, y) = point(last);
            let label = format!("{} %", fifth * 20);
            let (at, anchor) = match corpus {
                0 => ((x - 7.0, y), Anchor::End),
                1 => ((x, y + 14.0), Anchor::Middle),
                _ => ((x + 7.0, y), Anchor::Start),
            };
            scene.text(label, at, anchor, Weight::Regular, Role::Ink3);
        }
    }
    scene.line(vec![at[0], at[1], at[2], at[0]], 1.0, Role::Strong);
    let room = ((width - 24.0) / 2.0 / 6.8).max(4.0) as usize;
    let named = |name: &str| shares::shortened(name, room);
    let below = at[0].1 + 32.0;
    // Names may be wider than the corners are apart from the edges of the picture.
    scene.text(named(&view.corners[0]), (at[0].0 - SIDE + 6.0, below), Anchor::Start, Weight::Strong, Role::Ink2);
    scene.text(named(&view.corners[1]), (at[1].0 + SIDE - 6.0, below), Anchor::End, Weight::Strong, Role::Ink2);
    scene.text(named(&view.corners[2]), (at[2].0, TOP - 16.0), Anchor::Middle, Weight::Strong, Role::Ink2);
}

/// A stretch of a contour inside one small triangle.
type Stretch = [Shares; 2];

/// The stretches of the contour at a level: where it crosses the edges of each small triangle, along straight lines.
pub fn contour(view: &SimplexView, level: f64) -> Vec<Stretch> {
    let n = view.steps;
    let mut found = Vec::new();
    if n == 0 || view.values.len() != (n + 1) * (n + 2) / 2 {
        return found;
    }
    let share = |k: usize| k as f64 / n as f64;
    let corner = |(i, j): (usize, usize)| ([share(i), share(j), share(n - i - j)], view.values[node(n, i, j)]);
    let mut cross = |triangle: [(usize, usize); 3]| {
        let corners = triangle.map(corner);
        if corners.iter().any(|(_, value)| !value.is_finite()) {
            return;
        }
        let mut ends = Vec::new();
        for (from, to) in [(0, 1), (1, 2), (2, 0)] {
            let ((a, low), (b, high)) = (corners[from], corners[to]);
            // A node on the level counts as above it, so that a line through it is drawn once.
            if (low >= level) != (high >= level) {
                let t = (level - low) / (high - low);
                ends.push([0, 1, 2].map(|k| a[k] + t * (b[k] - a[k])));
            }
        }
        if let [a, b] = ends[..] {
            found.push([a, b]);
        }
    };
    for i in 0..n {
        for j in 0..n - i {
            cross([(i, j), (i + 1, j), (i, j + 1)]);
            if i + j + 2 <= n {
                cross([(i + 1, j), (i, j + 1), (i + 1, j + 1)]);
            }
        }
    }
    found
}

/// The contours with their labels, each where there is most room.
fn contours(scene: &mut Scene, view: &SimplexView, width: f64) {
    let finite = view.values.iter().copied().filter(|value| value.is_finite());
    let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    if low >= high {
        return;
    }
    let levels = ticks::levels(low, high);
    let at = corners(width);
    let mut taken: Vec<Pixel> = Vec::new();
    let mut labels: Vec<(Pixel, String)> = Vec::new();
    for level in &levels.values {
        let stretches = contour(view, *level);
        for [a, b] in &stretches {
            scene.line(vec![place(width, *a), place(width, *b)], 1.2, Role::Domain.at(0.8));
        }
        let room = |(x, y): Pixel| {
            let from = |(px, py): &Pixel| (px - x).hypot((py - y) * 1.6);
            let edges = at.iter().chain(&taken).map(from).fold(f64::INFINITY, f64::min);
            let [of_a, of_b, of_c] = shares_at(width, (x, y));
            edges.min(of_a.min(of_b).min(of_c) * 3.0 * (at[1].0 - at[0].0))
        };
        let middle = stretches.iter().map(|[a, b]| {
            let ((ax, ay), (bx, by)) = (place(width, *a), place(width, *b));
            ((ax + bx) / 2.0, (ay + by) / 2.0)
        });
        if let Some(spot) = middle.max_by(|a, b| room(*a).total_cmp(&room(*b))).filter(|spot| room(*spot) > 16.0) {
            taken.push(spot);
            labels.push((spot, ticks::loss_label(*level, &levels)));
        }
    }
    for ((x, y), label) in labels {
        let half = label.chars().count() as f64 * DIGIT / 2.0 + 2.0;
        let plate = vec![(x - half, y - 8.0), (x + half, y - 8.0), (x + half, y + 8.0), (x - half, y + 8.0)];
        scene.fill(plate, Role::Background.at(0.85));
        scene.text(label, (x, y), Anchor::Middle, Weight::Regular, Role::Domain);
    }
}

#[cfg(test)]
mod tests {
    use super::{STEPS, Shares, SimplexView, contour, lattice, place, scene, shares_at};

    fn view(loss: impl Fn(Shares) -> f64) -> SimplexView {
        SimplexView {
            corners: ["web", "books", "code"].map(str::to_owned),
            steps: STEPS,
            values: lattice(STEPS).into_iter().map(loss).collect(),
            measured: vec![[0.2, 0.3, 0.5]],
            drawn: vec![[0.1, 0.1, 0.8]; 20],
            best: Some([0.1, 0.2, 0.7]),
            now: [0.3, 0.3, 0.4],
            pins: vec![([0.5, 0.25, 0.25], 'A'), ([0.0, 0.0, 1.0], 'B')],
        }
    }

    #[test]
    fn the_lattice_covers_the_simplex_and_nodes_are_found_in_it() {
        let all = lattice(4);
        assert_eq!(all.len(), 15);
        for (at, shares) in all.iter().enumerate() {
            assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            let [i, j] = [shares[0], shares[1]].map(|share| (share * 4.0).round() as usize);
            assert_eq!(super::node(4, i, j), at);
        }
    }

    #[test]
    fn a_pixel_and_a_mixture_are_two_ways_to_say_the_same() {
        for width in [220.0, 390.0, 700.0] {
            for shares in lattice(7) {
                let back = shares_at(width, place(width, shares));
                assert!(shares.iter().zip(back).all(|(a, b)| (a - b).abs() < 1e-9), "{shares:?} {back:?}");
            }
            let [a, b, c] = shares_at(width, (0.0, 0.0));
            assert!(a >= 0.0 && b == 0.0 && c >= 0.0 && (a + c - 1.0).abs() < 1e-12, "outside: the nearest edge");
        }
    }

    #[test]
    fn contours_lie_on_their_level() {
        // Of a plane exactly; of the mixing law's exponential to the square of the lattice's step.
        for stretch in contour(&view(|[a, b, _]| 2.0 + a - 0.5 * b), 2.2) {
            for [a, b, c] in stretch {
                assert!((2.0 + a - 0.5 * b - 2.2).abs() < 1e-12 && (a + b + c - 1.0).abs() < 1e-12);
            }
        }
        let curved = |[a, b, _]: Shares| 2.0 + (-3.0 * a + 1.5 * b).exp();
        let stretches = contour(&view(curved), 2.6);
        assert!(stretches.len() > STEPS / 2);
        assert!(stretches.iter().flatten().all(|shares| (curved(*shares) - 2.6).abs() < 2e-3));
        assert!(contour(&view(|_| 2.0), 2.0).is_empty(), "nothing is crossed where all is level");
        assert!(contour(&SimplexView::default(), 1.0).is_empty());
    }

    #[test]
    fn draws_finite_marks_at_any_width_and_skips_odd_numbers() {
        let mut odd = view(|[a, ..]| if a > 0.5 { f64::NAN } else { 2.0 + a });
        odd.best = Some([f64::NAN, 0.5, 0.5]);
        odd.now = [2.0, 0.0, 0.0];
        for view in [view(|[a, b, c]| 2.0 + a * a + b * c), odd, SimplexView::default()] {
            for width in [120.0, 390.0, 700.0, f64::NAN] {
                assert!(scene(&view, width, Some([0.2, 0.2, 0.6])).is_finite(), "{width}");
            }
        }
    }
}
