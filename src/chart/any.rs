//! Every chart of the whole page as one type: what zooming, panning and choosing rows need to know of it, whichever it is.

use super::Layout;
use super::axis::AxisView;
use super::loss::{self, Cursor};
use super::map::{self, MapLayout, MapView};
use super::picture::Picture;
use super::scene::{Pixel, Scene};
use super::view::{ChartView, View, on};
use super::words::{self, Words};
use crate::law::{Axis, Recipe};

impl Picture for MapView {
    fn name(&self) -> String {
        format!("{}: cursor", self.view.title())
    }

    fn scene(&self, width: f64, cursor: Option<Cursor>) -> (Scene, Pixel) {
        let layout = MapLayout::new(self, width);
        (map::scene(self, &layout, cursor), (layout.width, layout.height))
    }

    fn cursor(&self, width: f64, at: Pixel) -> Cursor {
        MapLayout::new(self, width).cursor(self, at)
    }

    fn keyed(&self, width: f64, from: Option<Cursor>, key: &str) -> Option<Cursor> {
        let from = from.map_or(self.now, |cursor| (cursor.x, cursor.up));
        MapLayout::new(self, width).keyed(self, from, key)
    }

    fn now(&self) -> Cursor {
        Cursor { x: self.now.0, up: self.now.1, point: None }
    }

    fn losses(&self, at: Cursor) -> Vec<String> {
        let place = (at.x, at.up);
        let loss = |(k, panel): (usize, &map::MapPanel)| {
            // The grid's straight lines miss the law a little: what the what-if comes to is known.
            let known = self.at_now.get(k).filter(|_| place == self.now).copied();
            let value = known.or_else(|| panel.grid.at(self.across.part(at.x), self.up.part(at.up)))?;
            Some(words::loss(panel.kind, value, None))
        };
        std::iter::once(self.said(place)).chain(self.panels.iter().enumerate().filter_map(loss)).collect()
    }

    fn run(&self, at: Cursor) -> Option<String> {
        MapView::run(self, at.point)
    }

    fn table(&self) -> Words {
        MapView::table(self)
    }

    fn caption(&self, _: &str) -> String {
        let limit = if self.limit.is_some() { "Long dashes: the general loss at its limit. " } else { "" };
        let other = match self.view.across() {
            Axis::Size => "ratio",
            _ => "size",
        };
        format!(
            "Contours of the law: the stronger the tint, the lower the loss; the strong line is as good as the what-if, which can be \
             dragged. {limit}Points: every checkpoint; small: another {other}. Hatched: beyond what was measured."
        )
    }

    fn across(&self) -> &AxisView {
        &self.across
    }
}

/// Any chart of the page.
#[derive(Debug, Clone, PartialEq)]
pub enum AnyPicture {
    /// Losses against one axis.
    Losses(ChartView),
    /// Losses over two.
    Map(MapView),
}

/// Does the same with whichever picture it is.
macro_rules! with {
    ($any:expr, $picture:ident => $do:expr) => {
        match $any {
            AnyPicture::Losses($picture) => $do,
            AnyPicture::Map($picture) => $do,
        }
    };
}

impl Picture for AnyPicture {
    fn name(&self) -> String {
        with!(self, picture => picture.name())
    }

    fn scene(&self, width: f64, cursor: Option<Cursor>) -> (Scene, Pixel) {
        with!(self, picture => picture.scene(width, cursor))
    }

    fn cursor(&self, width: f64, at: Pixel) -> Cursor {
        with!(self, picture => picture.cursor(width, at))
    }

    fn keyed(&self, width: f64, from: Option<Cursor>, key: &str) -> Option<Cursor> {
        with!(self, picture => picture.keyed(width, from, key))
    }

    fn now(&self) -> Cursor {
        with!(self, picture => picture.now())
    }

    fn losses(&self, at: Cursor) -> Vec<String> {
        with!(self, picture => picture.losses(at))
    }

    fn run(&self, at: Cursor) -> Option<String> {
        with!(self, picture => Picture::run(picture, at))
    }

    fn table(&self) -> Words {
        with!(self, picture => Picture::table(picture))
    }

    fn caption(&self, bands: &str) -> String {
        with!(self, picture => picture.caption(bands))
    }

