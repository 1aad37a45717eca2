//! Files that can't be fitted before somebody says what their columns are: they come with what there is to say it about.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use ratioscope::table::{self, Choice, Encoding, NamedBytes, ReadError, Reading, Role, Table};

fn outline(text: &str, reading: &Reading) -> Result<Table, ReadError> {
    table::outline(&[NamedBytes { name: "runs.csv", bytes: text.as_bytes() }], reading)
}

const NAMELESS: &str = "q1,q2,q3\n160000000,0.1,a\n410000000,0.5,b\n";

#[test]
fn a_file_of_nameless_columns_is_outlined() {
    let error = table::read(NAMELESS.as_bytes(), &Reading::default()).unwrap_err();
    assert!(error.is_about_roles(), "{error}");
    let table = outline(NAMELESS, &Reading::default()).unwrap();
    let headers: Vec<&str> = table.columns.iter().map(|column| column.header.as_str()).collect();
    assert_eq!(headers, ["q1", "q2", "q3"]);
    assert_eq!(table.preview, [["160000000", "0.1", "a"], ["410000000", "0.5", "b"]]);
    assert_eq!((table.preview_lines, table.rows), (vec![2, 3], 2));
    assert!(table.observations.is_empty());
}

#[test]
fn a_role_set_by_hand_is_kept_in_the_outline() {
    let choice = |role| Choice { role, unit: None };
    // Beside a size, 0.1 and 0.5 would be taken for losses.
    let columns = [("q1".to_owned(), choice(Role::Size)), ("q2".to_owned(), choice(Role::Ignore))].into();
    let reading = Reading { columns, ..Reading::default() };
    let table = outline(NAMELESS, &reading).unwrap();
    assert_eq!(table.columns[0].role, Role::Size);
    assert!(table.columns[0].chosen);
    // A size without a loss is nothing to fit.
    assert!(table.observations.is_empty());
}

#[test]
fn what_nobody_can_map_stays_refused() {
    for (text, expected) in [("", ReadError::Empty), ("a,b,c\n", ReadError::HeaderOnly)] {
        assert_eq!(outline(text, &Reading::default()), Err(expected), "{text:?}");
    }
    let prose = "Dear all\nthe runs are done and I will send them tomorrow\nbest\n";
    assert!(outline(prose, &Reading::default()).is_err());
}

#[test]
fn rows_filtered_out_to_the_last_can_be_had_back() {
    let text = "params,tokens,loss\n1B,1B,3.0\n2B,2B,2.9\n";
    let reading = Reading { dropped: vec![2, 3], ..Reading::default() };
    let error = table::read(text.as_bytes(), &reading).unwrap_err();
    assert!(error.is_about_roles(), "{error}");
    let table = outline(text, &reading).unwrap();
    assert_eq!((table.left_out.dropped, table.preview.len()), (2, 2));
}

#[test]
fn an_encoding_said_by_hand_is_used() {
    // Without a byte order mark the zero bytes tell it, and what is said by hand comes first.
    let text = "params,tokens,loss\n1B,1B,3.0\n2B,2B,2.9\n";
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(table::read(&utf16, &Reading::default()).unwrap().encoding, Encoding::Utf16Le);
    let wrong = Reading { encoding: Some(Encoding::Windows1252), ..Reading::default() };
    assert_ne!(table::read(&utf16, &wrong).map(|table| table.observations.len()), Ok(2));
    let reading = Reading { encoding: Some(Encoding::Utf16Le), ..Reading::default() };
    assert_eq!(table::read(&utf16, &reading).unwrap().observations.len(), 2);
    // Windows-1252 said of UTF-8 shows what it would look like.
    let text = "größe,tokens,loss\n1B,1B,3.0\n";
    let reading = Reading { encoding: Some(Encoding::Windows1252), ..Reading::default() };
    let table = table::read(text.as_bytes(), &reading).unwrap();
    assert_eq!((table.columns[0].header.as_str(), table.encoding), ("grÃ¶ÃŸe", Encoding::Windows1252));
}
