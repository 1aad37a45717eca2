//! The scene: what a painter draws, in CSS pixels and named colours, back to front. Dashes, diamonds and hatching are
//! already lines and polygons, so that every painter needs four primitives only: lines, fills, markers and text.

/// A position in CSS pixels from the top left.
pub type Pixel = (f64, f64);

/// A colour by its part on the page; a painter looks up the theme's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The general loss.
    General,
    /// A domain loss.
    Domain,
    /// Text and what-if.
    Ink,
    /// Second text.
    Ink2,
    /// Ticks and captions.
    Ink3,
    /// Grid lines.
    Grid,
    /// Axes.
    Strong,
    /// Hatching beyond the data.
    Hatch,
    /// The page.
    Background,
}

/// A colour with its opacity, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paint {
    /// The colour.
    pub role: Role,
    /// Opacity.
    pub alpha: f64,
}

/// Where a text hangs on its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Begins there.
    Start,
    /// Is centred there.
    Middle,
    /// Ends there.
    End,
}

/// How heavy a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Running text.
    Regular,
    /// Titles.
    Strong,
}

/// One thing to draw.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// A polyline of a width.
    Line {
        /// Its corners.
        points: Vec<Pixel>,
        /// Width.
        width: f64,
        /// Colour.
        paint: Paint,
    },
    /// A filled polygon.
    Fill {
        /// Its corners.
        points: Vec<Pixel>,
        /// Colour.
        paint: Paint,
    },
    /// Markers of one look. Thousands of rows are a few of these, as a painter is asked once for each mark.
    Dots {
        /// Where they stand.
        centres: Vec<Pixel>,
        /// Their look.
        look: Look,
    },
    /// A 13 px text, centred vertically on its position.
    Text {
        /// What it says.
        text: String,
        /// Where it hangs.
        at: Pixel,
        /// How it hangs.
        anchor: Anchor,
        /// How heavy.
        weight: Weight,
        /// Colour.
        paint: Paint,
    },
}

/// How a marker looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// A diamond in place of a circle.
    pub diamond: bool,
    /// Radius of the circle; a diamond has its weight.
    pub radius: f64,
    /// What it is filled with.
    pub paint: Paint,
    /// Width and colour of a line around it, centred on its edge.
    pub edge: Option<(f64, Paint)>,
}

impl Look {
    /// From the centre to the edge: a diamond covers 2 r², a circle 3.14 r², so a quarter wider looks the same.
    pub fn reach(&self) -> f64 {
        if self.diamond { self.radius * 1.25 } else { self.radius }
    }
}

/// Everything to draw, back to front.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scene {
    /// The marks.
    pub marks: Vec<Mark>,
    /// How many of the first of them rest on neither what-if nor cursor: a painter may keep their picture.
    pub ground: usize,
}

impl From<Role> for Paint {
    fn from(role: Role) -> Self {
        Self { role, alpha: 1.0 }
    }
}

impl Role {
    /// This colour at an opacity.
    pub fn at(self, alpha: f64) -> Paint {
        Paint { role: self, alpha }
    }
}

impl Scene {
    /// All marks so far rest on neither what-if nor cursor.
    pub fn end_ground(&mut self) {
        self.ground = self.marks.len();
    }

    /// Adds a polyline; fewer than two points draw nothing.
    pub fn line(&mut self, points: Vec<Pixel>, width: f64, paint: impl Into<Paint>) {
        if points.len() > 1 {
            self.marks.push(Mark::Line { points, width, paint: paint.into() });
        }
    }

    /// Adds a dashed polyline.
    pub fn dashed(&mut self, points: &[Pixel], on: f64, off: f64, width: f64, paint: impl Into<Paint>) {
        let paint = paint.into();
        for part in dash(points, on, off) {
            self.line(part, width, paint);
        }
    }

    /// Adds a filled polygon; fewer than three points draw nothing.
    pub fn fill(&mut self, points: Vec<Pixel>, paint: impl Into<Paint>) {
        if points.len() > 2 {
            self.marks.push(Mark::Fill { points, paint: paint.into() });
        }
    }

    /// Adds markers of one look; none draw nothing.
    pub fn dots(&mut self, centres: Vec<Pixel>, look: Look) {
        if !centres.is_empty() {
            self.marks.push(Mark::Dots { centres, look });
        }
    }

    /// Adds a filled circle.
    pub fn circle(&mut self, centre: Pixel, radius: f64, paint: impl Into<Paint>) {
        self.dots(vec![centre], Look { diamond: false, radius, paint: paint.into(), edge: None });
    }

    /// Adds a filled diamond with the weight of a circle of that radius.
    pub fn diamond(&mut self, centre: Pixel, radius: f64, paint: impl Into<Paint>) {
        self.dots(vec![centre], Look { diamond: true, radius, paint: paint.into(), edge: None });
    }

