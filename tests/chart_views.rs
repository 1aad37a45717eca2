//! Every view of the chart: what it shows of a real fit, that it is drawn inside its box, and its picture as a file.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use ratioscope::chart::picture::Picture;
use ratioscope::chart::scene::Mark;
use ratioscope::chart::{
    AnyPicture, AxisView, ChartView, LimitView, MapLayout, MapView, Rows, Spacing, View, loss_view, map_view, svg,
};
use ratioscope::fit::{Options, Session, Study};
use ratioscope::law::{Axis, Recipe};
use ratioscope::settings::{Axes, Look};
use ratioscope::shown::Shown;
use ratioscope::table::{self, ByRun, Measure, Observations, Per, Reading};
use std::sync::{Arc, LazyLock};

const AT: Recipe = Recipe { domain_share: 0.33, size: 1.8e9, tokens: 2e10 };

struct Fitted {
    rows: Observations,
    by_run: ByRun,
    study: Study,
    axes: Axes,
}

/// The generated grid with few draws: three sizes, nine ratios, twenty checkpoints a run.
static GRID: LazyLock<Fitted> = LazyLock::new(|| fitted("assets/examples/generated-grid.csv"));
/// Two sizes, four ratios, six checkpoints: its pictures are small files.
static SMALL: LazyLock<Fitted> = LazyLock::new(|| fitted("tests/fixtures/generated-2x4x6.csv"));

fn fitted(file: &str) -> Fitted {
    let bytes = std::fs::read(file).expect("a file of the repository");
    let table = table::read(&bytes, &Reading::default()).expect("it is read");
    let options = Options { draws: 20, ..Options::default() };
    let mut session = Session::new(&table, None, &[], &options).expect("it is fitted");
    while { session.step() }.0 < 20 {}
    let study = session.study();
    let axes = Axes::new(&study.ranges, &table.observations);
    Fitted { by_run: ByRun::of(&table.observations), rows: table.observations, study, axes }
}

fn picture(look: Look) -> AnyPicture {
    picture_of(&GRID, look)
}

fn picture_of(fitted: &Fitted, look: Look) -> AnyPicture {
    picture_in(fitted, look, Shown::default())
}

fn picture_in(fitted: &Fitted, look: Look, shown: Shown) -> AnyPicture {
    picture_at(AT, fitted, look, shown)
}

fn picture_at(at: Recipe, Fitted { rows, by_run, study, axes }: &Fitted, look: Look, shown: Shown) -> AnyPicture {
    let rows = Rows { all: rows, by_run };
    let whole = |axis: Axis| match axis {
        Axis::Ratio => axes.ratio.limits,
        Axis::Size => axes.size.limits,
        Axis::Tokens => axes.tokens.limits,
    };
    let axis = |axis: Axis| look.axis(axis, whole(axis));
    let view = look.shown(Some(axes));
    let across = axis(view.across());
    let domain = &study.domains[0];
    match view.up() {
        None => AnyPicture::Losses(loss_view(study, rows, at, domain, (across, shown))),
        Some(up) => AnyPicture::Map(map_view(study, rows, at, domain, (view, across, axis(up)), shown)),
    }
}

fn losses(look: Look) -> ChartView {
    match picture(look) {
        AnyPicture::Losses(view) => view,
        AnyPicture::Map(_) => panic!("a chart of one axis"),
    }
}

fn map(look: Look) -> MapView {
    match picture(look) {
        AnyPicture::Map(view) => view,
        AnyPicture::Losses(_) => panic!("a map"),
    }
}

