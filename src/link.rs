//! The whole view in an address: settings, the fit with a few of its draws, panels that are hidden; the data itself only
//! where a person asks for that.
//!
//! `#view=2.` and then base64url of a deflate stream: the length of a JSON text, the text, the draws' bits, the data. A
//! name the text has and this version does not know is skipped; a version that is not known is refused in a sentence.
//! Nobody's link is trusted: lengths are bounded before anything is unpacked, and numbers are checked before they are used.
//!
//! - [`thin`]: which draws go along, held against all of them at `places`.
//! - `round`: what of them is written, with losses at `corners` for coefficients. [`pack`]: in which bits.
//! - [`study`]: what of a fit goes along. [`code`]: a link as a picture.

pub mod code;
mod corners;
mod nudge;
pub mod pack;
mod places;
mod round;
pub mod study;
pub mod thin;

use crate::fit::{Severity, Study};
use crate::settings::{Settings, kept};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};
use std::fmt;
use study::Detail;

/// The name under which a view stands in the hash.
const MARK: &str = "view=";
/// The version that is written. Version 1 had every coefficient of a draw in a column of its own, and is read as well.
const VERSION: u32 = 2;
/// Characters of a hash that carries a fit: chats and slides cut longer ones off.
pub const MOST: usize = 4096;
/// Draws that go along where there is room.
pub const DRAWS: usize = 64;
/// The largest file that goes along, in bytes; browsers take addresses up to two million characters.
pub const MOST_DATA: usize = 2_000_000;
/// Characters of a hash that are read at all.
const MOST_READ: usize = 4_000_000;
/// Bytes that a hash may unpack to: the largest file, and a fit.
const MOST_UNPACKED: usize = MOST_DATA + 1_000_000;
/// How well the stream is packed, of 10: a link is made once and read often.
const EFFORT: u8 = 9;

/// From the most that goes along to the least: what has room is taken. Bits go first, as draws are rounded so that losses
/// stay (`round`). Then notes that only explain, then the sentences of warnings, and only then draws. What withholds an
/// answer always goes along whole, and of a warning at least what it says in short.
const DETAILS: [Detail; 9] = [
    Detail { draws: DRAWS, bits: 12, notes: Severity::Info },
    Detail { draws: DRAWS, bits: 11, notes: Severity::Info },
    Detail { draws: DRAWS, bits: 12, notes: Severity::Warning },
    Detail { draws: DRAWS, bits: 11, notes: Severity::Warning },
    Detail { draws: DRAWS, bits: 11, notes: Severity::Withholds },
    Detail { draws: DRAWS, bits: 10, notes: Severity::Withholds },
    Detail { draws: DRAWS, bits: 9, notes: Severity::Withholds },
    Detail { draws: 40, bits: 10, notes: Severity::Withholds },
    Detail { draws: SHORT, bits: 10, notes: Severity::Withholds },
];
/// Characters up to which a link of any draws shows that one of chosen ones has room: their bits pack a little differently.
const ROUGH: usize = MOST - 16;
/// Draws of the shortest link.
const SHORT: usize = 24;

/// What a link shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct View {
    /// Everything chosen.
    pub settings: Settings,
    /// Name of the file.
    pub name: String,
    /// Unit of its losses.
    pub unit: String,
    /// The fit; nothing where the data goes along, or lies beside the page.
    pub study: Option<Study>,
    /// The data.
    pub data: Option<Data>,
}

/// A file that goes along.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Data {
    /// Names and bytes of the files it was put together from; empty for a single one.
    pub parts: Vec<(String, u32)>,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A link that was made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// What follows the `#` of the address.
    pub hash: String,
    /// Draws in it.
    pub draws: usize,
    /// Notes of the fit that had no room.
    pub notes_left_out: usize,
}

/// Why a hash that says it is a view shows none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkError {
    /// Made by a version of the page that is newer than this one.
    TooNew(u32),
    /// Cut off, or changed on its way.
    Damaged,
    /// Longer than any link the page makes.
    TooLong,
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooNew(_) => {
                "It was made by a newer version of this page. Reload the page without its cache, or ask for the file."
            }
            Self::Damaged => {
                "It was cut off or changed on its way: chats and mails sometimes do that. Ask for it once more, or for the file."
            }
            Self::TooLong => "It is longer than any link this page makes. Ask for the file.",
        })
    }
}

impl std::error::Error for LinkError {}

/// The text of a view.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Text {
    /// Settings as in [`kept`].
    s: serde_json::Value,
    /// Name and unit.
    n: String,
    u: String,
    /// The study, and bytes of its bits.
    f: Option<study::Told>,
    b: usize,
    /// Bytes of the data, and its parts.
    d: Option<usize>,
    p: Vec<(String, u32)>,
}

/// The draws that were chosen of one study, kept for further links of the same view: choosing takes seconds, and a link
/// with other panels hidden has the same draws.
#[derive(Debug, Clone, Default)]
pub struct Thinned(Vec<(Option<String>, usize, Vec<thin::Few>)>);

