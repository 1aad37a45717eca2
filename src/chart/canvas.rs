//! The canvas painter: draws a [`Scene`] on plotters-canvas. Polygons go through plotters' primitives; lines and markers of
//! one look go together, and texts without a font set for each, straight to the context behind them, as plotters can't.
//!
//! plotters draws to whole numbers. The context is scaled so that one of its units is an eighth of a CSS pixel: curves stay
//! smooth, and text and lines are rasterised at the screen's own resolution. No text is measured, which in plotters would
//! add an element with an inline style to the page, against its content security policy.

use super::scene::{Anchor, Look, Mark, Paint, Pixel, Role, Scene, Weight};
use plotters::backend::DrawingBackend;
use plotters::style::{Color, RGBAColor, RGBColor};
use plotters_canvas::CanvasBackend;
use std::cell::{Cell, RefCell};
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// plotters' units in a CSS pixel.
const UNITS: f64 = 8.0;
/// Text height in CSS pixels (the smallest of the type scale).
const TEXT: f64 = 13.0;

/// The page's colours and font, read from the computed style.
#[derive(Debug, Clone)]
struct Theme {
    colours: [RGBColor; 9],
    font: String,
}

thread_local! {
    /// The theme as it was read last: reading it makes the browser compute the styles of all that changed before.
    static THEME: RefCell<Option<Theme>> = const { RefCell::new(None) };
    /// How often it was forgotten.
    static FORGOTTEN: Cell<u32> = const { Cell::new(0) };
}

/// Has the theme read anew: the colours or the fonts have changed.
pub fn forget_theme() {
    THEME.with(|theme| theme.replace(None));
    FORGOTTEN.set(FORGOTTEN.get().wrapping_add(1));
}

impl Theme {
    /// The theme, read at an element where it is not known.
    fn at(canvas: &HtmlCanvasElement) -> Self {
        THEME.with(|theme| theme.borrow_mut().get_or_insert_with(|| Self::read(canvas)).clone())
    }

    /// Reads the custom properties at an element; one that is missing or not `#rrggbb` becomes a middle grey, which can be
    /// read on light and on dark.
    fn read(canvas: &HtmlCanvasElement) -> Self {
        let style = web_sys::window().and_then(|window| window.get_computed_style(canvas).ok().flatten());
        let property = |name: &str| style.as_ref().and_then(|s| s.get_property_value(name).ok()).unwrap_or_default();
        let names = ["--g", "--d", "--ink", "--ink2", "--ink3", "--line", "--strong", "--hatch", "--bg"];
        let font = property("font-family");
        let font = if font.is_empty() { "sans-serif".to_owned() } else { font };
        Self { colours: names.map(|name| hex(&property(name)).unwrap_or(RGBColor(128, 128, 128))), font }
    }

    fn font(&self, weight: Weight) -> String {
        let weight = if weight == Weight::Strong { "bold " } else { "" };
        format!("{weight}{}px {}", TEXT * UNITS, self.font)
    }

    fn colour(&self, paint: Paint) -> RGBAColor {
        let [g, d, ink, ink2, ink3, grid, strong, hatch, background] = &self.colours;
        let colour = match paint.role {
            Role::General => g,
            Role::Domain => d,
            Role::Ink => ink,
            Role::Ink2 => ink2,
            Role::Ink3 => ink3,
            Role::Grid => grid,
            Role::Strong => strong,
            Role::Hatch => hatch,
            Role::Background => background,
        };
        colour.mix(paint.alpha.clamp(0.0, 1.0))
    }
}

fn hex(text: &str) -> Option<RGBColor> {
    let digits = text.trim().strip_prefix('#')?;
    let channel = |i: usize| digits.get(2 * i..2 * i + 2).and_then(|d| u8::from_str_radix(d, 16).ok());
    (digits.len() == 6).then_some(())?;
    Some(RGBColor(channel(0)?, channel(1)?, channel(2)?))
}

/// Device pixels a CSS pixel.
fn ratio() -> f64 {
    web_sys::window().map_or(1.0, |window| window.device_pixel_ratio()).clamp(1.0, 4.0)
}

/// Draws marks over the whole canvas, `width` by `height` CSS pixels. A canvas without a context draws nothing.
pub fn paint(canvas: &HtmlCanvasElement, marks: &[Mark], size: (f64, f64)) {
    paint_at(canvas, marks, size, ratio());
}

/// What was painted on a canvas: it is painted again only where that or its look has changed.
#[derive(Debug, Default)]
pub struct Painted {
    marks: Vec<Mark>,
    size: (f64, f64),
    ratio: f64,
    forgotten: u32,
}

impl Painted {
    /// Paints what is not there yet.
    pub fn paint(&mut self, canvas: &HtmlCanvasElement, marks: &[Mark], size: (f64, f64)) {
        let (ratio, forgotten) = (ratio(), FORGOTTEN.get());
        if (self.size, self.ratio, self.forgotten) == (size, ratio, forgotten) && self.marks == marks {
            return;
        }
        *self = Self { marks: marks.to_vec(), size, ratio, forgotten };
        paint_at(canvas, marks, size, ratio);
    }
}

