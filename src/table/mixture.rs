//! Mixtures of several corpora: one column a corpus that add up to one, or the whole mixture in one cell. The person
//! picks which corpora are the domain; the rest is general. Until then one is taken, for laws of one ratio; a law of all
//! corpora needs none.

use super::cells::Cells;
use super::header::{self, Hint};
use super::problem::{Problem, Problems};
use super::recognise::{is_loss, is_share, share};
use super::{Column, Corpus, CorpusShares, LossColumn, Reading, Role, Unit};
use crate::quantity::{self, ShareText};
use std::collections::HashSet;

/// Shares of one mixture add up to one, up to rounding in the file: half of the third decimal, for up to forty corpora.
pub(super) const ROUNDING: f64 = 0.02;
/// Corpora of a mixture that are listed; more are no mixture.
const MOST: usize = 256;
/// From so many corpora on a mixture is more than one ratio.
pub(super) const SEVERAL: usize = 3;

/// The mixture of a file.
#[derive(Default)]
pub(super) struct Mixed {
    /// Its corpora, with the column of each where it has one; none of a file without a mixture.
    pub corpora: Vec<(Corpus, Option<usize>)>,
    /// Whether a person said which of them are the domain.
    pub domain_chosen: bool,
}

/// Whether the values of a column are whole mixtures: named ones, or three parts and more where the header says share.
pub(super) fn is_whole(cells: &Cells, at: usize, hint: &Hint) -> bool {
    let (mut all, mut whole) = (0usize, 0usize);
    let shares = hint.role.is_some_and(is_share);
    for value in cells.values(at) {
        all += 1;
        let parts = quantity::mixture(value, cells.mark);
        let named = |parts: &[(String, f64)]| parts.iter().any(|(name, _)| !name.is_empty());
        whole += usize::from(parts.is_some_and(|parts| named(&parts) || (shares && parts.len() > 2)));
    }
    whole > 0 && 2 * whole > all
}

/// Finds the corpora, gives their columns [`Role::CorpusShare`], and settles which losses are the domain's and the
/// general one.
pub(super) fn corpora(
    cells: &Cells,
    hints: &[Hint],
    columns: &mut [Column],
    reading: &Reading,
    problems: &mut Problems,
) -> Mixed {
    let losses: Vec<usize> = columns.iter().enumerate().filter(|(_, c)| is_loss(c.role)).map(|(at, _)| at).collect();
    // A long file has its losses by the names of the sets.
    let sets = sets(cells, columns);
    let is_long = sets.is_some();
    let headers = || losses.iter().map(|at| columns[*at].header.as_str()).collect();
    let loss_keys = keys(sets.unwrap_or_else(headers));
    let loss_of = |corpus: &String| loss_keys.iter().position(|key| key == corpus);
    let weights = weights(cells, hints, columns, &loss_keys);
    let names: Vec<String> = match weights.is_empty() {
        false => stripped(weights.iter().map(|at| cells.header[*at].as_str()).collect()),
        true => whole_names(cells, columns),
    };
    if names.is_empty() {
        return Mixed::default();
    }
    let corpus_keys: Vec<String> = names.iter().map(|name| key(name)).collect();
    let columns_of = |index: usize| weights.get(index).copied();
    let header_of = |index: usize| columns_of(index).and_then(|at| cells.header.get(at)).unwrap_or(&names[index]);

    // By hand: named, or a column given the role of the domain ratio.
    let mut domain: Vec<usize> = Vec::new();
    for wanted in &reading.domain_corpora {
        match (0..names.len()).find(|index| names[*index] == *wanted || header_of(*index) == wanted) {
            Some(index) if domain.contains(&index) => {}
            Some(index) => domain.push(index),
            None => problems.push(Problem::NotInFile { name: wanted.clone() }),
        }
    }
    if domain.is_empty() {
        let set = |index: &usize| {
            columns_of(*index).is_some_and(|at| columns[at].chosen && columns[at].role == Role::DomainShare)
        };
        domain.extend((0..names.len()).find(set));
    }
    let asked = domain.is_empty();
    if asked {
        let usable = (0..names.len()).filter(|index| columns_of(*index).is_none_or(|at| !columns[at].chosen));
        let general = |index: usize| header::general_rank(&names[index]).is_some();
        domain.extend(usable.min_by_key(|index| (loss_of(&corpus_keys[*index]).is_none(), general(*index))));
    }
    let Some(first) = domain.first().copied() else { return Mixed::default() };
    if asked {
        let others = (0..names.len()).filter(|index| *index != first).map(|index| header_of(index).clone()).collect();
        problems.push(Problem::Mixture { used: header_of(first).clone(), others });
    }

    if !is_long {
        let domain_losses: Vec<usize> =
            domain.iter().filter_map(|index| losses.get(loss_of(&corpus_keys[*index])?).copied()).collect();
        settle_losses(columns, &losses, &loss_keys, &domain_losses, &names[first]);
    }
    for (index, at) in weights.iter().enumerate() {
        let column = &mut columns[*at];
        if column.chosen && column.role == Role::Ignore {
            continue;
        }
        column.role = Role::CorpusShare;
        let counted = if domain.contains(&index) { "to the domain" } else { "as general" };
        column.reason = match asked && names.len() >= SEVERAL {
            true => format!("share of a corpus of the mixture; by a law of one ratio counted {counted}"),
            false => format!("share of a corpus of the mixture, counted {counted}"),
        };
        if !Role::CorpusShare.units().contains(&column.unit) {
            column.unit = share_unit(cells, *at);
        }
    }
    let corpus = |(index, name)| (Corpus { name, domain: domain.contains(&index) }, weights.get(index).copied());
    Mixed { corpora: names.into_iter().enumerate().map(corpus).collect(), domain_chosen: !asked }
}

