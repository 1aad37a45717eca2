//! The chart draws anything: odd, empty and degenerate views at any width give finite scenes.

#![allow(clippy::expect_used)] // in a test a missing value is a failure

use ratioscope::chart::loss::{self, Cursor};
use ratioscope::chart::scene::Mark;
use ratioscope::chart::{ChartView, Layout, LimitView, Measured, Panel, hit};
use ratioscope::fit::Curve;
use ratioscope::table::LossKind;
use std::sync::Arc;

fn view(shape: impl Fn(f64) -> f64, points: usize, bands: bool) -> ChartView {
    let x: Vec<f64> = (0..=100).map(|k| f64::from(k) / 100.0).collect();
    let loss: Vec<f64> = x.iter().map(|x| shape(*x)).collect();
    let band = |w: f64| if bands { loss.iter().map(|v| (v - w, v + w)).collect() } else { Vec::new() };
    let curve = Curve { x: x.clone(), law: band(0.01), new_run: band(0.03), loss: loss.clone() };
    let measured = |k: usize| Measured {
        share: Some(x[(k * 17) % 101]),
        loss: loss[(k * 17) % 101],
        size: None,
        tokens: Some(2e9),
        other: k.is_multiple_of(3),
        line: 2,
        run: "r".into(),
    };
    let panel = |kind| Panel {
        kind,
        title: "General loss".into(),
        unit: "nats per token".into(),
        curve: curve.clone(),
        points: (0..points).map(measured).collect(),
        base: Some(shape(0.0)),
        bases: Vec::new(),
    };
    ChartView {
        panels: vec![panel(LossKind::General), panel(LossKind::Domain)].into(),
        now: 0.6,
        data: (0.1, 0.9),
        ..ChartView::default()
    }
}

#[test]
fn odd_views_draw_finite_scenes() {
    type Shape = fn(f64) -> f64;
    let shapes: [Shape; 9] = [
        |x| 2.0 + x * x,
        |_| 2.0,
        |_| 0.0,
        |_| f64::NAN,
        |x| 1.0 / x,
        |x| -1e300 * x,
        |x| if x > 0.5 { f64::INFINITY } else { 1.0 },
        |x| 2.0 + 1e-13 * x,
        |x| (x * 1e4).sin() * 1e9,
    ];
    for shape in shapes {
        for points in [0, 1, 40] {
            for bands in [false, true] {
                let whole = view(shape, points, bands);
                let mut one = whole.clone();
                Arc::make_mut(&mut one.panels).truncate(1);
                let mut none = whole.clone();
                Arc::make_mut(&mut none.panels).clear();
                let mut bare = whole.clone();
                Arc::make_mut(&mut bare.panels).iter_mut().for_each(|p| p.curve = Curve::default());
                bare.data = (f64::NAN, f64::INFINITY);
                bare.now = f64::NAN;
                for view in [whole, one, none, bare, ChartView::default()] {
                    for width in [f64::NAN, 0.0, 320.0, 640.0, 1600.0, 1e9] {
                        let layout = Layout::new(&view, width);
                        let cursor = hit::cursor(&view, &layout, (width / 2.0, 100.0));
                        let scene = loss::scene(&view, &layout, Some(cursor));
                        assert!(scene.is_finite(), "{width}");
                        assert!(scene.marks.len() < 20_000, "{}", scene.marks.len());
                    }
                }
            }
        }
    }
}

#[test]
fn the_box_depends_on_the_width_alone() {
    let two = view(|x| 2.0 + x, 9, true);
    let one = ChartView { panels: two.panels[..1].to_vec().into(), ..two.clone() };
    for width in [320.0, 390.0, 700.0, 1600.0] {
        assert_eq!(Layout::new(&two, width).height, Layout::new(&one, width).height);
        assert_eq!(Layout::new(&two, width).height, Layout::new(&ChartView::default(), width).height);
    }
}

#[test]
fn marks_stay_inside_the_box() {
    for width in [320.0, 700.0, 1600.0] {
        let view = view(|x| 2.0 + 0.1 / (1.01 - x), 40, true);
        let layout = Layout::new(&view, width);
        for mark in loss::scene(&view, &layout, None).marks {
            let points = match mark {
                Mark::Line { points, .. } | Mark::Fill { points, .. } => points,
                Mark::Dots { centres, .. } => centres,
                Mark::Text { at, .. } => vec![at],
            };
            for (x, y) in points {
                assert!(
                    (-0.5..=layout.width + 0.5).contains(&x) && (-0.5..=layout.height + 0.5).contains(&y),
                    "{x} {y}"
                );
            }
        }
    }
}

#[test]
fn a_pointer_finds_its_share_and_the_nearest_point() {
    let view = view(|x| 2.0 + x, 4, true);
    let layout = Layout::new(&view, 800.0);
    let point = &view.panels[1].points[2];
    let spot = loss::place_of(&view, point, &layout, &layout.panels[1]).expect("inside the panel");
    let share = point.share.expect("a share");
    assert_eq!(hit::cursor(&view, &layout, spot), Cursor { x: share, up: 0.0, point: Some((1, 2)) });
    assert_eq!(hit::cursor(&view, &layout, (-50.0, 0.0)).x, 0.0);
    assert_eq!(hit::cursor(&view, &layout, (5000.0, 0.0)).x, 1.0);
    assert_eq!(hit::step("PageDown"), Some(-10.0));
    assert_eq!(hit::step("Tab"), None);
}

#[test]
fn reads_the_law_between_two_points_of_its_curve() {
    let view = view(|x| 2.0 + x, 0, false);
    assert!((loss::at(&view.panels[0], 0.555).expect("on the curve") - 2.555).abs() < 1e-12);
    assert_eq!(loss::at(&view.panels[0], 1.5), None);
}

#[test]
fn the_limit_its_stretches_and_the_pins_are_drawn_where_they_are() {
    let mut shown = view(|x| 2.0 + x * x, 5, true);
    let layout = Layout::new(&shown, 700.0);
    let without = loss::scene(&shown, &layout, None).marks.len();
    shown.limit = Some(LimitView { loss: Some(2.4), feasible: vec![(0.0, 0.63)], best: Some((0.6, 0.65)) });
    shown.pins = vec![(0.3, 'A')];
    let scene = loss::scene(&shown, &layout, None);
    assert!(scene.marks.len() > without && scene.is_finite());
    let (left, right) = (layout.x.project(0.6), layout.x.project(0.65));
    let shaded = scene.marks.iter().filter(|mark| {
        let Mark::Fill { points, paint } = mark else { return false };
        paint.alpha == 0.13 && points.iter().all(|p| p.0 >= left - 1e-9 && p.0 <= right + 1e-9)
    });
    assert_eq!(shaded.count(), 2, "one a panel");
    let texts: Vec<&str> = scene
        .marks
        .iter()
        .filter_map(|mark| if let Mark::Text { text, .. } = mark { Some(text.as_str()) } else { None })
        .collect();
    assert_eq!(texts.iter().filter(|text| **text == "limit 2.400").count(), 1, "on the general loss only: {texts:?}");
    assert_eq!(texts.iter().filter(|text| **text == "A").count(), 2);
    // Numbers that are not finite draw nothing odd.
    shown.limit =
        Some(LimitView { loss: Some(f64::NAN), feasible: vec![(f64::NAN, 1.0)], best: Some((0.5, f64::INFINITY)) });
    shown.pins = vec![(f64::NAN, 'A')];
    assert!(loss::scene(&shown, &layout, None).is_finite());
}