    fn across(&self) -> &AxisView {
        with!(self, picture => picture.across())
    }
}

impl AnyPicture {
    /// Which view it is.
    pub fn view(&self) -> View {
        match self {
            Self::Losses(view) => view.view(),
            Self::Map(view) => view.view,
        }
    }

    /// Moves its what-if along its own axes, where nothing else of it depends on that; `losses` are a map's there, one a
    /// panel.
    pub fn set_now(&mut self, at: Recipe, losses: Vec<f64>) {
        match self {
            Self::Losses(view) => view.now = on(view.across.axis, &at),
            Self::Map(view) => {
                view.now = (on(view.across.axis, &at), on(view.up.axis, &at));
                view.at_now = losses;
            }
        }
    }

    /// What it shows through a what-if, for a file's title: what the axes leave open is said.
    pub fn titled(&self, at: Recipe) -> String {
        self.view().titled(at)
    }

    /// A cursor's place in words: "40 %", on a map "40 %, 10B tokens".
    pub fn place(&self, at: Cursor) -> String {
        match self {
            Self::Losses(view) => view.across.label(at.x),
            Self::Map(view) => view.said((at.x, at.up)),
        }
    }

    /// Its axes: the horizontal one, and a map's vertical one.
    pub fn axes(&self) -> Vec<AxisView> {
        match self {
            Self::Losses(view) => vec![view.across],
            Self::Map(view) => vec![view.across, view.up],
        }
    }

    /// Where a pixel lies on its axes, as parts of what is shown, and whether it lies below the panels, on the axis.
    pub fn parts(&self, width: f64, (x, y): Pixel) -> (Vec<f64>, bool) {
        let part = |(from, to): (f64, f64), at: f64| ((at - from) / (to - from)).clamp(0.0, 1.0);
        match self {
            Self::Losses(view) => {
                let layout = Layout::new(view, width);
                (vec![part(layout.x.range(), x)], y > layout.reach().1)
            }
            Self::Map(view) => {
                let layout = MapLayout::new(view, width);
                let up = layout.panels.get(layout.panel_at(y)).map_or(0.5, |scale| part(scale.range(), y));
                (vec![part(layout.x.range(), x), up], y > layout.reach().1)
            }
        }
    }

    /// Pixels of each of its axes.
    pub fn lengths(&self, width: f64) -> Vec<f64> {
        let long = |(from, to): (f64, f64)| (to - from).abs().max(1.0);
        match self {
            Self::Losses(view) => vec![long(Layout::new(view, width).x.range())],
            Self::Map(view) => {
                let layout = MapLayout::new(view, width);
                vec![long(layout.x.range()), layout.panels.first().map_or(1.0, |scale| long(scale.range()))]
            }
        }
    }

    /// Where a map's what-if stands, one a panel.
    pub fn grips(&self, width: f64) -> Vec<Pixel> {
        let Self::Map(view) = self else { return Vec::new() };
        let layout = MapLayout::new(view, width);
        (0..view.panels.len()).filter_map(|panel| layout.spot(view, panel, view.now)).collect()
    }

    /// The measured points in sight: where each stands and its line of the file.
    pub fn spots(&self, width: f64) -> Vec<(Pixel, u32)> {
        match self {
            Self::Losses(view) => {
                let layout = Layout::new(view, width);
                let panels = view.panels.iter().zip(&layout.panels);
                let of = panels.flat_map(|(panel, place)| panel.points.iter().map(move |point| (point, place)));
                of.filter_map(|(point, place)| Some((loss::place_of(view, point, &layout, place)?, point.line)))
                    .collect()
            }
            Self::Map(view) => {
                let layout = MapLayout::new(view, width);
                let panels = view.panels.iter().enumerate();
                let of = panels.flat_map(|(k, panel)| panel.points.iter().map(move |point| (k, point)));
                of.filter_map(|(k, point)| Some((layout.place_of(view, k, point)?, point.line))).collect()
            }
        }
    }

    /// The line of the file a cursor is nearest to.
    pub fn line(&self, at: Cursor) -> Option<u32> {
        let (panel, index) = at.point?;
        match self {
            Self::Losses(view) => Some(view.panels.get(panel)?.points.get(index)?.line),
            Self::Map(view) => Some(view.panels.get(panel)?.points.get(index)?.line),
        }
    }
}
