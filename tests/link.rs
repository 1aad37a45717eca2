//! Links: what is written is read back, the few draws have the intervals of all, it fits into an address, and nothing
//! anybody puts there breaks anything.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "common/studies.rs"]
mod studies;

use ratioscope::decide::{Choices, Limit, mixture};
use ratioscope::fit::{Fit, NoteCode, Options, Prediction, Severity, Study};
use ratioscope::law::{Recipe, Span};
use ratioscope::link::{self, Data, LinkError, View};
use ratioscope::reply::{Question, Topic};
use ratioscope::settings::Settings;
use std::sync::OnceLock;

/// Draws behind the intervals that a link is held against: as many as the page makes.
const DRAWS: usize = 1000;
/// Another seed than that of the other cases.
const SEED: u64 = 20_261_125;
/// How much the widths of intervals may differ, at all but a few of the recipes.
const WIDTH: f64 = 0.05;
/// Of a hundred recipes, how many may differ more: inside the data and beyond it.
const OUTLIERS: (f64, f64) = (0.005, 0.01);
/// How much they may differ on average, and at the worst recipe: where the 50th and 51st of 1,000 draws part, 64 can't.
const MEAN: f64 = 0.015;
const WORST: f64 = 0.08;
/// How far beyond the largest size and budget.
const BEYOND: f64 = 4.0;
/// How far an end of a best ratio's interval may be off, in widths of it, and the least width that counts as one: it is
/// re-solved on every draw, and nothing was nudged for it.
const DECIDED: f64 = 0.15;
const LEAST_WIDTH: f64 = 0.01;
/// Recipes held against each other, inside and beyond.
const RECIPES: usize = 400;

struct Case {
    name: &'static str,
    study: Study,
    domain: Option<&'static str>,
}

impl Case {
    /// Whether its laws are of the shares of several corpora.
    fn is_of_corpora(&self) -> bool {
        self.study.targets.values().any(|fit| fit.law.starts_with("data-mixing-"))
    }
}

/// The example the page opens on under the D-CPT Law and under the laws that are picked for it (of its general loss one
/// whose coefficients cancel), the generated grid, runs of five sizes without a ratio, and mixtures of three corpora; with
/// all their draws.
fn cases() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(|| {
        let study = |text: &str, law: &str| studies::study_of(text, law, DRAWS);
        let picked = |text: &str, seed: u64| {
            studies::study_with(text, None, &Options { draws: DRAWS, seed, ..Options::default() })
        };
        let example = studies::example;
        vec![
            Case { name: "tiny-cpt.csv", study: study(&example("tiny-cpt.csv"), "d-cpt"), domain: None },
            Case { name: "tiny-cpt.csv, picked laws", study: picked(&example("tiny-cpt.csv"), SEED), domain: None },
            Case { name: "mixtures of three", study: picked(&mixtures(), 1), domain: None },
            Case {
                name: "generated-grid.csv",
                study: study(&example("generated-grid.csv"), "d-cpt"),
                domain: Some("domain_loss"),
            },
            Case { name: "sizes and tokens", study: study(&chinchilla(), "chinchilla"), domain: None },
        ]
    })
}

/// Runs of 24 mixtures of three corpora, by a data mixing law of each loss with a run's error.
fn mixtures() -> String {
    let mut dice = Dice(0x00d1_ce00_3333);
    let mut even = || (dice.next() as f64 / u64::MAX as f64).max(1e-9);
    let mut text = String::from("run,web,books,code,web_loss,books_loss,code_loss\n");
    for run in 0..24 {
        let parts = [even(), even(), even()].map(|part| -part.ln());
        let share = parts.map(|part| part / parts.iter().sum::<f64>());
        let loss = |c: f64, k: f64, t: [f64; 3], error: f64| {
            let sum: f64 = t.iter().zip(share).map(|(t, share)| t * share).sum();
            (c + k * sum.exp()) * (0.006 * (error - 0.5)).exp()
        };
        let losses = [
            loss(2.1, 0.5, [-1.4, -0.3, 0.2], even()),
            loss(2.4, 0.6, [-0.4, -1.8, 0.1], even()),
            loss(1.2, 0.7, [-0.2, 0.1, -2.4], even()),
        ];
        let row: Vec<String> = share.iter().chain(&losses).map(|value| format!("{value:.5}")).collect();
        text.push_str(&format!("m{run},{}\n", row.join(",")));
    }
    text
}

