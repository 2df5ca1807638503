//! Notes: readable by git and from git, and none lost when many write.

use bstr::ByteSlice;
use gix_hash::ObjectId;
use orchestrate::git::Repository;
use orchestrate::git::notes::Replace;

use super::{fsck, id, line, open};
use crate::sandbox::Sandbox;

const REF: &str = "refs/notes/orchestrate/run/task-1";

fn made_up(n: usize) -> ObjectId {
    ObjectId::from_hex(format!("{n:04x}{:036x}", n * 7919).as_bytes()).expect("40 digits")
}

#[test]
fn git_and_we_read_each_other() {
    let sandbox = Sandbox::repository();
    sandbox.git(&["commit", "--quiet", "--allow-empty", "-m", "Second"]).ok();
    let repo = open(&sandbox, ".");
    let (first, second) = (id(&sandbox, "HEAD~"), id(&sandbox, "HEAD"));
    assert_eq!(repo.note(REF, first).unwrap(), None);
    assert!(repo.notes(REF).unwrap().is_empty());

    repo.write_note(REF, first, "Run: run\nTask: task-1\n").unwrap();
    assert_eq!(line(&sandbox, &["notes", "--ref", REF, "show", "HEAD~"]), "Run: run\nTask: task-1");
    let log = line(&sandbox, &["log", &format!("--notes={REF}"), "-1", "--format=%N", "HEAD~"]);
    assert_eq!(log, "Run: run\nTask: task-1");

    sandbox.git(&["notes", "--ref", REF, "add", "-m", "by git", "HEAD"]).ok();
    assert_eq!(repo.note(REF, second).unwrap().unwrap(), "by git\n");
    repo.write_note(REF, second, "by us\n").unwrap();
    let all = repo.notes(REF).unwrap();
    assert_eq!((all.len(), all[&second].as_bstr()), (2, "by us\n".into()));
    assert_eq!(line(&sandbox, &["rev-list", "--count", REF]), "3", "history is kept, so pushes fast-forward");
    fsck(&sandbox);
}

#[test]
fn what_is_there_already_is_not_written_again() {
    let sandbox = Sandbox::repository();
    let repo = open(&sandbox, ".");
    let head = id(&sandbox, "HEAD");
    repo.write_note(REF, head, "text\n").unwrap();
    let before = id(&sandbox, REF);
    repo.write_note(REF, head, "text\n").unwrap();
    repo.write_notes(REF, &[], Replace::Merge).unwrap();
    assert_eq!(id(&sandbox, REF), before);
    repo.write_notes("refs/notes/none", &[], Replace::All).unwrap();
    assert_eq!(repo.ref_target("refs/notes/none").unwrap(), None);
}

#[test]
fn all_are_replaced_or_merged() {
    let sandbox = Sandbox::repository();
    let repo = open(&sandbox, ".");
    let notes = |range: std::ops::Range<usize>, text: &str| -> Vec<_> {
        range.map(|n| (made_up(n), text.to_owned())).collect()
    };
    repo.write_notes(REF, &notes(0..10, "old\n"), Replace::Merge).unwrap();
    repo.write_notes(REF, &notes(5..15, "new\n"), Replace::Merge).unwrap();
    let all = repo.notes(REF).unwrap();
    assert_eq!(all.len(), 15);
    assert_eq!((all[&made_up(4)].as_bstr(), all[&made_up(5)].as_bstr()), ("old\n".into(), "new\n".into()));
    repo.write_notes(REF, &notes(14..16, "only\n"), Replace::All).unwrap();
    assert_eq!(repo.notes(REF).unwrap().len(), 2);
    repo.write_notes(REF, &[], Replace::All).unwrap();
    assert!(repo.notes(REF).unwrap().is_empty());
    fsck(&sandbox);
}

#[test]
fn every_fanout_is_read_and_written() {
    for count in [10, 600, 5000] {
        let sandbox = Sandbox::repository();
        let repo = open(&sandbox, ".");
        let all: Vec<_> = (0..count).map(|n| (made_up(n * 13 % 65536), format!("note {n}\n"))).collect();
        repo.write_notes(REF, &all, Replace::All).unwrap();
        let listed = line(&sandbox, &["notes", "--ref", REF, "list"]);
        assert_eq!(listed.lines().count(), count, "git finds every note");
        let read = repo.notes(REF).unwrap();
        assert_eq!(read.len(), count);
        for (commit, text) in all.iter().step_by(97) {
            assert_eq!(read[commit], *text);
            assert_eq!(repo.note(REF, *commit).unwrap().unwrap(), *text);
        }
        sandbox.git(&["notes", "--ref", REF, "add", "-m", "by git", "HEAD"]).ok();
        assert_eq!(repo.note(REF, id(&sandbox, "HEAD")).unwrap().unwrap(), "by git\n");
        repo.write_note(REF, made_up(7), "one more\n").unwrap();
        assert_eq!(repo.note(REF, all[count / 2].0).unwrap().unwrap(), all[count / 2].1);
    }
}

