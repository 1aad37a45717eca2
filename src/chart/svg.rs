//! The SVG painter: a [`Scene`] as a file of its own, for papers and slides, and for golden tests.
//!
//! The primitives are four, and plotters draws to whole numbers, so they are written straight: coordinates keep a
//! hundredth of a pixel, and the text stays text. The colours are those of the light theme, since paper is white.

use super::scene::{Anchor, Look, Mark, Paint, Pixel, Role, Scene, Weight};
use std::fmt::Write;

/// Text height in CSS pixels, as on the canvas.
const TEXT: f64 = 13.0;

/// The light theme's colours (`style/base.css`), in the order of [`Role`]; paper instead of the page's off-white.
const fn colour(role: Role) -> &'static str {
    match role {
        Role::General => "#1d5aa8",
        Role::Domain => "#b8480b",
        Role::Ink => "#1b1c1e",
        Role::Ink2 => "#4a4c50",
        Role::Ink3 => "#63656a",
        Role::Grid => "#e4e3de",
        Role::Strong => "#8a8a85",
        Role::Hatch => "#c4c3bc",
        Role::Background => "#ffffff",
    }
}

/// The scene as an SVG document of `width` by `height` CSS pixels; `title` is what a screen reader says of it.
pub fn svg(scene: &Scene, (width, height): (f64, f64), title: &str) -> String {
    let (w, h) = (number(width), number(height));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\" \
         font-family=\"'Source Sans 3', 'Source Sans Pro', 'Helvetica Neue', Arial, sans-serif\" font-size=\"{TEXT}\">\n\
         <title>{}</title>\n<rect width=\"{w}\" height=\"{h}\" fill=\"#ffffff\"/>\n",
        escape(title)
    );
    // Dashes and hatching are many lines of one look: they are one path.
    for run in Scene::runs(&scene.marks) {
        if let [mark, alike @ ..] = run {
            draw(&mut out, mark, alike);
        }
    }
    out.push_str("</svg>\n");
    out
}

/// Writes a mark, and the lines of the same look that follow it.
fn draw(out: &mut String, mark: &Mark, alike: &[Mark]) {
    // Writing to a string can't fail.
    let _ = match mark {
        Mark::Line { points, width, paint } => writeln!(
            out,
            "<path d=\"{}{}\" fill=\"none\" stroke=\"{}\"{} stroke-width=\"{}\" stroke-linejoin=\"round\"/>",
            path(points),
            alike.iter().map(more).collect::<String>(),
            colour(paint.role),
            opacity("stroke", *paint),
            number(*width)
        ),
        Mark::Fill { points, paint } => {
            writeln!(out, "<path d=\"{}Z\" fill=\"{}\"{}/>", path(points), colour(paint.role), opacity("fill", *paint))
        }
        Mark::Dots { centres, look } => dots(out, centres, look),
        Mark::Text { text, at: (x, y), anchor, weight, paint } => {
            let anchor = match anchor {
                Anchor::Start => "",
                Anchor::Middle => " text-anchor=\"middle\"",
                Anchor::End => " text-anchor=\"end\"",
            };
            let weight = match weight {
                Weight::Regular => "",
                Weight::Strong => " font-weight=\"600\"",
            };
            // `dominant-baseline` is not known everywhere: a third of the height is where the middle of a line lies.
            writeln!(
                out,
                "<text x=\"{}\" y=\"{}\"{anchor}{weight} fill=\"{}\"{}>{}</text>",
                number(*x),
                number(y + TEXT * 0.34),
                colour(paint.role),
                opacity("fill", *paint),
                escape(text)
            )
        }
    };
}

fn dots(out: &mut String, centres: &[Pixel], look: &Look) -> std::fmt::Result {
    let fill = format!("fill=\"{}\"{}", colour(look.paint.role), opacity("fill", look.paint));
    let edge = look.edge.map_or_else(String::new, |(width, paint)| {
        let (colour, opacity) = (colour(paint.role), opacity("stroke", paint));
        format!(" stroke=\"{colour}\"{opacity} stroke-width=\"{}\"", number(width))
    });
    let r = look.reach();
    if let ([(x, y)], false) = (centres, look.diamond) {
        let (x, y, r) = (number(*x), number(*y), number(r));
        return writeln!(out, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\" {fill}{edge}/>");
    }
    let one = |&(x, y): &Pixel| match look.diamond {
        true => path(&[(x, y - r), (x + r, y), (x, y + r), (x - r, y)]) + "Z",
        // Two halves: an arc can't end where it began.
        false => {
            let half = |down: f64| format!("a{0} {0} 0 0 1 {1} 0", number(r), number(2.0 * r * down));
            format!("M{} {}{}{}Z", number(x - r), number(y), half(1.0), half(-1.0))
        }
    };
    writeln!(out, "<path d=\"{}\" {fill}{edge}/>", centres.iter().map(one).collect::<String>())
}

fn more(line: &Mark) -> String {
    if let Mark::Line { points, .. } = line { path(points) } else { String::new() }
}

fn path(points: &[Pixel]) -> String {
    let mut out = String::new();
    for (k, (x, y)) in points.iter().enumerate() {
        let _ = write!(out, "{}{} {}", if k == 0 { "M" } else { "L" }, number(*x), number(*y));
    }
    out
}

fn opacity(of: &str, paint: Paint) -> String {
    if paint.alpha < 1.0 { format!(" {of}-opacity=\"{}\"", number(paint.alpha.max(0.0))) } else { String::new() }
}

/// To a hundredth, without trailing zeros.
fn number(value: f64) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    // No "-0".
    format!("{}", if rounded == 0.0 { 0.0 } else { rounded })
}

/// A text inside an element.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_primitive_is_written_with_its_colour_and_place() {
        let mut scene = Scene::default();
        scene.line(vec![(0.0, 1.0), (2.004, 3.0)], 1.5, Role::General);
        scene.line(vec![(4.0, 1.0), (5.0, 1.0)], 1.5, Role::General);
        scene.line(vec![(4.0, 2.0), (5.0, 2.0)], 1.0, Role::General);
        scene.fill(vec![(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)], Role::Domain.at(0.25));
        scene.circle((5.0, 6.0), 3.0, Role::Ink);
        scene.text("a < b & c", (7.0, 8.0), Anchor::End, Weight::Strong, Role::Ink2);
        let text = svg(&scene, (100.0, 50.0), "A <chart>");
        assert_eq!(
            text,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100\" height=\"50\" viewBox=\"0 0 100 50\" role=\"img\" \
             font-family=\"'Source Sans 3', 'Source Sans Pro', 'Helvetica Neue', Arial, sans-serif\" font-size=\"13\">\n\
             <title>A &lt;chart&gt;</title>\n<rect width=\"100\" height=\"50\" fill=\"#ffffff\"/>\n\
             <path d=\"M0 1L2 3M4 1L5 1\" fill=\"none\" stroke=\"#1d5aa8\" stroke-width=\"1.5\" stroke-linejoin=\"round\"/>\n\
             <path d=\"M4 2L5 2\" fill=\"none\" stroke=\"#1d5aa8\" stroke-width=\"1\" stroke-linejoin=\"round\"/>\n\
             <path d=\"M0 0L1 0L1 1Z\" fill=\"#b8480b\" fill-opacity=\"0.25\"/>\n\
             <circle cx=\"5\" cy=\"6\" r=\"3\" fill=\"#1b1c1e\"/>\n\
             <text x=\"7\" y=\"12.42\" text-anchor=\"end\" font-weight=\"600\" fill=\"#4a4c50\">a &lt; b &amp; c</text>\n\
             </svg>\n"
        );
    }
}