/// Runs by Chinchilla's law with a run's and a checkpoint's error.
fn chinchilla() -> String {
    let mut dice = Dice(0x00c4_1cc4_111a);
    let mut error = |spread: f64| ((dice.next() as f64 / u64::MAX as f64) - 0.5) * spread;
    let mut text = String::from("run,model_size,tokens_B,loss\n");
    for size in [0.1, 0.3, 0.9, 2.7, 8.1] {
        for run in 0..2 {
            let of_run = error(0.012);
            for tokens in [2.0, 4.0, 8.0, 16.0, 32.0] {
                let law: f64 = 1.7 + 0.5 / f64::powf(size, 0.34) + 0.9 / f64::powf(tokens, 0.28);
                text.push_str(&format!("{size}-{run},{size}B,{tokens},{:.5}\n", law * f64::exp(of_run + error(0.004))));
            }
        }
    }
    text
}

fn view(study: &Study) -> View {
    let mut settings = Settings { law: Some("d-cpt".into()), ..Settings::default() };
    let high = |span: Option<Span>| span.map_or(1e9, |span| span.high);
    let (size, tokens) = (high(study.ranges.size), high(study.ranges.tokens));
    let recipe = |domain_share| Recipe { domain_share, size, tokens };
    settings.recipe = Some(recipe(0.35));
    for share in [0.1, 0.2, 0.5] {
        settings.decide.pins.add("", recipe(share));
    }
    settings.fit.seed = SEED;
    let mut study = study.clone();
    study.options.seed = settings.fit.seed;
    View { settings, name: "my-runs.csv".into(), unit: "nats per token".into(), study: Some(study), data: None }
}

