//! Runs the built program, for the tests of what it prints.

#![allow(dead_code, reason = "each test file uses some of it")]

use serde_json::Value;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// Runs the program with `input` on standard input.
pub fn run(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ratioscope"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that refuses its arguments ends without reading: the pipe is then closed, which is no failure.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// What a run that must succeed printed.
pub fn printed(arguments: &[&str], input: &str) -> String {
    let output = run(arguments, input);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {errors}");
    assert_eq!(errors, "", "{arguments:?} succeeds silently");
    String::from_utf8(output.stdout).unwrap()
}

/// The standard error of a run that must end with `code`, and print nothing.
pub fn refused(code: i32, arguments: &[&str], input: &str) -> String {
    let output = run(arguments, input);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {errors}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "", "{arguments:?}");
    errors
}

/// The standard error of a run on unusable data: one line that opens with the program's name.
pub fn unusable(arguments: &[&str], input: &str) -> String {
    let errors = refused(2, arguments, input);
    assert!(errors.starts_with("ratioscope: ") && errors.ends_with(".\n"), "{arguments:?}: {errors:?}");
    assert_eq!(errors.lines().count(), 1, "{arguments:?}: {errors:?}");
    let ends = errors
        .trim_end()
        .match_indices(['.', '?', '!'])
        .filter(|(at, _)| !errors[at + 1..].starts_with(char::is_alphanumeric));
    assert_eq!(ends.count(), 1, "more than one sentence for {arguments:?}: {errors:?}");
    errors
}

/// JSON that was printed.
pub fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// An array of numbers.
pub fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

/// The path of a file with a text.
pub fn temporary(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path.into_os_string().into_string().unwrap()
}
