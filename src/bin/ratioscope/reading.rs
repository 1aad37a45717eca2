//! How the program is told to read a file where it differs from what is recognised: the options behind
//! [`ratioscope::table::Reading`].

use crate::program::{self, Failure};
use clap::{Args, ValueEnum};
use ratioscope::quantity::{Params, Share, Tokens};
use ratioscope::table::{Constant, Delimiter, Filter, Keep, NamedBytes, ReadError, Reading, Table, read_files};
use std::path::Path;

/// The options of reading.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reading the file")]
pub struct ReadingOptions {
    /// A further file: stacked where it has the same columns, joined by the columns both have where not.
    #[arg(long = "with", value_name = "FILE")]
    pub files: Vec<String>,
    /// What separates the cells; without it, what the file shows.
    #[arg(long, value_enum)]
    delimiter: Option<Between>,
    /// Something the file does not say: `batch-size=1024`, `sequence-length=2048`, `tokens-per-step=4M`,
    /// `corpus-tokens=3B`, `bytes-per-token=4.2`, `size=1.8B`, `tokens=20B`, `ratio=0.3`.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = constant)]
    constants: Vec<(Constant, f64)>,
    /// Keep the rows with one of these texts in a column, `phase=cpt,anneal`, or a number in a range, `tokens=1e9..2e10`.
    #[arg(long = "keep", value_name = "COLUMN=…", value_parser = filter)]
    filters: Vec<Filter>,
    /// Leave out the rows on these lines of the file.
    #[arg(long = "drop", value_name = "LINE", value_delimiter = ',')]
    dropped: Vec<u32>,
    /// A corpus of the mixture that counts to the domain; may be given several times.
    #[arg(long = "domain-corpus", value_name = "NAME")]
    domain_corpora: Vec<String>,
}

/// What separates the cells.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Between {
    Comma,
    Semicolon,
    Tab,
    Pipe,
    Spaces,
}

fn constant(text: &str) -> Result<(Constant, f64), String> {
    const NAMES: [(&str, Constant); 8] = [
        ("size", Constant::Size),
        ("tokens", Constant::Tokens),
        ("ratio", Constant::DomainShare),
        ("tokens-per-step", Constant::TokensPerStep),
        ("batch-size", Constant::BatchSize),
        ("sequence-length", Constant::SequenceLength),
        ("corpus-tokens", Constant::CorpusTokens),
        ("bytes-per-token", Constant::BytesPerToken),
    ];
    let known = || NAMES.map(|(name, _)| name).join(", ");
    let (name, value) = text.split_once('=').ok_or_else(|| format!("expected NAME=VALUE with one of {}", known()))?;
    let constant = NAMES.iter().find(|(known, _)| *known == name.trim()).map(|(_, constant)| *constant);
    let constant = constant.ok_or_else(|| format!("expected one of {}", known()))?;
    let value = match constant {
        Constant::DomainShare => Share::parse(value).map(|share| share.0),
        Constant::Tokens => Tokens::parse(value).map(|tokens| tokens.0),
        _ => Params::parse(value).map(|count| count.0),
    };
    value.map(|value| (constant, value)).ok_or_else(|| "expected a number such as 2048, 4M or 1.8B".to_owned())
}

fn filter(text: &str) -> Result<Filter, String> {
    let (column, kept) = text.split_once('=').ok_or("expected COLUMN=VALUE or COLUMN=LOW..HIGH")?;
    let keep = match kept.split_once("..") {
        Some((low, high)) => Keep::Between { low: end(low)?, high: end(high)? },
        None => Keep::Equals(kept.split(',').map(|value| value.trim().to_owned()).collect()),
    };
    Ok(Filter { column: column.trim().to_owned(), keep })
}

/// One end of a range; blank is no limit.
fn end(text: &str) -> Result<Option<f64>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let number = text.parse().ok().filter(|value: &f64| value.is_finite());
    let number = number.or_else(|| Tokens::parse(text).map(|count| count.0));
    number.map(Some).ok_or_else(|| format!("“{text}” is no number"))
}

impl ReadingOptions {
    /// The reading that these options ask for.
    pub fn reading(&self) -> Reading {
        Reading {
            delimiter: self.delimiter.map(|delimiter| match delimiter {
                Between::Comma => Delimiter::Comma,
                Between::Semicolon => Delimiter::Semicolon,
                Between::Tab => Delimiter::Tab,
                Between::Pipe => Delimiter::Pipe,
                Between::Spaces => Delimiter::Spaces,
            }),
            filters: self.filters.clone(),
            dropped: self.dropped.clone(),
            constants: self.constants.iter().copied().collect(),
            domain_corpora: self.domain_corpora.clone(),
            ..Reading::default()
        }
    }

    /// The table of a file whose bytes are here, with the further files.
    pub fn table(&self, file: &str, bytes: &[u8], reading: &Reading) -> Result<Table, Failure> {
        let mut all = vec![(file.to_owned(), text_of(bytes.to_vec())?)];
        for further in &self.files {
            all.push((further.clone(), text_of(program::read(further)?)?));
        }
        let name = |path: &'_ str| {
            Path::new(path).file_name().map_or(path.to_owned(), |name| name.to_string_lossy().into_owned())
        };
        let named: Vec<(String, &[u8])> = all.iter().map(|(path, bytes)| (name(path), &bytes[..])).collect();
        let files: Vec<NamedBytes> = named.iter().map(|(name, bytes)| NamedBytes { name, bytes }).collect();
        read_files(&files, reading).map_err(|error: ReadError| Failure::Data(error.to_string()))
    }
}

/// A workbook's table as CSV; any other file as it is.
fn text_of(bytes: Vec<u8>) -> Result<Vec<u8>, Failure> {
    #[cfg(feature = "workbook")]
    if ratioscope::table::is_workbook(&bytes) {
        let text = ratioscope::table::workbook::to_text(&bytes);
        return text.map(String::into_bytes).map_err(|error| Failure::Data(error.to_string()));
    }
    Ok(bytes)
}
