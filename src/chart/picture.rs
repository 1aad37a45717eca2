//! What every chart of the page can do, whatever it shows: be drawn, be pointed at, be said in words.

use super::axis::{AxisView, WHOLE};
use super::loss::{self, Cursor};
use super::scene::{Pixel, Scene};
use super::view::ChartView;
use super::words::{self, Words};
use super::{Layout, View, hit};

/// A chart.
pub trait Picture: Clone + PartialEq + Send + Sync + 'static {
    /// What a screen reader calls its cursor.
    fn name(&self) -> String;
    /// It and its size in CSS pixels, at a width.
    fn scene(&self, width: f64, cursor: Option<Cursor>) -> (Scene, Pixel);
    /// The cursor under a pixel.
    fn cursor(&self, width: f64, at: Pixel) -> Cursor;
    /// The cursor after a key, from where it was or from the what-if; `None` where the key is not its own.
    fn keyed(&self, width: f64, from: Option<Cursor>, key: &str) -> Option<Cursor>;
    /// The cursor at the what-if.
    fn now(&self) -> Cursor;
    /// Its place and the losses there, in pieces that a line is not to be broken in.
    fn losses(&self, at: Cursor) -> Vec<String>;
    /// The measured row a cursor is nearest to.
    fn run(&self, at: Cursor) -> Option<String>;
    /// It as a table and a list.
    fn table(&self) -> Words;
    /// How to read it; `bands` is what the bands hold of the draws.
    fn caption(&self, bands: &str) -> String;
    /// The horizontal axis.
    fn across(&self) -> &AxisView;
}

impl Picture for ChartView {
    fn name(&self) -> String {
        format!("{}: cursor", if WHOLE { self.view().title() } else { "Loss against mixture ratio" })
    }

    fn scene(&self, width: f64, cursor: Option<Cursor>) -> (Scene, Pixel) {
        let layout = Layout::new(self, width);
        (loss::scene(self, &layout, cursor), (layout.width, layout.height))
    }

    fn cursor(&self, width: f64, at: Pixel) -> Cursor {
        hit::cursor(self, &Layout::new(self, width), at)
    }

    fn keyed(&self, width: f64, from: Option<Cursor>, key: &str) -> Option<Cursor> {
        let from = from.map_or(self.now, |cursor| cursor.x);
        let value = self.across.stepped(from, hit::step(key)?);
        Some(hit::cursor_at(self, &Layout::new(self, width), value))
    }

    fn now(&self) -> Cursor {
        Cursor { x: self.now, up: 0.0, point: None }
    }

    fn losses(&self, at: Cursor) -> Vec<String> {
        words::losses(self, at.x)
    }

    fn run(&self, at: Cursor) -> Option<String> {
        words::run(self, at.point)
    }

    fn table(&self) -> Words {
        words::table(self)
    }

    fn caption(&self, bands: &str) -> String {
        // From the start, so that nothing moves when the answer comes that is drawn in grey.
        let limit = match self.view() == View::Ratio && self.panels.len() > 1 {
            true => {
                "Grey, where there is an answer: the ratios that keep the general loss’s limit; darker: the best one’s interval. "
            }
            false => "",
        };
        format!(
            "Solid line and circles: general. Dashed line and diamonds: domain. Dark band: the law; striped band: a new \
             run; both {bands} of the draws. {limit}{}",
            points_of(self)
        )
    }

    fn across(&self) -> &AxisView {
        &self.across
    }
}

fn points_of(view: &ChartView) -> &'static str {
    use crate::law::Axis;
    match view.across.axis {
        Axis::Size if WHOLE => {
            "One point a run, its checkpoint nearest to this budget; hollow: another ratio or budget."
        }
        Axis::Tokens if WHOLE => "Points: every checkpoint; hollow or small: another size, ratio or kind of run.",
        _ => "One point a run, its checkpoint nearest to this budget; hollow: another size or budget.",
    }
}
