//! Notes: whatever git and we write in turn, both read the same.

use std::collections::BTreeMap;

use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;
use orchestrate::git::Repository;
use orchestrate::git::notes::Replace;
use proptest::prelude::*;

use super::{git, hold};
use crate::sandbox::Sandbox;

const REF: &str = "refs/notes/orchestrate/demo/task-1";

/// One change of the notes; numbers choose commits and texts.
#[derive(Debug, Clone)]
enum Step {
    ByUs(usize, usize),
    ManyByUs(Vec<usize>, Replace),
    ByGit(usize, usize),
    Appended(usize, usize),
    Removed(usize),
    Copied(usize, usize),
    Merged(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let (commit, text) = (0..COMMITS, 0..TEXTS.len());
    let several = prop::collection::vec(0..COMMITS, 0..300);
    let step = prop_oneof![
        3 => (commit.clone(), text.clone()).prop_map(|(commit, text)| Step::ByUs(commit, text)),
        1 => (several.clone(), any::<bool>()).prop_map(|(commits, all)| {
            Step::ManyByUs(commits, if all { Replace::All } else { Replace::Merge })
        }),
        3 => (commit.clone(), text.clone()).prop_map(|(commit, text)| Step::ByGit(commit, text)),
        1 => (commit.clone(), text.clone()).prop_map(|(commit, text)| Step::Appended(commit, text)),
        2 => commit.clone().prop_map(Step::Removed),
        1 => (commit.clone(), commit.clone()).prop_map(|(from, to)| Step::Copied(from, to)),
        1 => commit.prop_map(Step::Merged),
    ];
    prop::collection::vec(step, 1..12)
}

/// More than one level of git's fan-out needs.
const COMMITS: usize = 300;

const TEXTS: [&[u8]; 6] =
    [b"one\n", b"Run: a\nTask: b\n", b"no end", b"\xff\xfe\n", b"a\n\n\nb\n", b"\0\x1b[m\n"];

#[test]
fn notes_are_read_as_git_reads_them() {
    let sandbox = Sandbox::repository();
    let repo = super::super::git_room::open(&sandbox, ".");
    let objects = objects(&sandbox);
    hold(8, &steps(), |steps| {
        sandbox.git(&["update-ref", "-d", REF]).ok();
        for step in &steps {
            take(&sandbox, &repo, &objects, step);
            let ours: BTreeMap<ObjectId, BString> = repo.notes(REF).expect("notes").into_iter().collect();
            prop_assert_eq!(&ours, &listed(&sandbox), "after {:?}", step);
            let one = objects[steps.len()];
            prop_assert_eq!(repo.note(REF, one).expect("a note or none"), ours.get(&one).cloned());
        }
        Ok(())
    });
}

/// Blobs will do: a note may be about any object.
fn objects(sandbox: &Sandbox) -> Vec<ObjectId> {
    let script: String = (0..COMMITS).map(|n| format!("blob\ndata {}\n{n}\n", n.to_string().len())).collect();
    git(sandbox, &["fast-import", "--quiet"], script.as_bytes());
    let all =
        git(sandbox, &["cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectname)"], b"");
    let blobs = all.lines().filter_map(|line| line.strip_prefix(b"blob "));
    blobs.map(|hex| ObjectId::from_hex(hex).expect("hex")).take(COMMITS).collect()
}

fn take(sandbox: &Sandbox, repo: &Repository, objects: &[ObjectId], step: &Step) {
    let notes = |args: &[&str], text: usize| {
        let from = [
            "-C",
            &String::from_utf8(git(sandbox, &["hash-object", "-w", "--stdin"], TEXTS[text])).expect("hex"),
        ]
        .map(|word| word.trim().to_owned());
        let args = [&["notes", "--ref", REF][..], args, &[&from[0], &from[1]]].concat();
        sandbox.git(&args)
    };
    let hex = |commit: &usize| objects[*commit].to_string();
    let text = |text: &usize| String::from_utf8_lossy(TEXTS[*text]).into_owned();
    match step {
        Step::ByUs(commit, what) => {
            repo.write_note(REF, objects[*commit], &text(what)).expect("a written note")
        }
        Step::ManyByUs(commits, replace) => {
            let all: BTreeMap<ObjectId, String> =
                commits.iter().map(|at| (objects[*at], format!("note {at}\n"))).collect();
            repo.write_notes(REF, &all.into_iter().collect::<Vec<_>>(), *replace).expect("written notes");
        }
        Step::ByGit(commit, what) => drop(notes(&["add", "-f", &hex(commit)], *what).ok()),
        Step::Appended(commit, what) => drop(notes(&["append", &hex(commit)], *what).ok()),
        Step::Removed(commit) => {
            drop(sandbox.git(&["notes", "--ref", REF, "remove", "--ignore-missing", &hex(commit)]).ok());
        }
        Step::Copied(from, to) => {
            // Where there is nothing to copy, that is no step.
            drop(sandbox.git(&["notes", "--ref", REF, "copy", "-f", &hex(from), &hex(to)]));
        }
        Step::Merged(commit) => {
            sandbox.git(&["notes", "--ref", "other", "add", "-f", "-m", "theirs", &hex(commit)]).ok();
            drop(sandbox.git(&["notes", "--ref", REF, "merge", "-q", "-s", "union", "other"]));
        }
    }
}

/// What git has: each object with the bytes of its note.
fn listed(sandbox: &Sandbox) -> BTreeMap<ObjectId, BString> {
    let list = sandbox.git(&["notes", "--ref", REF, "list"]);
    if list.code != 0 {
        return BTreeMap::new();
    }
    let pairs: Vec<(&str, &str)> = list.out.lines().filter_map(|line| line.split_once(' ')).collect();
    let ids: String = pairs.iter().map(|(note, _)| format!("{note}\n")).collect();
    let mut rest = &git(sandbox, &["cat-file", "--batch=%(objectsize)"], ids.as_bytes())[..];
    let mut notes = BTreeMap::new();
    for (_, object) in pairs {
        let (size, after) = rest.split_once_str("\n").expect("a size");
        let size: usize = size.to_str().expect("a number").parse().expect("a number");
        notes.insert(ObjectId::from_hex(object.as_bytes()).expect("hex"), after[..size].into());
        rest = &after[size + 1..];
    }
    notes
}
