//! Links: what is written is read back, the few draws have the intervals of all, it fits into an address, and nothing
//! anybody puts there breaks anything.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "common/studies.rs"]
mod studies;

use ratioscope::fit::Study;
use ratioscope::law::Recipe;
use ratioscope::link::{self, Data, LinkError, View};
use ratioscope::settings::Settings;
use std::sync::OnceLock;

/// Draws behind the intervals that a link is held against: as many as the page makes.
const DRAWS: usize = 1000;
/// How much the widths of intervals may differ, on average over recipes inside and outside the data, and at the worst of
/// them. The bar to reach is 5 % everywhere; these are what choosing and nudging reach so far, with room for the bits.
const MEAN_WIDTH: f64 = 0.08;
const WORST_WIDTH: f64 = 0.5;

struct Case {
    name: &'static str,
    study: Study,
    domain: Option<&'static str>,
}

/// The example the page opens on and the generated grid, with all their draws.
fn cases() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(|| {
        [("tiny-cpt.csv", None), ("generated-grid.csv", Some("domain_loss"))]
            .map(|(name, domain)| Case {
                name,
                study: studies::study_of(&studies::example(name), "d-cpt", DRAWS),
                domain,
            })
            .into()
    })
}

fn view(study: &Study) -> View {
    let mut settings = Settings { law: Some("d-cpt".into()), ..Settings::default() };
    let (size, tokens) = (study.ranges.size.unwrap().high, study.ranges.tokens.unwrap().high);
    let recipe = |domain_share| Recipe { domain_share, size, tokens };
    settings.recipe = Some(recipe(0.35));
    for share in [0.1, 0.2, 0.5] {
        settings.decide.pins.add("", recipe(share));
    }
    settings.fit.seed = 20_261_125;
    let mut study = study.clone();
    study.options.seed = settings.fit.seed;
    View { settings, name: "my-runs.csv".into(), unit: "nats per token".into(), study: Some(study), data: None }
}

/// Recipes over the data and beyond, none of them those by which the draws are chosen.
fn recipes(study: &Study) -> Vec<Recipe> {
    let (size, tokens) = (study.ranges.size.unwrap(), study.ranges.tokens.unwrap());
    let mut all = Vec::new();
    for s in [0.0, 0.3, 0.8, 1.2] {
        for t in [0.1, 0.4, 0.9, 1.2] {
            for share in [0.05, 0.2, 0.33, 0.6, 0.9] {
                let between = |low: f64, high: f64, part: f64| low * (high / low).powf(part);
                let (size, tokens) = (between(size.low, size.high, s), between(tokens.low, tokens.high, t));
                all.push(Recipe { domain_share: share, size, tokens });
            }
        }
    }
    all
}

#[test]
fn a_view_comes_back_from_an_address_of_4096_characters() {
    for case in cases() {
        let view = view(&case.study);
        let link = link::write(&view, case.domain);
        println!(
            "{}: {} characters, {} draws, {} notes left out",
            case.name,
            link.hash.len(),
            link.draws,
            link.notes_left_out
        );
        assert!(link.hash.len() <= link::MOST, "{}: {}", case.name, link.hash.len());
        assert_eq!(link.draws, link::DRAWS, "{}", case.name);
        assert!(link.hash.bytes().all(|b| b.is_ascii_alphanumeric() || b"=._-".contains(&b)), "{}", link.hash);
        let back = link::read(&format!("#{}", link.hash)).unwrap().unwrap();
        assert_eq!((&back.settings, &back.name, &back.unit), (&view.settings, &view.name, &view.unit));
        let study = back.study.unwrap();
        assert_eq!(study.ranges, case.study.ranges);
        assert_eq!(study.options, view.settings.fit);
        // A link without its notes must not look like a fit without any.
        assert_eq!(study.unfitted.len(), usize::from(link.notes_left_out > 0), "{:?}", study.unfitted);
        for (name, fit) in &study.targets {
            let whole = &case.study.targets[name];
            assert_eq!((fit.draws.len(), fit.new_run.len(), &fit.law), (link::DRAWS, link::DRAWS, &whole.law));
            for (a, b) in fit.parameters.iter().zip(&whole.parameters) {
                assert!(
                    (a.value - b.value).abs() <= 1e-7 * b.value.abs(),
                    "{name} {}: {} {}",
                    a.name,
                    a.value,
                    b.value
                );
                assert_eq!((a.held, a.interval.is_some()), (b.held, b.interval.is_some()));
            }
            for at in recipes(&study) {
                let (a, b) = (study.predict(name, at).unwrap(), case.study.predict(name, at).unwrap());
                assert!((a.loss - b.loss).abs() < 1e-7, "{name}: {} {}", a.loss, b.loss);
                assert_eq!(a.base.is_some(), b.base.is_some());
                if let (Some(a), Some(b)) = (a.without_a_size, b.without_a_size) {
                    assert!((a.0 - b.0).abs() + (a.1 - b.1).abs() < 0.05 * (b.1 - b.0) + 2e-3, "{a:?} {b:?}");
                }
            }
        }
    }
}

