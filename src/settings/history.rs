//! Undo and redo: what was chosen, step by step, a gesture a step.
//!
//! A step is what a person thinks of as one: dragging a slider changes the settings at every move and is one step; so is
//! a run of arrow keys. Which changes belong together is told by the [`Hand`] that made them, so nothing here knows the
//! browser or a clock.

use super::{Settings, change};

/// Steps kept: more than anybody goes back, and some hundred kilobytes at most.
const MOST: usize = 200;
/// A pause that ends a run of changes by keys, in milliseconds: well above the rate of a held key, below a second thought.
const PAUSE_MS: f64 = 1000.0;
/// What follows from a change by itself follows within this, in milliseconds: a turn of the page's own loop.
const AT_ONCE_MS: f64 = 50.0;

/// What is undone: the settings, and of which file they are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Moment {
    /// The settings.
    pub settings: Settings,
    /// Number of the file that is open.
    pub file: u32,
}

/// How a change came about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hand {
    /// Grows with every press of a button of the pointer, and with every key but one that goes on moving a slider.
    pub gesture: u32,
    /// Whether the pointer is held down.
    pub held: bool,
    /// When, in milliseconds.
    pub at: f64,
}

/// The steps.
#[derive(Debug, Default)]
pub struct History {
    now: Option<Moment>,
    past: Vec<Moment>,
    future: Vec<Moment>,
    last: Option<(Hand, Option<&'static str>)>,
}

/// What a step back or forward came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What is to be shown.
    pub to: Moment,
    /// What was taken back or done again; `None` where another file was opened.
    pub what: Option<&'static str>,
}

impl History {
    /// Whether there is a step back.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is a step forward.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// Takes note of what is shown now.
    pub fn record(&mut self, now: Moment, hand: Hand) {
        let Some(before) = self.now.replace(now) else { return };
        let Some(now) = &self.now else { return };
        if before == *now {
            return;
        }
        let same_file = before.file == now.file;
        let what = if same_file { change::named(&before.settings, &now.settings) } else { None };
        let goes_on = self.last.is_some_and(|(last, was)| {
            let apart = hand.at - last.at;
            let same = last.gesture == hand.gesture && (hand.held || apart < PAUSE_MS);
            same_file && (same && thing(was) == thing(what) || apart < AT_ONCE_MS)
        });
        self.future.clear();
        // What goes on is called by what it began with.
        let called = self.last.and_then(|(_, was)| was.filter(|_| goes_on)).or(what);
        self.last = Some((hand, called));
        if !goes_on {
            self.past.push(before);
        } else if self.past.last() == Some(now) {
            // Back where the gesture began: nothing to undo.
            self.past.pop();
            self.last = None;
        }
        if self.past.len() > MOST {
            self.past.remove(0);
        }
    }

    /// Takes note of a change that is nobody's: it is no step of its own.
    pub fn settle(&mut self, now: Moment) {
        self.now = Some(now);
        // A step that was taken back by the page is none.
        if self.past.last() == self.now.as_ref() {
            self.past.pop();
        }
        self.last = None;
    }

    /// A step back.
    pub fn undo(&mut self) -> Option<Step> {
        let to = self.past.pop()?;
        let from = self.now.replace(to.clone())?;
        self.last = None;
        let what = called(&to, &from);
        self.future.push(from);
        Some(Step { to, what })
    }

    /// A step forward.
    pub fn redo(&mut self) -> Option<Step> {
        let to = self.future.pop()?;
        let from = self.now.replace(to.clone())?;
        self.last = None;
        let what = called(&from, &to);
        self.past.push(from);
        Some(Step { to, what })
    }

    /// Whether a step back or forward leads to that file.
    pub fn needs(&self, file: u32) -> bool {
        self.past.iter().chain(&self.future).chain(&self.now).any(|moment| moment.file == file)
    }
}

/// What a change is about: the first move of any slider makes the what-if a person's own, the next ones move it.
fn thing(what: Option<&'static str>) -> Option<&'static str> {
    match what {
        Some("domain ratio" | "model size" | "token budget") => Some("what-if"),
        what => what,
    }
}

fn called(before: &Moment, after: &Moment) -> Option<&'static str> {
    if before.file == after.file { change::named(&before.settings, &after.settings) } else { None }
}

#[cfg(test)]
mod tests {
    use super::{Hand, History, Moment};
    use crate::law::Recipe;
    use crate::settings::{Settings, Theme};

