//! The page's binary, named `page` for trunk.
fn main() {}