    /// Adds a text.
    pub fn text(
        &mut self,
        text: impl Into<String>,
        at: Pixel,
        anchor: Anchor,
        weight: Weight,
        paint: impl Into<Paint>,
    ) {
        self.marks.push(Mark::Text { text: text.into(), at, anchor, weight, paint: paint.into() });
    }

    /// Adds 45° hatching 7 px apart over a rectangle. Its lines lie where those of a neighbour would go on.
    pub fn hatch(&mut self, (left, top): Pixel, (right, bottom): Pixel) {
        let (width, height) = (right - left, bottom - top);
        if !(width > 0.5 && height > 0.5) {
            return;
        }
        let pitch = 7.0 * std::f64::consts::SQRT_2;
        // Each line falls to the right, from the left or top edge to the bottom or right one: `x - y` is the same all
        // along it, and grows line by line from the lower left corner.
        let mut across = ((left - bottom) / pitch).ceil() * pitch;
        while across < right - top {
            let (from, to) = ((left - across).max(top), (right - across).min(bottom));
            self.line(vec![(across + from, from), (across + to, to)], 1.4, Role::Hatch);
            across += pitch;
        }
    }

    /// The same, moved.
    #[must_use]
    pub fn moved(mut self, (right, down): Pixel) -> Self {
        let moved = |at: &mut Pixel| *at = (at.0 + right, at.1 + down);
        for mark in &mut self.marks {
            match mark {
                Mark::Line { points: all, .. } | Mark::Fill { points: all, .. } | Mark::Dots { centres: all, .. } => {
                    all.iter_mut().for_each(moved);
                }
                Mark::Text { at, .. } => moved(at),
            }
        }
        self
    }

    /// Marks, lines of one look that follow each other together: dashes and hatching are many of them.
    pub fn runs(marks: &[Mark]) -> impl Iterator<Item = &[Mark]> {
        let look = |mark: &Mark| match mark {
            Mark::Line { width, paint, .. } => Some((*width, *paint)),
            _ => None,
        };
        let alike = move |one: &Mark, other: &Mark| look(one).is_some() && look(one) == look(other);
        marks.chunk_by(alike)
    }

    /// Whether every coordinate is finite.
    pub fn is_finite(&self) -> bool {
        let pixel = |p: &Pixel| p.0.is_finite() && p.1.is_finite();
        self.marks.iter().all(|mark| match mark {
            Mark::Line { points, width, .. } => width.is_finite() && points.iter().all(pixel),
            Mark::Fill { points, .. } => points.iter().all(pixel),
            Mark::Dots { centres, look } => look.radius.is_finite() && centres.iter().all(pixel),
            Mark::Text { at, .. } => pixel(at),
        })
    }
}

/// Splits a polyline into dashes of length `on` with gaps of length `off`.
pub fn dash(points: &[Pixel], on: f64, off: f64) -> Vec<Vec<Pixel>> {
    let mut parts = Vec::new();
    let (mut drawing, mut left) = (true, on);
    let mut part: Vec<Pixel> = points.first().copied().into_iter().collect();
    for pair in points.windows(2) {
        let [mut a, b] = [pair[0], pair[1]];
        let mut length = (b.0 - a.0).hypot(b.1 - a.1);
        // Also ends a pattern of length zero or of a coordinate that is not finite.
        while length > left && left > 0.0 {
            let t = left / length;
            a = (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1));
            length -= left;
            if drawing {
                part.push(a);
                parts.push(std::mem::take(&mut part));
            } else {
                part = vec![a];
            }
            drawing = !drawing;
            left = if drawing { on } else { off };
        }
        left -= length;
        if drawing {
            part.push(b);
        }
    }
    if drawing && part.len() > 1 {
        parts.push(part);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{Mark, Scene, dash};

    #[test]
    fn dashes_keep_their_length_around_corners() {
        let parts = dash(&[(0.0, 0.0), (10.0, 0.0), (10.0, 12.0)], 7.0, 4.0);
        assert_eq!(parts[0], [(0.0, 0.0), (7.0, 0.0)]);
        assert_eq!(parts[1], [(10.0, 1.0), (10.0, 8.0)]);
        assert_eq!(parts.len(), 2);
    }

    #[test]
    fn hatching_stays_inside_its_rectangle() {
        for (w, h) in [(30.0, 200.0), (300.0, 20.0), (50.0, 50.0)] {
            let mut scene = Scene::default();
            scene.hatch((10.0, 20.0), (10.0 + w, 20.0 + h));
            assert!(!scene.marks.is_empty());
            for mark in &scene.marks {
                let Mark::Line { points, .. } = mark else { unreachable!("hatching is lines: {mark:?}") };
                for (x, y) in points {
                    assert!((10.0 - 1e-9..=10.0 + w + 1e-9).contains(x) && (20.0 - 1e-9..=20.0 + h + 1e-9).contains(y));
                }
                assert!(((points[1].0 - points[0].0) - (points[1].1 - points[0].1)).abs() < 1e-9, "45°: {points:?}");
            }
        }
    }
}
