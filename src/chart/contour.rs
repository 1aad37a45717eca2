//! Contours of values on a grid: marching squares, and the regions below a level as polygons.
//!
//! A grid's corners are where its values are known; inside a cell each edge is crossed where the straight line between
//! its ends reaches the level. A cell whose four corners cross twice (a saddle) is decided by their mean. A corner that
//! is not finite is missing: a cell with three known corners is treated as a triangle, so that a triangular region on a
//! grid ends along its diagonal; cells with fewer draw nothing.
//!
//! Lines run with the lower values on their left (x to the right, y up), so that of a region's rings the outer ones turn
//! to the left and holes to the right: joined to one path they fill what they should by the non-zero rule.

/// A position in the grid's own coordinates.
pub type Spot = (f64, f64);

/// Values at the crossings of columns and rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Grid {
    /// Position of each column, ascending.
    pub x: Vec<f64>,
    /// Position of each row, ascending.
    pub y: Vec<f64>,
    /// Row by row: the value at `x[i]`, `y[j]` is `values[j * x.len() + i]`.
    pub values: Vec<f64>,
}

/// One line of equal value.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its corners; a closed line's last is its first.
    pub points: Vec<Spot>,
    /// Whether it ends where it began.
    pub closed: bool,
}

/// No edge.
const NONE: u32 = u32::MAX;

impl Grid {
    /// The values of a function at every crossing.
    pub fn of(x: Vec<f64>, y: Vec<f64>, value: impl Fn(f64, f64) -> f64) -> Self {
        let values = y.iter().flat_map(|y| x.iter().map(|x| value(*x, *y))).collect();
        Self { x, y, values }
    }

    /// The least and largest finite value; `None` where there is none.
    pub fn extent(&self) -> Option<(f64, f64)> {
        self.values.iter().filter(|value| value.is_finite()).fold(None, |range, &value| {
            Some(range.map_or((value, value), |(low, high): (f64, f64)| (low.min(value), high.max(value))))
        })
    }

    /// The value between the crossings, linear along both axes; `None` outside or beside a missing corner.
    pub fn at(&self, x: f64, y: f64) -> Option<f64> {
        let (i, tx) = cell(&self.x, x)?;
        let (j, ty) = cell(&self.y, y)?;
        let value = |i: usize, j: usize| self.values.get(j * self.x.len() + i).copied();
        let along = |j: usize| Some(value(i, j)? * (1.0 - tx) + value(i + 1, j)? * tx);
        Some(along(j)? * (1.0 - ty) + along(j + 1)? * ty).filter(|value| value.is_finite())
    }

    /// The lines along which the value is `level`: open ones from edge to edge, and rings. A level that is not finite
    /// and a grid whose sizes don't fit have none.
    pub fn lines(&self, level: f64) -> Vec<Line> {
        let (columns, rows) = (self.x.len(), self.y.len());
        if !level.is_finite() || columns < 2 || rows < 2 || self.values.len() != columns * rows {
            return Vec::new();
        }
        // Each crossed edge is left once and entered once, so a line is a walk along `next`.
        let mut next = vec![NONE; 3 * columns * rows];
        let mut entered = vec![false; 3 * columns * rows];
        for j in 0..rows - 1 {
            for i in 0..columns - 1 {
                self.cross(i, j, level, &mut next, &mut entered);
            }
        }
        let mut lines = Vec::new();
        let starts = (0..next.len()).filter(|&edge| next[edge] != NONE && !entered[edge]).collect::<Vec<_>>();
        for edge in starts {
            lines.push(self.walk(edge, level, &mut next, false));
        }
        for edge in 0..next.len() {
            if next[edge] != NONE {
                lines.push(self.walk(edge, level, &mut next, true));
            }
        }
        lines
    }