/// The evaluation sets of a long file; `None` of a wide one.
fn sets<'a>(cells: &'a Cells, columns: &[Column]) -> Option<Vec<&'a str>> {
    let at = columns.iter().position(|column| column.role == Role::EvaluationSet)?;
    let is_long = columns.iter().filter(|column| is_loss(column.role)).all(|column| column.role == Role::Loss);
    let mut names: Vec<&str> = Vec::new();
    for name in cells.values(at).filter(|_| is_long) {
        if names.len() < MOST && !names.contains(&name) {
            names.push(name);
        }
    }
    is_long.then_some(names)
}

/// Which sets of a long file are the domain's; none where no corpus of the domain has one of its own.
pub(super) fn domain_sets(losses: &[LossColumn], corpora: &[&CorpusShares]) -> Vec<bool> {
    let domain: Vec<String> = corpora.iter().filter(|corpus| corpus.domain).map(|corpus| key(&corpus.name)).collect();
    keys(losses.iter().map(|loss| loss.name.as_str()).collect()).iter().map(|key| domain.contains(key)).collect()
}

/// The losses of the domain's corpora are domain losses, the biggest general corpus' the general one; the rest waits for
/// a law of all corpora.
fn settle_losses(columns: &mut [Column], losses: &[usize], keys: &[String], domain: &[usize], named: &str) {
    if domain.is_empty() {
        return;
    }
    let rank = |(at, key): (&usize, &String)| {
        let column = &columns[*at];
        if domain.contains(at) || (column.chosen && column.role != Role::GeneralLoss) {
            return None;
        }
        if column.chosen { Some((0, *at)) } else { header::general_rank(key).map(|rank| (rank + 1, *at)) }
    };
    let general = losses.iter().zip(keys).filter_map(rank).min().map(|(_, at)| at);
    for at in losses {
        let column = &mut columns[*at];
        if column.chosen {
            continue;
        }
        if domain.contains(at) {
            (column.role, column.reason) = (Role::DomainLoss, format!("loss of the domain’s corpus “{named}”"));
        } else if Some(*at) == general {
            (column.role, column.reason) =
                (Role::GeneralLoss, "loss of the biggest general corpus of the mixture".to_owned());
        } else {
            (column.role, column.reason) =
                (Role::OtherLoss, "loss of another corpus of the mixture: for a law of all corpora".to_owned());
        }
    }
}

/// The columns that are weights of a mixture: at least three that say so, or two and more that add up to one.
fn weights(cells: &Cells, hints: &[Hint], columns: &[Column], loss_keys: &[String]) -> Vec<usize> {
    let by_hand = |column: &Column| column.chosen && column.role == Role::CorpusShare;
    let said: Vec<usize> = columns
        .iter()
        .zip(hints)
        .enumerate()
        .filter(|(_, (column, hint))| {
            let share = hint.role.is_some_and(is_share) && !hint.explicit && !hint.stem.is_empty();
            by_hand(column) || (share && (is_share(column.role) || column.chosen))
        })
        .map(|(at, _)| at)
        .collect();
    let matched = said.iter().filter(|at| loss_keys.contains(&hints[**at].stem)).count();
    if said.iter().any(|at| by_hand(&columns[*at])) || (said.len() >= 3 && (matched >= 2 || add_up(cells, &said))) {
        return said;
    }
    if columns.iter().any(|column| is_share(column.role)) {
        return Vec::new();
    }
    let unnamed: Vec<usize> = columns
        .iter()
        .zip(hints)
        .enumerate()
        .filter(|(at, (column, hint))| hint.role.is_none() && !column.chosen && are_shares(cells, *at))
        .map(|(at, _)| at)
        .collect();
    if unnamed.len() >= 2 && unnamed.len() <= MOST && add_up(cells, &unnamed) { unnamed } else { Vec::new() }
}

/// Whether all values of a column lie in 0 to 1, or in 0 to 100.
fn are_shares(cells: &Cells, at: usize) -> bool {
    let mut any = false;
    cells.values(at).all(|value| {
        any = true;
        matches!(quantity::share(value, cells.mark), Some(ShareText::Bare(v)) if (0.0..=100.0).contains(&v))
            || matches!(quantity::share(value, cells.mark), Some(ShareText::Said(_)))
    }) && any
}

