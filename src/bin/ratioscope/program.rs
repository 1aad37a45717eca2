//! The program's commands, its input and output, and its exit codes.

use clap::{Parser, Subcommand};
use std::fmt;
use std::io::{self, Read, Write};
use std::process::ExitCode;

/// Fits scaling laws of continual pre-training to a table of runs and predicts losses with their intervals.
#[derive(Debug, Parser)]
#[command(name = "ratioscope", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Fit a law to every loss of a CSV file.
    Fit(crate::fit::Arguments),
    /// Score a law on what it was not fitted to, and look at its residuals.
    Validate(crate::validate::Arguments),
    /// Fit every law that suits the data, and compare them.
    Compare(crate::compare::Arguments),
    /// Fit the data mixing law over all corpora of a file, and find the best mixture.
    Mix(crate::mix::Arguments),
    /// List the laws; with a file, say which suit it and what the others lack.
    Laws(crate::laws::Arguments),
    /// Predict the losses of a recipe from a fit written with `fit --json`.
    Predict(crate::predict::Arguments),
    /// Decide: the best ratio, the best use of limited data or of a budget, the frontier, what to run first.
    #[command(subcommand)]
    Decide(crate::decide::Arguments),
}

/// Why the program ends without a result.
#[derive(Debug)]
pub enum Failure {
    /// What was asked for does not exist or makes no sense: exit code 1.
    Usage(String),
    /// The data can't be used: exit code 2.
    Data(String),
}

impl Failure {
    fn code(&self) -> u8 {
        match self {
            Self::Usage(_) => 1,
            Self::Data(_) => 2,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(sentence) | Self::Data(sentence) => f.write_str(sentence),
        }
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print(); // nothing is left to tell where standard error is closed
            // clap's own code for wrong usage is 2; here 2 means unusable data. Help and version are no errors.
            return if error.use_stderr() { ExitCode::from(1) } else { ExitCode::SUCCESS };
        }
    };
    let output = match arguments.command {
        Command::Fit(arguments) => crate::fit::run(&arguments),
        Command::Validate(arguments) => crate::validate::run(&arguments),
        Command::Compare(arguments) => crate::compare::run(&arguments),
        Command::Mix(arguments) => crate::mix::run(&arguments),
        Command::Laws(arguments) => crate::laws::run(&arguments),
        Command::Predict(arguments) => crate::predict::run(&arguments),
        Command::Decide(arguments) => crate::decide::run(&arguments),
    };
    match output.and_then(|text| print(&text)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // A cell or a header quoted in the sentence may hold line breaks; a script reads one line.
            let sentence = failure.to_string().split(['\r', '\n']).collect::<Vec<_>>().join(" ");
            let _ = writeln!(io::stderr(), "ratioscope: {sentence}");
            ExitCode::from(failure.code())
        }
    }
}

/// Writes to standard output. A reader that closed the pipe has read what it wanted: no error.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::Data(format!("The result could not be written: {error}.")))
        }
        _ => Ok(()),
    }
}

/// The bytes of a file, or of standard input for `-`.
pub fn read(file: &str) -> Result<Vec<u8>, Failure> {
    let bytes = if file == "-" {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(file)
    };
    bytes.map_err(|error| Failure::Data(format!("“{file}” could not be read: {error}.")))
}

/// A value as indented JSON with a line end.
pub fn json(value: &impl serde::Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(value)
        .map(|text| text + "\n")
        .map_err(|error| Failure::Data(format!("The result can't be written as JSON: {error}.")))
}