    /// The region in which the value is below `level`, as rings; it ends at the grid's border and at missing corners.
    pub fn below(&self, level: f64) -> Vec<Vec<Spot>> {
        let (columns, rows) = (self.x.len(), self.y.len());
        if columns == 0 || rows == 0 || self.values.len() != columns * rows {
            return Vec::new();
        }
        // A border of the highest value there is, at no distance from the edge, closes every line along it.
        let around = |axis: &[f64]| {
            let (first, last) = (axis[0], axis[axis.len() - 1]);
            std::iter::once(first).chain(axis.iter().copied()).chain([last]).collect::<Vec<f64>>()
        };
        let mut values = vec![f64::MAX; (columns + 2) * (rows + 2)];
        for j in 0..rows {
            for i in 0..columns {
                let value = self.values[j * columns + i];
                values[(j + 1) * (columns + 2) + i + 1] = if value.is_finite() { value } else { f64::MAX };
            }
        }
        let padded = Self { x: around(&self.x), y: around(&self.y), values };
        padded.lines(level).into_iter().map(|line| line.points).collect()
    }

    /// Notes the crossings of one cell.
    fn cross(&self, i: usize, j: usize, level: f64, next: &mut [u32], entered: &mut [bool]) {
        let columns = self.x.len();
        let at = |i: usize, j: usize| j * columns + i;
        // Counter-clockwise from the lower left, with the edge that follows each corner.
        let all = [
            (at(i, j), 3 * at(i, j)),
            (at(i + 1, j), 3 * at(i + 1, j) + 1),
            (at(i + 1, j + 1), 3 * at(i, j + 1)),
            (at(i, j + 1), 3 * at(i, j) + 1),
        ];
        // Most cells lie on one side of the level, a missing corner with the low ones.
        let sides = all.map(|(corner, _)| self.values[corner] >= level);
        if sides.iter().all(|high| *high == sides[0]) {
            return;
        }
        let mut corners = [(0.0, 0); 4];
        let mut known = 0;
        for (k, (corner, edge)) in all.into_iter().enumerate() {
            let value = self.values[corner];
            if value.is_finite() {
                // The edge across the missing corner is the diagonal.
                let follows_gap = !self.values[all[(k + 1) % 4].0].is_finite();
                corners[known] = (value, if follows_gap { 3 * at(i, j) + 2 } else { edge });
                known += 1;
            }
        }
        if known < 3 {
            return;
        }
        let corners = &corners[..known];
        let high = |k: usize| corners[k % known].0 >= level;
        let rises = (0..known).filter(|&k| !high(k) && high(k + 1));
        let saddle = known == 4 && (0..4).all(|k| high(k) != high(k + 1));
        let joined_high = saddle && corners.iter().map(|corner| corner.0 / 4.0).sum::<f64>() >= level;
        for k in rises {
            // From where the border leaves the low values to where it comes back to them.
            let back = (1..known).map(|step| k + step).find(|&k| high(k) && !high(k + 1));
            let back = if joined_high { Some(k + 3) } else { back };
            if let Some(back) = back {
                let (from, to) = (corners[k].1, corners[back % known].1);
                next[from] = to as u32;
                entered[to] = true;
            }
        }
    }

    fn walk(&self, start: usize, level: f64, next: &mut [u32], closed: bool) -> Line {
        let mut points = vec![self.crossing(start, level)];
        let mut edge = start;
        while next[edge] != NONE {
            let to = next[edge] as usize;
            next[edge] = NONE;
            points.push(self.crossing(to, level));
            edge = to;
        }
        Line { points, closed }
    }

    /// Where an edge reaches the level.
    fn crossing(&self, edge: usize, level: f64) -> Spot {
        let columns = self.x.len();
        let (corner, which) = (edge / 3, edge % 3);
        let (i, j) = (corner % columns, corner / columns);
        let value = |(i, j): (usize, usize)| self.values[j * columns + i];
        let (from, to) = match which {
            0 => ((i, j), (i + 1, j)),
            1 => ((i, j), (i, j + 1)),
            // The diagonal between the two corners beside the missing one.
            _ if value((i, j)).is_finite() && value((i + 1, j + 1)).is_finite() => ((i, j), (i + 1, j + 1)),
            _ => ((i + 1, j), (i, j + 1)),
        };
        let (a, b) = (value(from), value(to));
        let t = ((level - a) / (b - a)).clamp(0.0, 1.0);
        let between = |a: f64, b: f64| a + t * (b - a);
        (between(self.x[from.0], self.x[to.0]), between(self.y[from.1], self.y[to.1]))
    }
}

