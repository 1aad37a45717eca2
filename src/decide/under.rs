//! Puts an outcome under its law: name, words, and the notes a reader of the answer must know.

use super::outcome::{Outcome, Reason, UnderLaw};
use super::pair::Loss;
use super::words::list;
use crate::fit::{Note, NoteCode, Study};
use crate::law::{self, Recipe};

/// Warnings of a fit that change how its answer is read; the others are about single parameters.
const TELLING: [NoteCode; 4] =
    [NoteCode::FewRuns, NoteCode::NotMonotone, NoteCode::DrawsDisagree, NoteCode::SizeTermSaturated];

/// An outcome that rests on these losses, at this recipe.
pub(super) fn under_law<'a, 'b: 'a, T>(
    study: &Study,
    losses: impl IntoIterator<Item = &'a Loss<'b>>,
    at: Recipe,
    outcome: Outcome<T>,
    words: Vec<String>,
) -> UnderLaw<T> {
    let mut notes = study.extrapolation(at);
    let (mut law, mut names) = (String::new(), Vec::new());
    for loss in losses {
        law.clone_from(&loss.fit.law);
        let name = law::by_id(&loss.fit.law).map_or_else(String::new, |law| law.name().to_owned());
        if !names.contains(&name) {
            names.push(name);
        }
        for note in loss.fit.notes.iter().filter(|note| TELLING.contains(&note.code)) {
            // The size term's error only shows outside the measured sizes, where the extrapolation is said too.
            let inside = notes.iter().all(|known: &Note| known.about.as_deref() != Some("size"));
            if note.code == NoteCode::SizeTermSaturated && inside {
                continue;
            }
            // Said once where it is true of both losses, else with the loss it is about.
            let alike = |known: &&mut Note| known.code == note.code && known.text.ends_with(&note.text);
            match notes.iter_mut().find(alike) {
                Some(known) => known.text.clone_from(&note.text),
                None => {
                    let mut own = note.clone();
                    own.text = format!("{}: {}", loss.fit.target, note.text);
                    notes.push(own);
                }
            }
        }
    }
    UnderLaw { law, name: list(&names), outcome, words, notes }
}

impl<T> UnderLaw<T> {
    /// Withheld, before it was known which law.
    pub(super) fn withheld_without_law(reasons: Vec<Reason>) -> Self {
        let words = reasons.iter().map(ToString::to_string).collect();
        Self { law: String::new(), name: String::new(), outcome: Outcome::Withheld(reasons), words, notes: Vec::new() }
    }

    /// Withheld; the law is the one of `loss`.
    pub(super) fn withheld(loss: &Loss<'_>, reasons: Vec<Reason>) -> Self {
        let mut withheld = Self::withheld_without_law(reasons);
        withheld.law.clone_from(&loss.fit.law);
        withheld.name = law::by_id(&loss.fit.law).map_or_else(String::new, |law| law.name().to_owned());
        withheld.words.insert(0, "No answer is given under this law, for the reason below.".to_owned());
        withheld
    }
}