/// Small objects are stored as they are, large ones compressed; git reads both, and packs them as any.
#[test]
fn what_notes_consist_of_may_be_small_or_large() {
    let sandbox = Sandbox::repository();
    let repo = open(&sandbox, ".");
    let lengths = [0, 1, 200, 3_999, 4_000, 4_001, 70_000];
    let text = |length: usize| "0123456789\n".chars().cycle().take(length).collect::<String>();
    let notes: Vec<_> = lengths.iter().zip(1..).map(|(&length, n)| (made_up(n), text(length))).collect();
    repo.write_notes(REF, &notes, Replace::Merge).unwrap();
    // So many that a tree of theirs is large as well.
    let more: Vec<_> = (1_000..1_300).map(|n| (made_up(n), text(n % 7 + 1))).collect();
    repo.write_notes(REF, &more, Replace::Merge).unwrap();
    for pack in [false, true] {
        if pack {
            sandbox.git(&["gc", "--quiet", "--prune=now"]).ok();
        }
        fsck(&sandbox);
        let all = open(&sandbox, ".").notes(REF).unwrap();
        assert_eq!(all.len(), lengths.len() + 300);
        for (commit_id, text) in &notes {
            assert_eq!(all[commit_id], *text);
            let path = commit_id.to_string();
            let shown = sandbox.git(&["notes", "--ref", REF, "list", &path]).ok().out;
            assert_eq!(sandbox.git(&["cat-file", "blob", shown.trim()]).ok().out, *text);
        }
    }
}

#[test]
fn a_ref_that_holds_no_notes_is_an_error() {
    let sandbox = Sandbox::repository();
    let repo = open(&sandbox, ".");
    sandbox.git(&["update-ref", REF, "HEAD:README"]).ok();
    for error in [
        repo.notes(REF).unwrap_err(),
        repo.note(REF, id(&sandbox, "HEAD")).unwrap_err(),
        repo.write_note(REF, id(&sandbox, "HEAD"), "x").unwrap_err(),
    ] {
        let text = format!("{error:#}");
        assert!(text.contains(REF) && text.contains("leads to no commit"), "{text}");
    }
    assert_eq!(id(&sandbox, REF), id(&sandbox, "HEAD:README"), "it is not overwritten");
    sandbox.git(&["update-ref", REF, "HEAD"]).ok();
    assert!(repo.notes(REF).unwrap().is_empty(), "names that are no ids are no notes");
}

/// Each of `writers` writes `each` notes to the ref that `ref_name` gives it, all at the same time.
fn write_at_once(sandbox: &Sandbox, writers: usize, each: usize, ref_name: impl Fn(usize) -> String + Sync) {
    open(sandbox, ".");
    std::thread::scope(|scope| {
        for writer in 0..writers {
            let ref_name = ref_name(writer);
            scope.spawn(move || {
                let repo = Repository::open(&sandbox.root).expect("git made it");
                for n in 0..each {
                    repo.write_note(&ref_name, made_up(writer * each + n), "text\n").expect("a written note");
                }
            });
        }
    });
}

#[test]
fn writers_on_one_ref_lose_nothing() {
    let sandbox = Sandbox::repository();
    write_at_once(&sandbox, 8, 20, |_| REF.to_owned());
    assert_eq!(open(&sandbox, ".").notes(REF).unwrap().len(), 160, "every note is there");
    assert_eq!(line(&sandbox, &["rev-list", "--count", "--first-parent", REF]), "160");
    fsck(&sandbox);
}

#[test]
fn writers_on_refs_of_their_own_lose_nothing() {
    let sandbox = Sandbox::repository();
    sandbox.git(&["pack-refs", "--all"]).ok();
    write_at_once(&sandbox, 20, 10, |writer| format!("refs/notes/orchestrate/run/task-{writer}"));
    let repo = open(&sandbox, ".");
    let refs = repo.refs_under("refs/notes/orchestrate/run/").unwrap();
    let count: usize = refs.iter().map(|(name, _)| repo.notes(name).unwrap().len()).sum();
    assert_eq!((refs.len(), count), (20, 200));
}