/// Rings as one path, each joined to the first by a seam that is walked there and back and so encloses nothing.
pub fn joined(rings: Vec<Vec<Spot>>) -> Vec<Spot> {
    let mut rings = rings.into_iter().filter(|ring| ring.len() > 2);
    let Some(mut path) = rings.next() else { return Vec::new() };
    let home = path[0];
    for ring in rings {
        path.extend(ring);
        path.push(home);
    }
    path
}

/// Up to `most` round levels with about equal areas between them: where a surface is flat, levels lie close, and a cliff
/// at the edge does not take all of them. Ascending.
///
/// The roundest come first, and one joins where it leaves its neighbours room; so where the surface moves a little, levels
/// come and go one by one, and none turns into another.
pub fn levels(values: &[f64], most: usize) -> Vec<f64> {
    let mut known: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    crate::order::ascending(&mut known);
    let (Some(&low), Some(&high)) = (known.first(), known.last()) else { return Vec::new() };
    let below = |level: f64| known.partition_point(|value| *value < level) as f64 / known.len() as f64;
    let value = |part: f64| known[((part * known.len() as f64) as usize).min(known.len() - 1)];
    let room = 1.0 / (most + 1) as f64;
    // The ends of the values need half the room of a level: nothing is written there.
    let mut taken = vec![(-0.5 * room, low), (1.0 + 0.5 * room, high)];
    let span = high - low;
    if !(span.is_finite() && span > 1e-9) {
        return Vec::new();
    }
    let coarsest = span.log10().ceil() as i32;
    // A step under a hundredth of what most of the area spans would write digits that nobody compares.
    let most_of_it = value(0.9) - value(0.1);
    let finest = if most_of_it > 1e-6 * span { most_of_it.log10().floor() as i32 - 1 } else { coarsest - 1 };
    let ladder = (finest..=coarsest).rev().flat_map(|power| [5.0, 2.0, 1.0].map(|m| m * 10f64.powi(power)));
    for step in ladder {
        let mut gap = 0;
        while gap + 1 < taken.len() {
            let (from, to) = (taken[gap].0 + room, taken[gap + 1].0 - room);
            // No number is so odd that it would part its gap into more than ten steps: the line is left out.
            let apart = value(taken[gap + 1].0.min(0.98)) - value(taken[gap].0.max(0.02));
            gap += 1;
            if from > to || step < 0.1 * apart || taken.len() >= most + 2 {
                continue;
            }
            let level = (value(from.max(0.0)) / step).ceil() * step;
            let part = below(level);
            if level > low && level < high && part >= from && part <= to {
                // The part to the right of it is looked at next.
                taken.insert(gap, (part, level));
            }
        }
    }
    taken[1..taken.len() - 1].iter().map(|(_, level)| *level).collect()
}

/// Decimals that print every level exactly: two at least, and none where they go to ten and above, as perplexities do.
pub fn decimals(levels: &[f64]) -> usize {
    let exact = |level: f64| {
        let exact = |places: &usize| {
            let shifted = level * 10f64.powi(*places as i32);
            (shifted - shifted.round()).abs() < 1e-6 * shifted.abs().max(1.0)
        };
        (0..9).find(exact).unwrap_or(9)
    };
    let least = if levels.iter().any(|level| level.abs() >= 10.0) { 0 } else { 2 };
    levels.iter().map(|level| exact(*level)).fold(least, usize::max)
}

/// The cell a position lies in, and how far along it, 0 to 1.
fn cell(axis: &[f64], at: f64) -> Option<(usize, f64)> {
    let last = axis.len().checked_sub(2)?;
    let i = axis.partition_point(|value| *value <= at).saturating_sub(1).min(last);
    let t = (at - axis[i]) / (axis[i + 1] - axis[i]);
    (-1e-9..=1.0 + 1e-9).contains(&t).then(|| (i, t.clamp(0.0, 1.0)))
}