    fn ratio(domain_share: f64) -> Moment {
        let recipe = Some(Recipe { domain_share, size: 1e9, tokens: 1e10 });
        Moment { settings: Settings { recipe, ..Settings::default() }, file: 1 }
    }

    fn hand(gesture: u32, held: bool, at: f64) -> Hand {
        Hand { gesture, held, at }
    }

    #[test]
    fn a_drag_is_one_step_however_long_it_takes() {
        let mut history = History::default();
        history.record(ratio(0.1), hand(0, false, 0.0));
        assert!(!history.can_undo(), "what the page opens on is no step");
        for (at, share) in [(100.0, 0.2), (3000.0, 0.3), (9000.0, 0.4)] {
            history.record(ratio(share), hand(1, true, at));
        }
        history.record(ratio(0.5), hand(2, true, 9200.0));
        let step = history.undo().expect("the second drag");
        assert_eq!((step.to, step.what), (ratio(0.4), Some("domain ratio")));
        assert_eq!(history.undo().expect("the first drag").to, ratio(0.1));
        assert!(history.undo().is_none());
        assert_eq!(history.redo().expect("forward").to, ratio(0.4));
    }

    #[test]
    fn a_run_of_keys_is_one_step_until_a_pause() {
        let mut history = History::default();
        history.record(Moment { file: 1, ..Moment::default() }, hand(0, false, 0.0));
        history.record(ratio(0.1), hand(3, true, 1.0));
        for (at, share) in [(0.0, 0.11), (300.0, 0.12), (600.0, 0.13)] {
            history.record(ratio(share), hand(1, false, 1000.0 + at));
        }
        history.record(ratio(0.14), hand(1, false, 5000.0));
        assert_eq!(history.undo().expect("after the pause").to, ratio(0.13));
        assert_eq!(history.undo().expect("the run").to, ratio(0.1));
    }

    #[test]
    fn another_thing_in_the_same_gesture_is_a_step_unless_it_follows_at_once() {
        let mut history = History::default();
        history.record(ratio(0.1), hand(0, false, 0.0));
        let dark = |share| {
            let mut moment = ratio(share);
            moment.settings.theme = Theme::Dark;
            moment
        };
        history.record(ratio(0.2), hand(1, false, 1000.0));
        history.record(dark(0.2), hand(1, false, 1010.0));
        assert_eq!(history.undo().expect("both").to, ratio(0.1));
        history.record(ratio(0.2), hand(2, false, 2000.0));
        history.record(dark(0.2), hand(2, false, 2400.0));
        assert_eq!(history.undo().expect("the theme").what, Some("theme"));
        assert_eq!(history.undo().expect("the ratio").to, ratio(0.1));
    }

    #[test]
    fn a_gesture_that_ends_where_it_began_is_no_step_and_a_new_one_forgets_the_future() {
        let mut history = History::default();
        history.record(ratio(0.1), hand(0, false, 0.0));
        history.record(ratio(0.2), hand(1, true, 1.0));
        history.record(ratio(0.1), hand(1, true, 2.0));
        assert!(!history.can_undo());
        history.record(ratio(0.3), hand(2, true, 5000.0));
        history.undo().expect("one step");
        // The page shows what was asked for: no step.
        history.record(ratio(0.1), hand(3, false, 6000.0));
        assert!(history.can_redo() && !history.can_undo());
        history.record(ratio(0.4), hand(4, false, 9000.0));
        assert!(!history.can_redo());
    }

    #[test]
    fn opening_a_file_is_a_step_and_never_part_of_another() {
        let mut history = History::default();
        history.record(ratio(0.1), hand(0, false, 0.0));
        history.record(ratio(0.2), hand(1, true, 10.0));
        history.record(Moment { file: 2, ..Moment::default() }, hand(1, true, 20.0));
        assert!(history.needs(1) && history.needs(2) && !history.needs(3));
        let step = history.undo().expect("the file");
        assert_eq!((step.to, step.what), (ratio(0.2), None));
    }

    #[test]
    fn what_the_page_takes_back_itself_is_no_step() {
        let mut history = History::default();
        history.record(ratio(0.1), hand(0, false, 0.0));
        history.record(ratio(0.2), hand(1, false, 10.0));
        history.settle(ratio(0.1));
        assert!(!history.can_undo());
    }
}