fn share_unit(cells: &Cells, at: usize) -> Unit {
    let above = |value: &str| matches!(quantity::share(value, cells.mark), Some(ShareText::Bare(v)) if v > 1.0);
    if cells.values(at).any(above) { Unit::Percent } else { Unit::Fraction }
}

/// Whether these columns add up to one in nine of ten rows, or to a hundred.
fn add_up(cells: &Cells, weights: &[usize]) -> bool {
    let percent = weights.iter().any(|at| share_unit(cells, *at) == Unit::Percent);
    let unit = if percent { Unit::Percent } else { Unit::Fraction };
    let (mut all, mut fit) = (0usize, 0usize);
    for row in cells.first_rows() {
        let sum: f64 = weights.iter().filter_map(|at| share(row.cell(*at), cells.mark, unit)).sum();
        all += 1;
        fit += usize::from((sum - 1.0).abs() < ROUNDING);
    }
    all > 0 && 10 * fit >= 9 * all
}

/// The names in the cells of the column that holds whole mixtures.
fn whole_names(cells: &Cells, columns: &[Column]) -> Vec<String> {
    let Some(at) = columns.iter().position(|column| column.role == Role::Mixture) else { return Vec::new() };
    let mut known = HashSet::new();
    let mut names = Vec::new();
    for value in cells.values(at) {
        for (index, (name, _)) in quantity::mixture(value, cells.mark).unwrap_or_default().into_iter().enumerate() {
            let name = if name.is_empty() { part_name(index) } else { name };
            if names.len() < MOST && known.insert(name.clone()) {
                names.push(name);
            }
        }
    }
    names
}

/// What a part of a mixture without names is called.
pub(super) fn part_name(index: usize) -> String {
    format!("part {}", index + 1)
}

/// The words of a header that name a corpus.
fn loss_words(header: &str) -> Vec<String> {
    header::words(header).into_iter().filter(|word| !header::is_filler(word)).collect()
}

/// What a corpus' loss is found by.
fn key(corpus: &str) -> String {
    loss_words(corpus).concat()
}

/// The words of each header without those that all begin or end with, put together; nothing is taken that would leave
/// one empty.
fn keys(headers: Vec<&str>) -> Vec<String> {
    let mut all: Vec<Vec<String>> = headers.into_iter().map(loss_words).collect();
    while all.len() > 1 && all.iter().all(|words| words.len() > 1 && words.first() == all[0].first()) {
        all.iter_mut().for_each(|words| drop(words.remove(0)));
    }
    while all.len() > 1 && all.iter().all(|words| words.len() > 1 && words.last() == all[0].last()) {
        all.iter_mut().for_each(|words| drop(words.pop()));
    }
    all.into_iter().map(|words| words.concat()).collect()
}

/// Headers without what all of them begin and end with, cut between words: "weight_arxiv" is "arxiv".
fn stripped(headers: Vec<&str>) -> Vec<String> {
    let Some(first) = headers.first().copied().filter(|_| headers.len() > 1) else {
        return headers.into_iter().map(str::to_owned).collect();
    };
    let cuts = |at: &usize| first.get(..*at).is_some_and(|part| part.ends_with(|c: char| !c.is_alphanumeric()));
    let before = (1..first.len())
        .rev()
        .filter(cuts)
        .find(|at| headers.iter().all(|header| header.len() > *at && header.get(..*at) == first.get(..*at)))
        .unwrap_or(0);
    let tail = |header: &str, length: usize| {
        header.len().checked_sub(length).and_then(|at| header.get(at..)).map(str::to_owned)
    };
    let opens =
        |length: &usize| tail(first, *length).is_some_and(|part| part.starts_with(|c: char| !c.is_alphanumeric()));
    let after = (1..first.len().saturating_sub(before))
        .rev()
        .filter(opens)
        .find(|length| headers.iter().all(|h| h.len() > before + length && tail(h, *length) == tail(first, *length)))
        .unwrap_or(0);
    headers.iter().map(|header| header.get(before..header.len() - after).unwrap_or(header).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::{keys, stripped};

    #[test]
    fn corpora_are_called_by_what_differs() {
        assert_eq!(stripped(vec!["weight_arxiv", "weight_c4"]), ["arxiv", "c4"]);
        assert_eq!(stripped(vec!["train_the_pile_arxiv", "train_the_pile_pile_cc"]), ["arxiv", "pile_cc"]);
        assert_eq!(stripped(vec!["pile ratio", "code ratio"]), ["pile", "code"]);
        assert_eq!(stripped(vec!["pile", "code"]), ["pile", "code"]);
        assert_eq!(
            keys(vec!["metric/the_pile_arxiv_val_loss", "metric/the_pile_pile_cc_val_loss"]),
            ["arxiv", "pilecc"]
        );
        assert_eq!(keys(vec!["pile_loss", "pile_arxiv_loss"]), ["pile", "pilearxiv"]);
    }
}