/// The same at so many device pixels a CSS pixel.
pub fn paint_at(canvas: &HtmlCanvasElement, marks: &[Mark], (width, height): (f64, f64), ratio: f64) {
    let theme = &Theme::at(canvas);
    let store = ((width * ratio).round() as u32, (height * ratio).round() as u32);
    if (canvas.width(), canvas.height()) != store {
        canvas.set_width(store.0);
        canvas.set_height(store.1);
    }
    let Some(context) = canvas.get_context("2d").ok().flatten() else { return };
    let Ok(context) = context.dyn_into::<CanvasRenderingContext2d>() else { return };
    let scale = ratio / UNITS;
    let cleared = context.set_transform(scale, 0.0, 0.0, scale, 0.0, 0.0);
    if cleared.is_err() {
        return;
    }
    context.clear_rect(0.0, 0.0, width * UNITS, height * UNITS);
    context.set_line_join("round");
    let Some(mut backend) = CanvasBackend::with_canvas_object(canvas.clone()) else { return };
    context.set_text_baseline("middle");
    let mut font = None;
    for run in Scene::runs(marks) {
        match run {
            // Each stroke and fill asks the browser for a style: what looks alike is one path.
            [Mark::Line { width, paint, .. }, ..] => lines(&context, run, (*width, theme.colour(*paint)), ratio),
            [Mark::Dots { centres, look }, ..] => dots(&context, centres, look, theme),
            // One mark that cannot be drawn is no reason to leave out the rest.
            [Mark::Fill { points, paint }, ..] => {
                drop(backend.fill_polygon(points.iter().map(|p| (units(p.0), units(p.1))), &theme.colour(*paint)));
            }
            [Mark::Text { text, at, anchor, weight, paint }, ..] => {
                // A font is looked up in the page's styles: once for each weight.
                if font.replace(*weight) != Some(*weight) {
                    context.set_font(&theme.font(*weight));
                }
                write(&context, text, (*at, *anchor), theme.colour(*paint));
            }
            [] => {}
        }
    }
}

fn css(colour: RGBAColor) -> String {
    let RGBAColor(r, g, b, alpha) = colour;
    format!("rgba({r},{g},{b},{alpha})")
}

/// Strokes lines of one look.
fn lines(context: &CanvasRenderingContext2d, run: &[Mark], (width, colour): (f64, RGBAColor), ratio: f64) {
    context.begin_path();
    for mark in run {
        if let Mark::Line { points, .. } = mark {
            outline(context, &snap(points, width, ratio));
        }
    }
    context.set_line_width(width * UNITS);
    context.set_stroke_style_str(&css(colour));
    context.stroke();
}

/// Adds a line to the path.
fn outline(context: &CanvasRenderingContext2d, points: &[Pixel]) {
    for (k, (x, y)) in points.iter().enumerate() {
        match k {
            0 => context.move_to(x * UNITS, y * UNITS),
            _ => context.line_to(x * UNITS, y * UNITS),
        }
    }
}

/// Fills markers of one look, and draws their edges.
fn dots(context: &CanvasRenderingContext2d, centres: &[Pixel], look: &Look, theme: &Theme) {
    let r = look.reach();
    context.begin_path();
    for &(x, y) in centres {
        if look.diamond {
            outline(context, &[(x, y - r), (x + r, y), (x, y + r), (x - r, y)]);
            context.close_path();
        } else {
            context.move_to((x + r) * UNITS, y * UNITS);
            let _ = context.arc(x * UNITS, y * UNITS, r * UNITS, 0.0, std::f64::consts::TAU);
        }
    }
    context.set_fill_style_str(&css(theme.colour(look.paint)));
    context.fill();
    if let Some((width, paint)) = look.edge {
        context.set_line_width(width * UNITS);
        context.set_stroke_style_str(&css(theme.colour(paint)));
        context.stroke();
    }
}

fn units(value: f64) -> i32 {
    (value * UNITS).round() as i32
}

/// Writes a text in the font that is set.
fn write(context: &CanvasRenderingContext2d, text: &str, ((x, y), anchor): (Pixel, Anchor), colour: RGBAColor) {
    context.set_text_align(match anchor {
        Anchor::Start => "left",
        Anchor::Middle => "center",
        Anchor::End => "right",
    });
    context.set_fill_style_str(&css(colour));
    let _ = context.fill_text(text, x * UNITS, y * UNITS);
}

/// Moves a level or upright line onto the screen's pixels, so that a line of one pixel is one pixel and not two grey ones.
fn snap(points: &[Pixel], width: f64, ratio: f64) -> Vec<Pixel> {
    let [a, b] = points else { return points.to_vec() };
    let odd = (width * ratio).round() as i64 % 2 != 0;
    let onto = |v: f64| if odd { ((v * ratio).floor() + 0.5) / ratio } else { (v * ratio).round() / ratio };
    if a.0 == b.0 {
        vec![(onto(a.0), a.1), (onto(b.0), b.1)]
    } else if a.1 == b.1 {
        vec![(a.0, onto(a.1)), (b.0, onto(b.1))]
    } else {
        points.to_vec()
    }
}
