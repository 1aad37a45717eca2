#![allow(clippy::unwrap_used)]
use ratioscope::table::*;
#[test]
fn scratch() {
    let mut files: Vec<_> = walk("/work/shared/data".as_ref());
    files.extend(walk("/work/shared/tiny-cpt".as_ref()));
    files.extend(walk("tests/fixtures/trackers".as_ref()));
    files.sort();
    for f in files {
        let bytes = std::fs::read(&f).unwrap();
        println!(
            "{}\n   {}",
            f.display(),
            match read(&bytes, &Reading::default()) {
                Ok(t) => describe(&t),
                Err(e) => format!("ERR {e}"),
            }
        );
    }
}
fn walk(p: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut v = vec![];
    for e in std::fs::read_dir(p).unwrap() {
        let e = e.unwrap().path();
        if e.is_dir() {
            v.extend(walk(&e))
        } else if !["md", "txt", "py"].iter().any(|x| e.extension().is_some_and(|y| y == *x))
            && e.file_name().unwrap() != "LICENSE"
        {
            v.push(e)
        }
    }
    v
}
fn describe(t: &Table) -> String {
    let o = &t.observations;
    let l: Vec<String> = o
        .losses
        .iter()
        .map(|l| format!("{}:{:?}:{}:{}", l.name, l.kind, l.unit(), l.values.iter().filter(|v| v.is_finite()).count()))
        .collect();
    let a: Vec<String> = t.axes.iter().map(|a| format!("{:?}={}({})", a.axis, a.distinct, a.source)).collect();
    format!(
        "rows {} obs {} runs {} {} | {} | {} {:?} left {:?}\n   {:?}",
        t.rows,
        o.len(),
        o.runs.len(),
        a.join(" "),
        l.join(" "),
        t.form,
        t.tracker,
        t.left_out,
        t.problems.kept.iter().take(4).map(|p| p.to_string()).collect::<Vec<_>>()
    )
}