impl Thinned {
    fn of(&mut self, study: &Study, domain: Option<&str>, draws: usize, said: &mut dyn FnMut(f64)) -> Vec<thin::Few> {
        let known = self.0.iter().find(|(of, count, _)| of.as_deref() == domain && *count == draws);
        if let Some((.., few)) = known {
            return few.clone();
        }
        let few = thin::thin(study, &study::targets(study, domain), draws, said);
        self.0.push((domain.map(str::to_owned), draws, few.clone()));
        few
    }
}

/// The hash of a view. `domain` is the domain loss that is shown.
pub fn write(view: &View, domain: Option<&str>) -> Link {
    write_with(view, domain, &mut Thinned::default(), &mut |_| ())
}

/// The same with draws that were chosen before, of the same study; `said` hears how much of the choosing is done, from 0
/// to 1.
pub fn write_with(view: &View, domain: Option<&str>, thinned: &mut Thinned, said: &mut dyn FnMut(f64)) -> Link {
    write_in(view, domain, &DETAILS, thinned, said)
}

/// The shortest hash of a view, for a code that a camera reads.
pub fn write_short(view: &View, domain: Option<&str>, thinned: &mut Thinned, said: &mut dyn FnMut(f64)) -> Link {
    write_in(view, domain, &DETAILS[DETAILS.len() - 1..], thinned, said)
}

fn write_in(
    view: &View,
    domain: Option<&str>,
    details: &[Detail],
    thinned: &mut Thinned,
    said: &mut dyn FnMut(f64),
) -> Link {
    let mut last = Link { hash: String::new(), draws: 0, notes_left_out: 0 };
    if let Some(study) = view.study.as_ref().filter(|_| view.data.is_none()) {
        let targets = study::targets(study, domain);
        let last_of_all = details.len().saturating_sub(1);
        for (at, detail) in details.iter().enumerate() {
            // Choosing takes seconds, and how long a link is any draws tell.
            let any = thin::first(study, &targets, detail.draws);
            let long =
                study::tell(study, domain, &any, *detail).is_some_and(|told| pack(view, Some(told)).len() > ROUGH);
            if long && at < last_of_all {
                continue;
            }
            let few = thinned.of(study, domain, detail.draws, said);
            let Some(told) = study::tell(study, domain, &few, *detail) else { break };
            let notes_left_out = told.0.notes_left_out();
            let draws = few.first().map_or(0, |few| few.draws.len());
            last = Link { hash: pack(view, Some(told)), draws, notes_left_out };
            if last.hash.len() <= MOST {
                break;
            }
        }
    }
    if last.hash.is_empty() {
        last.hash = pack(view, None);
    }
    last
}

fn pack(view: &View, told: Option<(study::Told, Vec<u8>)>) -> String {
    let (told, bits) = told.map_or((None, Vec::new()), |(told, bits)| (Some(told), bits));
    let text = Text {
        s: serde_json::from_str(&kept::to_json(&view.settings)).unwrap_or_default(),
        n: view.name.clone(),
        u: view.unit.clone(),
        f: told,
        b: bits.len(),
        d: view.data.as_ref().map(|data| data.bytes.len()),
        p: view.data.as_ref().map(|data| data.parts.clone()).unwrap_or_default(),
    };
    // Plain data always serialises.
    let text = serde_json::to_vec(&text).unwrap_or_default();
    let mut bytes = (text.len() as u32).to_le_bytes().to_vec();
    bytes.extend_from_slice(&text);
    bytes.extend_from_slice(&bits);
    bytes.extend_from_slice(view.data.as_ref().map_or(&[], |data| &data.bytes));
    let packed = miniz_oxide::deflate::compress_to_vec(&bytes, EFFORT);
    format!("{MARK}{VERSION}.{}", BASE64.encode(packed))
}

/// The view in a hash, with or without its `#`; nothing where it is another kind of hash.
///
/// # Errors
/// Where it says it is a view and shows none.
pub fn read(hash: &str) -> Result<Option<View>, LinkError> {
    let hash = hash.trim_start_matches('#');
    let Some(view) = hash.split('&').find_map(|part| part.strip_prefix(MARK)) else { return Ok(None) };
    if view.len() > MOST_READ {
        return Err(LinkError::TooLong);
    }
    let (version, packed) = view.split_once('.').ok_or(LinkError::Damaged)?;
    let version: u32 = version.parse().map_err(|_| LinkError::Damaged)?;
    if version > VERSION {
        return Err(LinkError::TooNew(version));
    }
    unpack(packed).ok_or(LinkError::Damaged).map(Some)
}

fn unpack(packed: &str) -> Option<View> {
    let packed = BASE64.decode(packed).ok()?;
    let bytes = miniz_oxide::inflate::decompress_to_vec_with_limit(&packed, MOST_UNPACKED).ok()?;
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    let (text, rest) = rest.split_at_checked(length)?;
    let text: Text = serde_json::from_slice(text).ok()?;
    let (bits, rest) = rest.split_at_checked(text.b)?;
    let settings = kept::from_json(&text.s.to_string());
    let study = match text.f {
        Some(told) => Some(study::rebuild(told, bits, settings.fit.clone())?),
        None => None,
    };
    let data = match text.d {
        Some(length) => Some(Data { parts: text.p, bytes: rest.get(..length)?.to_vec() }),
        None => None,
    };
    Some(View { settings, name: text.n, unit: text.u, study, data })
}
