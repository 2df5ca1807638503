//! The stories in `tests/cmd`: command lines and what they answer, written to be read.
//!
//! A story runs in its own directory (`<story>.in`, or an empty one). `edit <file> <line>…` appends
//! lines to a file, `fixture <name>` builds the repository of `fixtures/<name>.sh`.

use crate::sandbox::{environment, fixture};

#[test]
fn stories() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let cases = trycmd::TestCases::new();
    cases.register_bin("git", which::which("git").expect("git is installed"));
    cases.register_bin("cat", which::which("cat").expect("cat is installed"));
    cases.register_bin("ls", which::which("ls").expect("ls is installed"));
    cases.register_bin("cp", which::which("cp").expect("cp is installed"));
    cases.register_bin("mkdir", which::which("mkdir").expect("mkdir is installed"));
    cases.register_bin("edit", fixture("edit"));
    cases.register_bin("fixture", fixture("fixture"));
    for (key, value) in environment(home.path()) {
        cases.env(key, value);
    }
    cases.case("tests/cmd/*.trycmd");
    // The tour in the README, through a link, so that the story has its directory here.
    cases.case("tests/cmd/tour.md");
    cases.run();
}