#[cfg(test)]
mod tests {
    use super::{Grid, Spot, decimals, joined, levels};

    fn even(n: usize, low: f64, high: f64) -> Vec<f64> {
        (0..n).map(|k| low + (high - low) * k as f64 / (n - 1) as f64).collect()
    }

    /// Twice the shoelace's area over two: positive where the ring turns to the left.
    fn area(ring: &[Spot]) -> f64 {
        ring.windows(2).map(|pair| pair[0].0 * pair[1].1 - pair[1].0 * pair[0].1).sum::<f64>() / 2.0
            + ring.last().zip(ring.first()).map_or(0.0, |(a, b)| (a.0 * b.1 - b.0 * a.1) / 2.0)
    }

    #[test]
    fn a_bowl_has_rings_with_the_low_side_inside() {
        let grid = Grid::of(even(41, -1.0, 1.0), even(33, -1.0, 1.0), |x, y| x * x + y * y);
        let lines = grid.lines(0.25);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].closed && lines[0].points.first() == lines[0].points.last());
        for (x, y) in &lines[0].points {
            assert!((x.hypot(*y) - 0.5).abs() < 2e-3, "{x} {y}");
        }
        let ring = area(&lines[0].points);
        assert!((ring - std::f64::consts::PI * 0.25).abs() < 5e-3, "{ring}");
        // The same upside down: the ring is a hole in what lies below.
        let hill = Grid { values: grid.values.iter().map(|v| -v).collect(), ..grid };
        assert!(area(&hill.lines(-0.25)[0].points) < 0.0);
        let rings = hill.below(-0.25);
        assert_eq!(rings.len(), 2, "the border, and the hole");
        assert!((area(&joined(rings)) - (4.0 - std::f64::consts::PI * 0.25)).abs() < 5e-3);
    }

    #[test]
    fn a_slope_has_one_open_line_and_its_region_ends_at_the_border() {
        let grid = Grid::of(even(5, 0.0, 1.0), even(7, 0.0, 2.0), |x, y| x + 2.0 * y);
        let lines = grid.lines(1.3);
        assert_eq!(lines.len(), 1);
        assert!(!lines[0].closed);
        assert!(lines[0].points.iter().all(|(x, y)| (x + 2.0 * y - 1.3).abs() < 1e-12));
        let below = grid.below(1.3);
        assert_eq!(below.len(), 1);
        assert!((area(&below[0]) - (1.3 / 2.0 + 0.3 / 2.0) / 2.0).abs() < 1e-9);
        assert!((area(&grid.below(99.0)[0]) - 2.0).abs() < 1e-9, "everything");
        assert!(grid.below(-1.0).is_empty(), "nothing");
    }

    #[test]
    fn saddles_are_decided_by_their_middle_and_lines_never_meet() {
        for (corner, joined_low) in [(0.4, true), (0.6, false)] {
            // High at the lower left and upper right.
            let grid = Grid { x: vec![0.0, 1.0], y: vec![0.0, 1.0], values: vec![1.0, 0.0, 0.0, 1.0 + corner - 0.5] };
            let lines = grid.lines(0.5);
            assert_eq!(lines.len(), 2);
            for line in &lines {
                let [a, b] = line.points[..] else { unreachable!("one segment a corner: {line:?}") };
                let middle = ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0);
                // A line that cuts off a high corner lies near the rising diagonal's ends.
                let near_high = (middle.0 - middle.1).abs() < 0.3;
                assert_eq!(near_high, joined_low, "{middle:?}");
            }
        }
    }

    #[test]
    fn a_triangle_on_a_grid_is_crossed_up_to_its_diagonal() {
        let grid =
            Grid::of(even(11, 0.0, 1.0), even(11, 0.0, 1.0), |x, y| if x + y > 1.0 + 1e-9 { f64::NAN } else { x - y });
        let lines = grid.lines(0.25);
        assert_eq!(lines.len(), 1);
        let ends = [lines[0].points[0], lines[0].points[lines[0].points.len() - 1]];
        let on_diagonal = |(x, y): &Spot| (x + y - 1.0).abs() < 1e-9;
        assert!(ends.iter().any(on_diagonal) && ends.iter().any(|(_, y)| y.abs() < 1e-9), "{ends:?}");
    }

    #[test]
    fn every_point_of_every_line_has_the_level() {
        let f = |x: f64, y: f64| (3.0 * x).sin() + (4.0 * y).cos() + 0.3 * x * y;
        let grid = Grid::of(even(37, -2.0, 2.0), even(29, -2.0, 2.0), f);
        let (low, high) = grid.extent().expect("finite");
        for k in 1..20 {
            let level = low + (high - low) * f64::from(k) / 20.0;
            let lines = grid.lines(level);
            assert!(!lines.is_empty());
            for line in lines {
                for (x, y) in &line.points {
                    let value = grid.at(*x, *y).expect("inside");
                    assert!((value - level).abs() < 1e-9, "{value} {level}");
                }
                let inside = |(x, y): &Spot| x.abs() < 2.0 - 1e-9 && y.abs() < 2.0 - 1e-9;
                assert!(line.closed || !inside(&line.points[0]), "an open line begins at the border");
            }
            let below: f64 = grid.below(level).iter().map(|ring| area(ring)).sum();
            let n = 400;
            let fine = even(n, -2.0 + 2.0 / n as f64, 2.0 - 2.0 / n as f64);
            let count = fine.iter().flat_map(|x| fine.iter().map(move |y| (x, y)));
            let share = count.filter(|(x, y)| f(**x, **y) < level).count() as f64 / (n * n) as f64;
            assert!((below - 16.0 * share).abs() < 0.1, "{below} {share}");
        }
    }

    #[test]
    fn odd_grids_have_no_lines() {
        let grid = Grid::of(even(3, 0.0, 1.0), even(3, 0.0, 1.0), |_, _| f64::NAN);
        assert!(grid.lines(1.0).is_empty() && grid.below(1.0).is_empty() && grid.extent().is_none());
        assert!(Grid::default().lines(1.0).is_empty() && Grid::default().below(1.0).is_empty());
        let short = Grid { x: vec![0.0, 1.0], y: vec![0.0, 1.0], values: vec![1.0] };
        assert!(short.lines(1.0).is_empty() && short.below(2.0).is_empty());
        let flat = Grid::of(even(3, 0.0, 1.0), even(3, 0.0, 1.0), |_, _| 2.0);
        assert!(flat.lines(2.0).is_empty() && flat.lines(f64::NAN).is_empty());
    }

    #[test]
    fn levels_are_round_distinct_and_part_the_area() {
        // A cliff at one side: even steps of the value would spend all levels there.
        let values: Vec<f64> = (1..2000).map(|k| 1.7 + 0.1 / f64::from(k)).chain([9.0]).collect();
        let found = levels(&values, 6);
        assert!(found.len() >= 3 && found.windows(2).all(|w| w[0] < w[1]), "{found:?}");
        assert!(found.iter().all(|level| *level < 1.8), "{found:?}");
        assert_eq!(levels(&[2.0, 2.0, 2.0], 5), Vec::<f64>::new());
        assert_eq!(levels(&[], 5), Vec::<f64>::new());
        let slope = |by: f64| (0..=1000).map(|k| 1.0 + by + f64::from(k) / 1000.0).collect::<Vec<f64>>();
        let printed = |by: f64| levels(&slope(by), 6).iter().map(|level| format!("{level:.2}")).collect::<Vec<_>>();
        assert_eq!(printed(0.0), ["1.20", "1.35", "1.50", "1.65", "1.80"]);
        // A surface that moves a little keeps most of its levels.
        let (before, after) = (printed(0.0), printed(0.02));
        assert!(before.iter().filter(|level| after.contains(level)).count() >= 4, "{after:?}");
        assert_eq!((decimals(&[1.2]), decimals(&[1.725, 3.0]), decimals(&[3.0])), (2, 3, 2));
        assert_eq!((decimals(&[8.0, 12.0]), decimals(&[8.5, 120.0])), (0, 1));
    }
}