fn looks() -> Vec<(&'static str, Look)> {
    let of = |view| Look { view: Some(view), ..Look::default() };
    vec![
        ("ratio", of(View::Ratio)),
        ("size", of(View::Size)),
        ("tokens", of(View::Tokens)),
        ("ratio-map", of(View::RatioMap)),
        ("size-map", of(View::SizeMap)),
        ("tokens-zoomed", Look { tokens: Some((2e9, 2e10)), spacing: Some(Spacing::Linear), ..of(View::Tokens) }),
        ("ratio-map-zoomed", Look { ratio: Some((0.2, 0.6)), tokens: Some((1e9, 1e11)), ..of(View::RatioMap) }),
    ]
}

/// With what the decisions add.
fn decorated(fitted: &Fitted, look: Look) -> AnyPicture {
    let mut shown = picture_of(fitted, look);
    match &mut shown {
        AnyPicture::Losses(view) => {
            view.limit = Some(LimitView { loss: Some(2.9), feasible: vec![(0.0, 0.5)], best: Some((0.45, 0.5)) });
            view.pins = vec![(view.now * 0.8, 'A')];
        }
        AnyPicture::Map(view) => {
            view.limit = Some(2.9);
            view.pins = vec![((view.now.0 * 0.8, view.now.1 * 0.5), 'A')];
        }
    }
    shown
}

#[test]
fn each_view_is_the_picture_it_was() {
    // RATIOSCOPE_BLESS=1 writes them anew; they are looked at before they are kept.
    let bless = std::env::var_os("RATIOSCOPE_BLESS").is_some();
    for (name, look) in looks() {
        let shown = decorated(&SMALL, look);
        let (scene, size) = shown.scene(390.0, Some(shown.keyed(390.0, None, "ArrowRight").expect("a key of its own")));
        let drawn = svg::svg(&scene, size, &shown.titled(AT));
        let path = format!("tests/fixtures/charts/{name}.svg");
        if bless {
            std::fs::write(&path, &drawn).expect("a folder of the repository");
        }
        let kept = std::fs::read_to_string(&path).expect("a fixture of the repository");
        assert!(drawn == kept, "{path} is drawn otherwise: look at it with RATIOSCOPE_BLESS=1 and git diff");
    }
}

#[test]
fn every_mark_of_every_view_lies_inside_its_box_at_any_width() {
    for (name, look) in looks() {
        for width in [320.0, 390.0, 700.0, 1600.0] {
            let shown = decorated(&GRID, look);
            let (scene, (wide, tall)) = shown.scene(width, Some(shown.now()));
            assert!(scene.is_finite() && !scene.marks.is_empty(), "{name}");
            for mark in &scene.marks {
                let points = match mark {
                    Mark::Line { points, .. } | Mark::Fill { points, .. } => points.clone(),
                    Mark::Dots { centres, .. } => centres.clone(),
                    Mark::Text { at, .. } => vec![*at],
                };
                for (x, y) in points {
                    let inside = (-0.5..=wide + 0.5).contains(&x) && (-0.5..=tall + 0.5).contains(&y);
                    assert!(inside, "{name} {width}: {x} {y} in {mark:?}");
                }
            }
        }
    }
}

#[test]
fn the_box_is_the_same_in_every_view() {
    for width in [320.0, 390.0, 700.0, 1600.0] {
        let sizes: Vec<_> = looks().into_iter().map(|(_, look)| picture(look).scene(width, None).1).collect();
        assert!(sizes.windows(2).all(|pair| pair[0] == pair[1]), "{sizes:?}");
    }
}

