//! Changes that nobody thought of: a few edits in any order, with any message.

use proptest::prelude::*;
use proptest::sample::select;

use super::layers::{Beforehand, Change};

const PATHS: [&str; 16] = [
    "api/a.py",
    "api/A.py",
    "api/b",
    "api/b/c",
    "tests/api.py",
    "deep/x/y.rs",
    "models/m.py",
    "models/ein Wort.py",
    "models/a:b",
    "imports.py",
    "fresh/new",
    "docs/d.md",
    "README.txt",
    ".gitattributes",
    "models/.gitmodules",
    "shared/all.txt",
];

/// Each stages something, or nothing where it makes no sense. `P` and `Q` are paths.
const EDITS: [&str; 9] = [
    "mkdir -p \"$(dirname P)\" && echo 'import new' >> P && git add -f P",
    "mkdir -p \"$(dirname P)\" && echo 'x' >> P && git add -f P",
    "git rm -qrf P",
    "mkdir -p \"$(dirname Q)\" && git mv -f P Q",
    "git update-index --chmod=+x P",
    "rm -rf P && mkdir -p \"$(dirname P)\" && ln -s ../Q P && git add -f P",
    "rm -rf P && mkdir -p \"$(dirname P)\" && ln -s Q P && git add -f P",
    // git itself gives up where a link stands at the place of a submodule.
    "rm -rf P && git update-index --add --cacheinfo \"160000,$(git rev-parse HEAD),\"P",
    "git add -N P",
];

const MESSAGES: [&str; 9] = [
    "[CHECKPOINT] Add",
    "[CHECKPOINT] Add\n\nFiles changed:\n- api/a.py",
    "[COMPLETE] All",
    "[BLOCKED:key] Stuck",
    "[NEEDS:task-1/routes] Wait",
    "[complete] all",
    "fixup! [CHECKPOINT] Add",
    "Revert \"[COMPLETE] All\"",
    "no status\nat all",
];

/// An own commit of one of the tasks, after another one in some cases.
pub fn changes() -> impl Strategy<Value = Change> {
    let before = prop_oneof![
        2 => Just(String::new()),
        1 => (edits(), select(&MESSAGES[..])).prop_map(|(edits, message)| {
            format!("{edits}\nsneak commit -q --allow-empty -m '{message}'")
        }),
    ];
    (select(&["task-1-api", "task-2-models"][..]), before, edits(), select(&MESSAGES[..])).prop_map(
        |(task, before, change, message)| Change {
            name: format!("{task}: {before}; {change}; {message:?}"),
            task: task.to_owned(),
            beforehand: if before.is_empty() { Beforehand::Same } else { Beforehand::Nothing },
            before,
            change,
            commit: ["commit", "-q", "--allow-empty", "-m", message].map(str::to_owned).into(),
            breaks: None,
        },
    )
}

fn edits() -> impl Strategy<Value = String> {
    let edit = (select(&EDITS[..]), select(&PATHS[..]), select(&PATHS[..])).prop_map(|(edit, p, q)| {
        let edit = edit.replace('P', &format!("'{p}'")).replace('Q', &format!("'{q}'"));
        format!("({edit}) >/dev/null 2>&1 || true\n")
    });
    prop::collection::vec(edit, 1..4).prop_map(|edits| edits.concat())
}
