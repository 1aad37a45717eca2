//! The picture of a mixture of several corpora, whichever it is: the triangle of three, the shares a row of more. As a
//! file it has a title and a key of its marks, which on the page stand around it.

use super::layout::{DIGIT, TITLE};
use super::scene::{Anchor, Pixel, Role, Scene, Weight};
use super::shares::{self, SharesView};
use super::simplex::{self, SimplexView};

/// The picture.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "there is one of it on the page")]
pub enum MixturePicture {
    /// Three corpora.
    Triangle(SimplexView),
    /// Any other number.
    Shares(SharesView),
}

/// Height of a line of the key.
const LINE: f64 = 22.0;
/// Room of a mark before its words, and after them.
const MARK: f64 = 20.0;
const AFTER: f64 = 18.0;
/// What a measured range is drawn as in the key.
const RANGE: f64 = 14.0;

/// A mark of the key.
#[derive(Debug, Clone, Copy)]
enum Key {
    This,
    Best,
    Drawn,
    Interval,
    Mixture,
    Range,
    Pinned,
}

impl Key {
    fn words(self) -> &'static str {
        match self {
            Self::This => "this mixture",
            Self::Best => "the best one",
            Self::Drawn => "the best of a draw",
            Self::Interval => "its interval",
            Self::Mixture => "measured",
            Self::Range => "measured shares",
            Self::Pinned => "pinned",
        }
    }

    fn draw(self, scene: &mut Scene, (x, y): Pixel) {
        match self {
            Self::This => shares::this_one(scene, (x, y)),
            Self::Best => shares::best_one(scene, (x, y)),
            Self::Drawn => scene.diamond((x, y), 2.2, Role::Domain.at(0.6)),
            Self::Interval => scene.line(vec![(x - RANGE / 2.0, y), (x + RANGE / 2.0, y)], 1.6, Role::Domain),
            Self::Mixture => simplex::measured_one(scene, (x, y)),
            Self::Range => shares::measured(scene, (x - RANGE / 2.0, y), RANGE),
            Self::Pinned => simplex::pin(scene, (x, y), 'A'),
        }
    }
}

impl MixturePicture {
    /// It and its size in CSS pixels, at a width, as it stands on the page.
    pub fn scene(&self, width: f64) -> (Scene, Pixel) {
        match self {
            Self::Triangle(view) => (simplex::scene(view, width, None), (width, simplex::height(width))),
            Self::Shares(view) => (shares::scene(view, width), (width, shares::height(view.corpora.len()))),
        }
    }

    /// The same with its title above and the key of its marks below.
    pub fn as_file(&self, title: &str, width: f64) -> (Scene, Pixel) {
        let (drawn, (width, height)) = self.scene(width);
        let mut scene = drawn.moved((0.0, TITLE));
        let room = (width / DIGIT).max(8.0) as usize;
        scene.text(shares::shortened(title, room), (0.0, TITLE / 2.0), Anchor::Start, Weight::Strong, Role::Ink2);
        let (mut x, mut y) = (0.0, TITLE + height + LINE / 2.0);
        for key in self.key() {
            let wide = key.words().chars().count() as f64 * DIGIT;
            if x > 0.0 && x + MARK + wide > width {
                (x, y) = (0.0, y + LINE);
            }
            key.draw(&mut scene, (x + RANGE / 2.0 + 2.0, y));
            scene.text(key.words(), (x + MARK, y), Anchor::Start, Weight::Regular, Role::Ink2);
            x += MARK + wide + AFTER;
        }
        (scene, (width, y + LINE / 2.0))
    }

    /// The marks that are there.
    fn key(&self) -> Vec<Key> {
        let mut key = vec![Key::This];
        let mut add = |there: bool, each: Key| key.extend(there.then_some(each));
        match self {
            Self::Triangle(view) => {
                add(view.best.is_some(), Key::Best);
                add(!view.drawn.is_empty(), Key::Drawn);
                add(!view.measured.is_empty(), Key::Mixture);
                add(!view.pins.is_empty(), Key::Pinned);
            }
            Self::Shares(view) => {
                let best = || view.corpora.iter().filter_map(|corpus| corpus.best);
                add(best().next().is_some(), Key::Best);
                add(best().any(|(_, ends)| ends.is_some()), Key::Interval);
                add(!view.corpora.is_empty(), Key::Range);
            }
        }
        key
    }
}

#[cfg(test)]
mod tests {
    use super::MixturePicture;
    use crate::chart::scene::Mark;
    use crate::chart::shares::{SharesOf, SharesView};
    use crate::chart::simplex::{STEPS, SimplexView, lattice};

    fn triangle() -> MixturePicture {
        MixturePicture::Triangle(SimplexView {
            corners: ["web", "books", "code"].map(str::to_owned),
            steps: STEPS,
            values: lattice(STEPS).into_iter().map(|[a, b, c]| 2.0 + a * a + b * c).collect(),
            measured: vec![[0.2, 0.3, 0.5]],
            drawn: vec![[0.1, 0.1, 0.8]; 20],
            best: Some([0.1, 0.2, 0.7]),
            now: [0.3, 0.3, 0.4],
            pins: vec![([0.5, 0.25, 0.25], 'A')],
        })
    }

    fn rows() -> MixturePicture {
        let best = Some((0.3, Some((0.2, 0.4))));
        let of = |name: &str| SharesOf { name: name.to_owned(), measured: (0.0, 0.5), now: 0.25, best };
        MixturePicture::Shares(SharesView { corpora: ["web", "books", "code", "wiki"].map(of).to_vec() })
    }

    fn texts(marks: &[Mark]) -> Vec<&str> {
        marks
            .iter()
            .filter_map(|mark| if let Mark::Text { text, .. } = mark { Some(text.as_str()) } else { None })
            .collect()
    }

    #[test]
    fn a_file_says_what_it_shows_and_what_its_marks_are() {
        let title = "code_loss, nats per token";
        for (picture, words) in [
            (triangle(), &["this mixture", "the best one", "the best of a draw", "measured", "pinned"][..]),
            (rows(), &["this mixture", "the best one", "its interval", "measured shares"][..]),
        ] {
            for width in [326.0, 680.0, 760.0] {
                let (scene, (wide, high)) = picture.as_file(title, width);
                assert!(scene.is_finite());
                let said = texts(&scene.marks);
                assert_eq!(said.iter().filter(|text| **text == title).count(), 1);
                assert!(words.iter().all(|word| said.contains(word)), "{said:?}");
                let below =
                    |mark: &Mark| matches!(mark, Mark::Text { at, .. } if at.0 < 0.0 || at.0 > wide || at.1 > high);
                assert!(!scene.marks.iter().any(below), "{width}");
            }
        }
    }

    #[test]
    fn what_is_not_there_has_no_key() {
        let MixturePicture::Triangle(view) = triangle() else { unreachable!("a triangle") };
        let bare = SimplexView { best: None, drawn: Vec::new(), pins: Vec::new(), ..view };
        let (scene, _) = MixturePicture::Triangle(bare).as_file("loss", 680.0);
        let said = texts(&scene.marks);
        assert!(said.contains(&"measured") && !said.contains(&"pinned") && !said.contains(&"the best one"), "{said:?}");
    }
}