#[test]
fn curves_go_along_their_axis_and_through_the_what_if() {
    let Fitted { study, .. } = &*GRID;
    for (view, value) in [(View::Ratio, AT.domain_share), (View::Size, AT.size), (View::Tokens, AT.tokens)] {
        let shown = losses(Look { view: Some(view), ..Look::default() });
        assert_eq!((shown.view(), shown.now), (view, value));
        for (panel, name) in shown.panels.iter().zip([study.general.as_ref(), study.domains.first()]) {
            let predicted = study.predict(name.expect("both losses"), AT).expect("a prediction").loss;
            let drawn = ratioscope::chart::loss::at(panel, value).expect("on the curve");
            assert!((drawn / predicted - 1.0).abs() < 1e-3, "{view:?}: {drawn} {predicted}");
            assert_eq!(panel.curve.law.len(), panel.curve.x.len(), "bands");
            assert!(panel.curve.x.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
    let sizes = losses(Look { view: Some(View::Size), ..Look::default() });
    assert_eq!(sizes.panels[0].bases.len(), 3, "a base model a size");
}

#[test]
fn solid_points_were_measured_at_the_what_ifs_own_recipe() {
    // Of the 520 and 360 checkpoints of other recipes every second one is drawn.
    for (view, own, all) in
        [(View::Ratio, 9, 27), (View::Size, 3, 27), (View::Tokens, 20, 280), (View::RatioMap, 180, 360)]
    {
        let points = match picture(Look { view: Some(view), ..Look::default() }) {
            AnyPicture::Losses(view) => view.panels[0].points.clone(),
            AnyPicture::Map(view) => view.panels[0].points.clone(),
        };
        let solid: Vec<_> = points.iter().filter(|point| !point.other).collect();
        assert_eq!((solid.len(), points.len()), (own, all), "{view:?}");
        for point in solid {
            assert!(view.has(Axis::Size) || point.size == Some(AT.size), "{point:?}");
            assert!(view.has(Axis::Ratio) || point.share == Some(AT.domain_share), "{point:?}");
            assert!(view.has(Axis::Tokens) || point.tokens.is_some_and(|d| d >= AT.tokens / 1.25), "{point:?}");
        }
    }
}

#[test]
fn contours_lie_where_the_law_has_their_loss() {
    let Fitted { study, .. } = &*GRID;
    for view in [View::RatioMap, View::SizeMap] {
        let shown = map(Look { view: Some(view), ..Look::default() });
        let layout = MapLayout::new(&shown, 640.0);
        let mut worst = 0.0f64;
        for ((panel, up), name) in
            shown.panels.iter().zip(&layout.panels).zip([study.general.as_ref(), study.domains.first()])
        {
            let name = name.expect("both losses");
            let law = |x: f64, y: f64| {
                let at = AT.with(shown.across.axis, layout.x.invert(x)).with(shown.up.axis, up.invert(y));
                study.predict(name, at).expect("a prediction").loss
            };
            assert!(panel.levels.len() >= 4, "{:?}", panel.levels);
            for level in &panel.levels {
                let lines = panel.grid.lines(*level);
                assert!(!lines.is_empty());
                let spots = lines.iter().flat_map(|line| &line.points).step_by(5);
                for (x, y) in spots {
                    let (x, y) = (layout.x.project(shown.across.value(*x)), up.project(shown.up.value(*y)));
                    let (dx, dy) = ((law(x + 0.5, y) - law(x - 0.5, y)), (law(x, y + 0.5) - law(x, y - 0.5)));
                    let pixels = (law(x, y) - level).abs() / dx.hypot(dy);
                    if pixels.is_finite() {
                        worst = worst.max(pixels);
                    }
                }
            }
        }
        println!("{view:?}: the farthest point of a contour is {worst:.2} px from where the law has its loss");
        assert!(worst < 1.0, "{view:?}: {worst} px");
    }
}

#[test]
fn the_what_if_has_its_own_contour_and_words() {
    let shown = map(Look { view: Some(View::RatioMap), ..Look::default() });
    assert_eq!(shown.now, (AT.domain_share, AT.tokens));
    let layout = MapLayout::new(&shown, 640.0);
    for (k, panel) in shown.panels.iter().enumerate() {
        let (x, y) = layout.spot(&shown, k, shown.now).expect("in sight");
        let lines = panel.grid.lines(shown.at_now[k]);
        let spots = lines.iter().flat_map(|line| &line.points);
        let near = spots
            .map(|(px, py)| {
                (layout.x.project(shown.across.value(*px)) - x).hypot(layout.panels[k].project(shown.up.value(*py)) - y)
            })
            .fold(f64::INFINITY, f64::min);
        assert!(near < 8.0, "{near} px");
    }
    let said = shown.losses(shown.now());
    assert_eq!(said[0], "33 %, 20B tokens");
    assert_eq!(said[1], format!("general {:.3}", shown.at_now[0]));
    let table = Picture::table(&shown);
    assert_eq!((table.head.len(), table.rows.len()), (7, 6));
    assert!(table.rows[0][1].starts_with("general ") && table.rows[0][1].contains(", domain "), "{:?}", table.rows[0]);
    assert_eq!(table.points.len() + table.more, 720);
}

/// A chart that was made once and whose what-if moves along its own axes is the chart made anew, and what a painter
/// keeps of it stays.
#[test]
fn a_what_if_moves_along_a_chart_that_stands() {
    for (name, look) in looks() {
        let Fitted { study, .. } = &*GRID;
        let view = look.shown(None);
        let still = picture_at(view.still(AT, &study.ranges), &GRID, look, Shown::default());
        // Inside the data: near its ends the panels make room for what lies beyond.
        let mut grounds = Vec::new();
        for (share, size, tokens) in [(0.33, 1.8e9, 1e10), (0.1, 3e9, 1.5e10), (0.33, 1e9, 6e9), (0.75, 1.8e9, 3e9)] {
            let mut at = AT;
            for (axis, value) in [(Axis::Ratio, share), (Axis::Size, size), (Axis::Tokens, tokens)] {
                if view.has(axis) {
                    at = at.with(axis, value);
                }
            }
            let mut moved = still.clone();
            moved.set_now(at, ratioscope::chart::map::at_now(study, at, &study.domains[0], Shown::default()));
            let new = picture_at(at, &GRID, look, Shown::default());
            let (scene, _) = moved.scene(700.0, None);
            assert_eq!(scene, new.scene(700.0, None).0, "{name} at {at:?}");
            assert!(scene.ground > 50 && scene.ground < scene.marks.len(), "{name}");
            grounds.push(scene.marks[..scene.ground].to_vec());
        }
        assert!(grounds.windows(2).all(|pair| pair[0] == pair[1]), "{name}: what is painted once moves");
    }
}

#[test]
fn a_cursor_finds_its_place_the_nearest_row_and_goes_by_keys() {
    let shown = map(Look { view: Some(View::SizeMap), ..Look::default() });
    let layout = MapLayout::new(&shown, 640.0);
    let point = &shown.panels[1].points[7];
    let at = layout.place_of(&shown, 1, point).expect("in sight");
    let cursor = shown.cursor(640.0, at);
    let found = &shown.panels[1].points[cursor.point.expect("a row").1];
    assert_eq!((found.size, found.tokens), (point.size, point.tokens));
    assert!((cursor.x / point.size.expect("a size") - 1.0).abs() < 0.02);
    assert!(Picture::run(&shown, cursor).expect("said").contains(&format!("line {}", found.line)));
    let right = shown.keyed(640.0, None, "ArrowRight").expect("a key");
    assert!(right.x > AT.size && right.up == AT.tokens);
    let up = shown.keyed(640.0, Some(right), "PageUp").expect("a key");
    assert!(up.x == right.x && up.up > AT.tokens);
    assert_eq!(shown.keyed(640.0, None, "Tab"), None);
}

#[test]
fn zooming_shows_less_of_everything() {
    let zoomed = Look { view: Some(View::Tokens), tokens: Some((2e9, 8e9)), ..Look::default() };
    let all = picture(Look { view: Some(View::Tokens), ..Look::default() });
    let part = picture(zoomed);
    assert!(part.spots(640.0).len() < all.spots(640.0).len() / 2);
    let shown = losses(zoomed);
    assert!(shown.panels[0].curve.x.iter().all(|x| (2e9 * 0.999..=8e9 * 1.001).contains(x)));
    // The what-if's budget lies beyond: its line and marker are out of sight.
    let texts = |picture: &AnyPicture| picture.scene(640.0, None).0.marks.len();
    assert!(texts(&part) > 0 && !shown.across.shows(shown.now));
    // Where a pixel lies, for a wheel over it.
    let (parts, below) = all.parts(640.0, (630.0, 10.0));
    assert_eq!((parts, below), (vec![1.0], false));
    assert!(all.parts(640.0, (300.0, 480.0)).1, "on the axis");
}

#[test]
fn odd_maps_draw_finite_scenes() {
    let sound = map(Look { view: Some(View::RatioMap), ..Look::default() });
    let mut bare = sound.clone();
    Arc::make_mut(&mut bare.panels).clear();
    let mut odd = sound.clone();
    odd.now = (f64::NAN, f64::INFINITY);
    odd.data = [(f64::NAN, 1.0), (5.0, 2.0)];
    odd.limit = Some(f64::NAN);
    odd.pins = vec![((f64::NAN, 1e9), 'A'), ((0.5, f64::INFINITY), 'B')];
    odd.at_now = vec![f64::NAN; 2];
    for panel in Arc::make_mut(&mut odd.panels) {
        let values = &mut panel.grid.values;
        values.iter_mut().step_by(3).for_each(|value| *value = f64::NAN);
        values.iter_mut().step_by(7).for_each(|value| *value = f64::INFINITY);
        panel.levels = vec![f64::NAN, 2.0, 1e300];
        panel.points.iter_mut().for_each(|point| point.tokens = None);
    }
    let mut empty = sound;
    for panel in Arc::make_mut(&mut empty.panels) {
        panel.grid = ratioscope::chart::contour::Grid::default();
    }
    for view in [bare, odd, empty] {
        for width in [f64::NAN, 0.0, 320.0, 1e9] {
            let (scene, _) = view.scene(width, Some(view.cursor(width, (width / 2.0, 100.0))));
            assert!(scene.is_finite(), "{width}");
            let _ = Picture::table(&view);
        }
    }
}

#[test]
fn an_axis_is_as_wide_as_its_slider() {
    let Fitted { axes, .. } = &*GRID;
    let shown = losses(Look { view: Some(View::Size), ..Look::default() });
    assert_eq!(shown.across, AxisView::new(Axis::Size, axes.size.limits, None, Spacing::Log));
}

/// The texts of a drawn picture.
fn texts(picture: &AnyPicture) -> Vec<String> {
    let (scene, _) = picture.scene(700.0, None);
    let texts = scene.marks.into_iter();
    texts.filter_map(|mark| if let Mark::Text { text, .. } = mark { Some(text) } else { None }).collect()
}

#[test]
fn every_number_of_a_chart_is_shown_in_the_measure_asked_for() {
    for (name, look) in looks() {
        let nats = picture(look);
        for measure in [Measure::Bits, Measure::Perplexity] {
            let shown = Shown { measure, per: Per::Byte };
            let other = picture_in(&GRID, look, shown);
            match (&nats, &other) {
                (AnyPicture::Losses(nats), AnyPicture::Losses(other)) => {
                    for (from, to) in nats.panels.iter().zip(other.panels.iter()) {
                        assert_eq!(to.unit, shown.unit());
                        let same =
                            |nats: f64, shown: f64| assert_eq!(measure.from_nats(nats), shown, "{name} {measure:?}");
                        from.curve.loss.iter().zip(&to.curve.loss).for_each(|(a, b)| same(*a, *b));
                        let bands =
                            |curve: &ratioscope::fit::Curve| [curve.law.clone(), curve.new_run.clone()].concat();
                        for (a, b) in bands(&from.curve).into_iter().zip(bands(&to.curve)) {
                            same(a.0, b.0);
                            same(a.1, b.1);
                        }
                        from.points.iter().zip(&to.points).for_each(|(a, b)| same(a.loss, b.loss));
                        from.bases.iter().zip(&to.bases).for_each(|(a, b)| same(a.1, b.1));
                        assert_eq!(from.base.map(|base| measure.from_nats(base)), to.base);
                    }
                }
                (AnyPicture::Map(nats), AnyPicture::Map(other)) => {
                    let now: Vec<f64> = nats.at_now.iter().map(|loss| measure.from_nats(*loss)).collect();
                    assert_eq!(now, other.at_now);
                    for (from, to) in nats.panels.iter().zip(other.panels.iter()) {
                        assert_eq!(to.unit, shown.unit());
                        let values = from.grid.values.iter().zip(&to.grid.values);
                        assert!(values.clone().all(|(a, b)| measure.from_nats(*a) == *b), "{name}");
                        let (low, high) = values.fold((f64::INFINITY, 0.0f64), |(l, h), (_, v)| (l.min(*v), h.max(*v)));
                        // Round numbers of the measure itself, not of nats.
                        assert!(to.levels.len() >= 3, "{name} {measure:?}: {:?}", to.levels);
                        assert!(to.levels.iter().all(|level| *level > low && *level < high));
                        let round = |level: &f64| (level * 1e4 - (level * 1e4).round()).abs() < 1e-3;
                        assert!(to.levels.iter().all(round), "{:?}", to.levels);
                    }
                }
                _ => panic!("one view is of one kind"),
            }
            assert!(texts(&other).iter().any(|text| text == shown.unit()), "{name}: {:?}", texts(&other));
        }
    }
}

#[test]
fn a_percentile_of_the_draws_is_the_percentile_of_the_draws_shown() {
    // The ends are converted, not the draws. Where an end is a draw, as the 11th of 201, that is the same number; the ends
    // of these few draws are means of several, which a curve bends by less than the square of their interval's width.
    let interval = |values: &mut [f64]| ratioscope::fit::percentile::percentile_interval(values, 0.9);
    for fit in GRID.study.targets.values() {
        let drawn: Vec<f64> = fit.losses_of_draws(&fit.points(&[AT]), 1).into_iter().map(|losses| losses[0]).collect();
        let shown =
            |drawn: &[f64]| -> Vec<f64> { drawn.iter().map(|loss| Measure::Perplexity.from_nats(*loss)).collect() };
        let many: Vec<f64> = (0..201).map(|k| drawn[k % drawn.len()] * (1.0 + 1e-6 * k as f64)).collect();
        let nats = interval(&mut many.clone());
        let (low, high) = interval(&mut shown(&many));
        let (from, to) = Measure::Perplexity.ends(nats);
        assert!((low - from).abs() < 1e-9 * low && (high - to).abs() < 1e-9 * high, "{low} {from}, {high} {to}");
        let nats = interval(&mut drawn.clone());
        let (low, high) = interval(&mut shown(&drawn));
        let (from, to) = Measure::Perplexity.ends(nats);
        let bent = (nats.1 - nats.0).powi(2) * high;
        assert!((low - from).abs() < bent && (high - to).abs() < bent, "{low} {from}, {high} {to}, {bent}");
    }
}

#[test]
fn what_a_chart_says_follows_the_measure() {
    let looks = looks();
    let ratio = picture_in(&GRID, looks[0].1, Shown { measure: Measure::Perplexity, per: Per::Token });
    let AnyPicture::Losses(nats) = picture(looks[0].1) else { panic!("a chart of one axis") };
    let now = nats.panels[0].curve.x.len() / 2;
    let (x, loss) = (nats.panels[0].curve.x[now], nats.panels[0].curve.loss[now]);
    let said = ratio.losses(ratioscope::chart::loss::Cursor { x, up: 0.0, point: None }).join(" ");
    assert!(said.contains(&format!("general {}", Measure::Perplexity.loss(loss))), "{said}");
    let words = ratio.table();
    assert!(words.caption.ends_with(", in perplexity per token"), "{}", words.caption);
    assert!(words.points.iter().any(|point| point.starts_with("Measured: ")));
}

/// A what-if is a continued run: those from scratch stand beside its curve, hollow.
#[test]
fn runs_of_another_kind_are_hollow() {
    let mut text = String::from("run,start,model_size,tokens,domain_loss\n");
    for n in [0.1, 0.6, 3.0] {
        for (start, weight) in [("scratch", 0.9), ("continued", 0.5)] {
            for d in [2.0, 5.0, 10.0, 20.0f64] {
                let loss = 1.5 + 0.3 / f64::powf(n, 0.4) + weight / d.powf(0.3);
                text.push_str(&format!("{start}-{n},{start},{n}B,{d}B,{loss:.5}\n"));
            }
        }
    }
    let table = table::read(text.as_bytes(), &Reading::default()).expect("it is read");
    let options = Options { draws: 0, ..Options::default() };
    let study = Session::new(&table, Some("cross-lingual"), &[], &options).expect("it is fitted").study();
    let by_run = ByRun::of(&table.observations);
    let rows = Rows { all: &table.observations, by_run: &by_run };
    let at = Recipe { domain_share: 0.5, size: 0.6e9, tokens: 1e10 };
    let across = AxisView::new(Axis::Tokens, (1e9, 1e11), None, Spacing::Log);
    let view = loss_view(&study, rows, at, "domain_loss", (across, Shown::default()));
    let solid: Vec<&str> = view.panels[0].points.iter().filter(|p| !p.other).map(|p| p.run.as_str()).collect();
    assert_eq!(solid, ["continued-0.6"; 4], "{:?}", view.panels[0].points);
    assert_eq!(view.panels[0].points.len(), 24);
}

/// Along tokens a run is solid as far as it is a single pass: each row is judged by itself, wherever the what-if is.
#[test]
fn rows_that_repeat_their_data_are_hollow() {
    let mut text = String::from("run,model_size,tokens,unique_tokens,domain_loss\n");
    for n in [0.1, 0.6, 3.0] {
        for unique in [4.0, 100.0f64] {
            for d in [2.0, 5.0, 10.0, 20.0f64] {
                let seen = unique.min(d) + 0.5 * (d - unique).max(0.0);
                let loss = 1.5 + 0.3 / f64::powf(n, 0.4) + 0.9 / seen.powf(0.3);
                text.push_str(&format!("{n}-of-{unique},{n}B,{d}B,{unique}B,{loss:.5}\n"));
            }
        }
    }
    let table = table::read(text.as_bytes(), &Reading::default()).expect("it is read");
    let options = Options { draws: 0, ..Options::default() };
    let study = Session::new(&table, None, &[], &options).expect("it is fitted").study();
    let by_run = ByRun::of(&table.observations);
    let rows = Rows { all: &table.observations, by_run: &by_run };
    let across = AxisView::new(Axis::Tokens, (1e9, 1e11), None, Spacing::Log);
    for tokens in [2e9, 2e10] {
        let at = Recipe { domain_share: 0.5, size: 0.6e9, tokens };
        let view = loss_view(&study, rows, at, "domain_loss", (across, Shown::default()));
        let mut solid: Vec<(&str, f64)> = Vec::new();
        for point in view.panels[0].points.iter().filter(|point| !point.other) {
            solid.push((&point.run, point.tokens.expect("a budget")));
        }
        let one_pass = [2e9, 5e9, 1e10, 2e10].map(|tokens| ("0.6-of-100", tokens));
        let once: Vec<(&str, f64)> = std::iter::once(("0.6-of-4", 2e9)).chain(one_pass).collect();
        assert_eq!(solid, once, "at {tokens}");
    }
}