/// Recipes scattered over the data, or, `beyond`, up to four times its largest size and budget: none of those by which
/// the draws are chosen and nudged.
fn recipes(study: &Study, beyond: bool) -> Vec<Recipe> {
    let mut dice = Dice(0x0dd5_eed5);
    let mut within = |span: Option<Span>, times: f64| {
        let part = dice.next() as f64 / u64::MAX as f64;
        span.map_or(0.5, |span| span.low * (span.high * times / span.low).powf(part))
    };
    let times = if beyond { BEYOND } else { 1.0 };
    let ratio = study.ranges.ratio;
    (0..RECIPES)
        .map(|_| {
            let (size, tokens) = (within(study.ranges.size, times), within(study.ranges.tokens, times));
            let part = within(Some(Span { low: 1.0, high: std::f64::consts::E, distinct: 2 }), 1.0).ln();
            let domain_share = ratio.map_or(0.5, |span| span.low + part * (span.high - span.low));
            Recipe { domain_share, size, tokens }
        })
        .filter(|at| !beyond || study.extrapolation(*at).iter().any(|note| note.code == NoteCode::Extrapolates))
        .collect()
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
            // Every warning goes along, if only in short; what withholds an answer whole.
            let heard = |severity: Severity| {
                let of = |fit: &Fit| -> Vec<(NoteCode, Option<String>)> {
                    let notes = fit.notes.iter().filter(|note| note.severity == severity);
                    notes.map(|note| (note.code, note.about.clone())).collect()
                };
                (of(fit), of(whole))
            };
            for severity in [Severity::Warning, Severity::Withholds] {
                let (heard, told) = heard(severity);
                assert_eq!(heard, told, "{} {name}", case.name);
            }
            let withholds =
                |fit: &Fit| fit.notes.iter().filter(|n| n.severity == Severity::Withholds).cloned().collect::<Vec<_>>();
            assert_eq!(withholds(fit), withholds(whole));
            assert!(fit.notes.iter().all(|note| note.text.ends_with('.')), "{:?}", fit.notes);
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
            for at in recipes(&study, true) {
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

/// The widths of a loss' two intervals at each place: by the law, and of a new run.
fn widths(case: &Case, study: &Study, name: &str, beyond: bool) -> Vec<[f64; 2]> {
    let width = |predicted: Prediction| {
        [predicted.law, predicted.new_run].map(|ends| ends.map(|(low, high)| high - low).unwrap())
    };
    if case.is_of_corpora() {
        let at = shares(&case.study, beyond);
        let predicted = mixture::predict_all(&study.targets[name], &at, study.options.level, usize::MAX);
        return predicted.into_iter().map(width).collect();
    }
    recipes(study, beyond).into_iter().map(|at| width(study.predict(name, at).unwrap())).collect()
}

/// Mixtures: spread evenly over all of them, `beyond` those that lie outside the measured shares.
fn shares(study: &Study, beyond: bool) -> Vec<Vec<f64>> {
    let mut dice = Dice(0x0dd5_eed5);
    let mut mixture = || {
        let parts: Vec<f64> = study.corpora.iter().map(|_| -(dice.next() as f64 / u64::MAX as f64).ln()).collect();
        let sum: f64 = parts.iter().sum();
        parts.into_iter().map(|part| part / sum).collect::<Vec<f64>>()
    };
    let outside = |shares: &Vec<f64>| !mixture::outside(study, shares).is_empty();
    std::iter::repeat_with(&mut mixture).filter(|shares| outside(shares) == beyond).take(RECIPES).collect()
}

#[test]
fn intervals_are_as_wide_as_those_of_all_draws() {
    let mut broken = Vec::new();
    for case in cases() {
        let link = link::write(&view(&case.study), case.domain);
        let study = link::read(&link.hash).unwrap().unwrap().study.unwrap();
        for (beyond, outliers) in [(false, OUTLIERS.0), (true, OUTLIERS.1)] {
            for name in study.targets.keys() {
                let (few, all) = (widths(case, &study, name, beyond), widths(case, &case.study, name, beyond));
                for (kind, of) in ["law", "new run"].into_iter().enumerate() {
                    let off: Vec<f64> =
                        few.iter().zip(&all).map(|(few, all)| (few[kind] / all[kind] - 1.0).abs()).collect();
                    let mean = off.iter().sum::<f64>() / off.len() as f64;
                    let worst = off.iter().copied().fold(0.0, f64::max);
                    let more = off.iter().filter(|off| **off > WIDTH).count();
                    let what = format!("{}, {name}, {of}, beyond: {beyond}", case.name);
                    let said = format!(
                        "{what}: off by {mean:.4} on average, {worst:.4} at most, {more} of {} by more",
                        off.len()
                    );
                    println!("{said}");
                    if mean > MEAN || worst > WORST || more as f64 > outliers * off.len() as f64 {
                        broken.push(said);
                    }
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn a_link_of_the_first_version_is_still_read() {
    let old = include_str!("fixtures/links/version-1.txt");
    let view = link::read(&format!("#{old}")).unwrap().unwrap();
    assert_eq!(view.name, "old.csv");
    let study = view.study.unwrap();
    assert_eq!(study.targets.len(), 2);
    let whole = &cases().iter().find(|case| case.name == "generated-grid.csv").unwrap().study;
    for (name, fit) in &study.targets {
        assert_eq!(fit.draws.len(), 24);
        for at in recipes(whole, false) {
            let (a, b) = (study.predict(name, at).unwrap(), whole.predict(name, at).unwrap());
            assert!((a.loss - b.loss).abs() < 1e-7, "{name}: {} {}", a.loss, b.loss);
            // 24 of 100 draws: an end scatters by a quarter of the width.
            let ((low, high), (from, to)) = (a.law.unwrap(), b.law.unwrap());
            assert!((low - from).abs() + (high - to).abs() < to - from, "{name}: {:?} {:?}", a.law, b.law);
        }
    }
}

/// The best ratio within a limit on the general loss, and the losses there: the pairs of draws are pairs still.
#[test]
fn a_decision_from_a_link_is_near_the_one_from_all_draws() {
    let case = cases().iter().find(|case| case.name == "generated-grid.csv").unwrap();
    let few = link::read(&link::write(&view(&case.study), case.domain).hash).unwrap().unwrap().study.unwrap();
    let (size, tokens) = (case.study.ranges.size.unwrap().high, case.study.ranges.tokens.unwrap().high);
    let mut answered = 0;
    for rise in [0.01, 0.02, 0.04] {
        let limit = Limit::OverBase { rise };
        let best = |study: &Study| {
            let choices = Choices { limit, ..Choices::default() };
            let at = Recipe { domain_share: 0.5, size, tokens };
            let question = Question::new(Topic::TradeOff, &choices, at, case.domain.map(str::to_owned));
            question.answer(&[study]).best
        };
        let (Some(few), Some(all)) = (best(&few), best(&case.study)) else { continue };
        println!("{rise}: {few:?} from the link, {all:?} from all draws");
        answered += 1;
        let width = (all.1 - all.0).max(LEAST_WIDTH);
        let off = (few.0 - all.0).abs().max((few.1 - all.1).abs());
        assert!(off <= DECIDED * width, "{rise}: {few:?} {all:?}");
    }
    assert!(answered > 0, "no limit was kept");
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
    assert_eq!(link::read("#view=3.abc"), Err(LinkError::TooNew(3)));
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
        base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, good.trim_start_matches("view=2."))
            .unwrap();
    let raw = miniz_oxide::inflate::decompress_to_vec(&packed).unwrap();
    let link_of = |raw: &[u8]| {
        let packed = miniz_oxide::deflate::compress_to_vec(raw, 1);
        let text = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, packed);
        format!("view=2.{text}")
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