#[test]
fn intervals_are_about_as_wide_as_those_of_all_draws() {
    for case in cases() {
        let study = link::read(&link::write(&view(&case.study), case.domain).hash).unwrap().unwrap().study.unwrap();
        let (mut worst, mut sum, mut count) = (0.0f64, 0.0, 0);
        for name in study.targets.keys() {
            for at in recipes(&study) {
                let (few, all) = (study.predict(name, at).unwrap(), case.study.predict(name, at).unwrap());
                for (few, all) in [(few.law, all.law), (few.new_run, all.new_run)] {
                    let (few, all) = (few.unwrap(), all.unwrap());
                    let off = ((few.1 - few.0) / (all.1 - all.0) - 1.0).abs();
                    worst = worst.max(off);
                    sum += off;
                    count += 1;
                }
            }
        }
        println!(
            "{}: widths off by {:.4} on average, {worst:.4} at most, of {count}",
            case.name,
            sum / f64::from(count)
        );
        assert!(sum / f64::from(count) <= MEAN_WIDTH && worst <= WORST_WIDTH, "{}: {worst}", case.name);
    }
}

#[test]
fn the_data_goes_along_only_where_it_is_given() {
    let text = studies::example("generated-grid.csv");
    let mut view = view(&cases()[1].study);
    let without = link::write(&view, None);
    view.data = Some(Data { parts: Vec::new(), bytes: text.clone().into_bytes() });
    let with = link::write(&view, None);
    println!("{} bytes of data: {} characters with it, {} without", text.len(), with.hash.len(), without.hash.len());
    assert!(with.hash.len() < text.len());
    let back = link::read(&with.hash).unwrap().unwrap();
    assert_eq!(back.data.unwrap().bytes, text.into_bytes());
    assert_eq!(back.settings, view.settings);
    assert!(link::read(&without.hash).unwrap().unwrap().data.is_none());
}

#[test]
fn other_hashes_are_none_of_ours_and_newer_or_broken_ones_are_said() {
    for hash in ["", "#", "#data", "#explore", "#views=1.x"] {
        assert_eq!(link::read(hash), Ok(None), "{hash}");
    }
    assert_eq!(link::read("#view=2.abc"), Err(LinkError::TooNew(2)));
    for hash in ["#view=", "#view=1", "#view=1.", "#view=x.abc", "#view=1.!!!", "#view=1.AAAA", "#view=-1.AAAA"] {
        assert_eq!(link::read(hash), Err(LinkError::Damaged), "{hash}");
    }
    assert_eq!(link::read(&format!("#view=1.{}", "A".repeat(5_000_000))), Err(LinkError::TooLong));
    // A bomb: two hundred megabytes of nothing in a short text.
    let bomb = miniz_oxide::deflate::compress_to_vec(&vec![0; 200_000_000], 9);
    let text = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, bomb);
    assert_eq!(link::read(&format!("#view=1.{text}")), Err(LinkError::Damaged));
}

/// A generator for the hostile bytes (xorshift).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }
}

/// Uses what was read as the page would: nothing may panic.
fn use_it(view: View) {
    let Some(study) = view.study else { return };
    for at in [0.0, 0.4, 1.0].map(|domain_share| Recipe { domain_share, size: 1e9, tokens: 1e10 }) {
        for name in study.targets.keys() {
            study.predict(name, at);
        }
        study.extrapolation(at);
    }
}

#[test]
fn no_bytes_panic() {
    let mut dice = Dice(0x5eed_cafe);
    let good = link::write(&view(&cases()[0].study), None).hash;
    let packed =
        base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, good.trim_start_matches("view=1."))
            .unwrap();
    let raw = miniz_oxide::inflate::decompress_to_vec(&packed).unwrap();
    let link_of = |raw: &[u8]| {
        let packed = miniz_oxide::deflate::compress_to_vec(raw, 1);
        let text = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, packed);
        format!("view=1.{text}")
    };
    let mut read = 0;
    for _ in 0..4000 {
        // In the text, and below it in what it packs.
        let mut text = good.clone().into_bytes();
        for _ in 0..=dice.below(4) {
            let at = dice.below(text.len());
            text[at] = b"abcXYZ019-_=.%"[dice.below(14)];
        }
        if let Ok(Some(view)) = link::read(&String::from_utf8(text).unwrap()) {
            use_it(view);
        }
        let mut bytes = raw.clone();
        match dice.below(4) {
            0 => bytes.truncate(dice.below(bytes.len())),
            1 => bytes = (0..dice.below(400)).map(|_| dice.next() as u8).collect(),
            _ => {
                for _ in 0..=dice.below(6) {
                    let at = dice.below(bytes.len());
                    bytes[at] = b"0123456789-.e,[]{}\":nulx"[dice.below(24)];
                }
            }
        }
        if let Ok(Some(view)) = link::read(&link_of(&bytes)) {
            read += 1;
            use_it(view);
        }
    }
    println!("{read} of 4000 changed texts were still read");
}
