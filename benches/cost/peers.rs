//! The tools that people would use instead, where they are installed: each asks of a commit what can
//! be said in its own configuration of what our hooks ask, that paths lie below `d0/` and that the
//! subject begins with a status.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::bed::{Bed, said, succeeds};

/// A tool whose hooks are installed.
pub struct Peer {
    /// What it is called.
    pub name: &'static str,
    /// Where its hooks are.
    pub hooks: PathBuf,
}

const PATHS: &str = "#!/bin/sh\nbad=$(git diff --cached --name-only | grep -v '^d0/' || :)\n\
    [ -z \"$bad\" ] || { echo \"out of scope: $bad\" >&2; exit 1; }\n";
const SUBJECT: &str =
    "#!/bin/sh\nhead -n1 \"$1\" | grep -qE '^\\[[A-Z]+' || { echo 'bad subject' >&2; exit 1; }\n";

/// The files by which the tools are configured, for the repository's first commit.
pub const CONFIGURATION: [(&str, &str); 6] = [
    (
        ".pre-commit-config.yaml",
        "repos:\n  - repo: local\n    hooks:\n      - id: scope\n        name: scope\n        language: fail\n        \
         entry: out of scope\n        exclude: ^d0/\n        stages: [pre-commit]\n      - id: subject\n        \
         name: subject\n        language: pygrep\n        entry: '\\A\\[[A-Z]+'\n        args: [--negate]\n        \
         stages: [commit-msg]\n",
    ),
    (
        "lefthook.yml",
        "no_auto_install: true\noutput: [failure]\npre-commit:\n  commands:\n    scope:\n      exclude: [\"d0/**\"]\n      \
         run: \"echo out of scope {staged_files}; exit 1\"\ncommit-msg:\n  commands:\n    subject:\n      \
         run: head -n1 {1} | grep -qE '^\\[[A-Z]+'\n",
    ),
    ("package.json", "{ \"name\": \"bed\", \"private\": true, \"type\": \"module\" }\n"),
    (
        "commitlint.config.mjs",
        "export default { parserPreset: { parserOpts: { headerPattern: /^\\[([A-Z]+).*?\\] (.*)$/, \
         headerCorrespondence: ['type', 'subject'] } }, rules: { 'type-empty': [2, 'never'] } };\n",
    ),
    (".husky/pre-commit", PATHS),
    (".husky/commit-msg", "commitlint --edit \"$1\"\n"),
];

/// Those that are installed, with their hooks, each shown to refuse and to allow.
pub fn of(bed: &Bed) -> Vec<Peer> {
    let script = |name| bed.beside("scripts").join(name);
    write_hook(bed, &script("pre-commit"), PATHS);
    write_hook(bed, &script("commit-msg"), SUBJECT);
    let mut peers = vec![Peer { name: "shell hooks that check", hooks: bed.beside("scripts") }];
    let events = ["-t", "pre-commit", "-t", "commit-msg"];
    let install = [&["install"], &events[..]].concat();
    peers.extend(installed(bed, "lefthook", "lefthook", &["install", "-f"]));
    peers.extend(installed(bed, "prek", "prek", &install));
    peers.extend(installed(bed, "pre-commit", "pre-commit", &install));
    if ["husky", "commitlint"].iter().all(|tool| is_there(bed, tool)) {
        said(&mut bed.command("husky", &bed.root, &[]));
        bed.git(&["config", "--unset", "core.hooksPath"]);
        peers.push(Peer { name: "husky and commitlint", hooks: bed.root.join(".husky/_") });
    }
    peers.retain(|peer| is_right(bed, peer));
    peers
}

/// Lets a tool install its hooks, and takes them aside.
fn installed(bed: &Bed, name: &'static str, program: &str, args: &[&str]) -> Option<Peer> {
    is_there(bed, program).then_some(())?;
    let (own, aside) = (bed.root.join(".git/hooks"), bed.beside(name));
    let _ = std::fs::remove_dir_all(&own);
    said(&mut bed.command(program, &bed.root, args));
    std::fs::rename(own, &aside).expect("hooks were installed");
    Some(Peer { name, hooks: aside })
}

fn is_there(bed: &Bed, program: &str) -> bool {
    bed.command(program, &bed.root, &["--version"]).output().is_ok_and(|output| output.status.success())
}

/// Whether it refuses a path that is outside, and a subject without a status, and nothing else.
fn is_right(bed: &Bed, peer: &Peer) -> bool {
    let hooks = format!("core.hooksPath={}", peer.hooks.display());
    let commits = |path: &str, subject: &str| {
        std::fs::write(bed.root.join(path), format!("{} {subject}\n", peer.name)).expect("a written file");
        bed.git(&["add", path]);
        let done = succeeds(bed.git_command(&["-c", &hooks, "commit", "--quiet", "--message", subject]));
        bed.git(&["reset", "--hard", "--quiet", if done { "HEAD^" } else { "HEAD" }]);
        done
    };
    std::fs::create_dir_all(bed.root.join("d0")).expect("a directory");
    let (fine, outside) = (commits("d0/new", "[CHECKPOINT] One"), commits("outside", "[CHECKPOINT] One"));
    fine && !outside && !commits("d0/new", "no status")
}

/// Writes a program.
pub fn write_hook(bed: &Bed, file: &Path, text: &str) {
    std::fs::create_dir_all(file.parent().expect("a directory")).expect("a directory");
    std::fs::write(file, text).expect("a written file");
    let mode: [&OsStr; 2] = ["+x".as_ref(), file.as_os_str()];
    said(bed.command("chmod", &bed.root, &[]).args(mode));
}
