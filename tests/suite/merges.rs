//! Merges in the clean room, held against what git itself does in a worktree.

use std::collections::BTreeSet;

use orchestrate::git::Repository;
use orchestrate::git::clean_room::CleanRoom;
use orchestrate::git::merges::{Incoming, Merged};
use orchestrate::git::workbench::Unfinished;
use orchestrate::model::integration::conflict::Side;
use orchestrate::model::name::RunName;

use crate::sandbox::Sandbox;

/// What `git merge` leaves in a worktree: a tree, or unmerged entries.
#[derive(Debug, PartialEq, Eq)]
enum Truth {
    Tree(String),
    Unmerged(BTreeSet<String>),
}

/// Merges in a detached worktree and looks at the index.
fn truth(sandbox: &Sandbox, ours: &str, theirs: &str) -> Truth {
    sandbox.git(&["checkout", "--quiet", "--force", "--detach", ours]).ok();
    sandbox.git(&["clean", "-qfd"]).ok();
    let merge = sandbox.git(&["merge", "--quiet", "--no-commit", "--no-ff", theirs]);
    let unmerged = sandbox.git(&["ls-files", "--unmerged", "-z"]).ok().out;
    let truth = if unmerged.is_empty() && merge.code == 0 {
        Truth::Tree(sandbox.git(&["write-tree"]).ok().out.trim().to_owned())
    } else {
        Truth::Unmerged(unmerged.split_terminator('\0').map(str::to_owned).collect())
    };
    sandbox.git(&["reset", "--quiet", "--hard"]).ok();
    sandbox.git(&["clean", "-qfd"]).ok();
    truth
}

fn found(merged: &Merged) -> Truth {
    if merged.conflicts.is_empty() {
        return Truth::Tree(merged.tree_id.to_string());
    }
    let stages = merged.conflicts.iter().flat_map(|conflict| &conflict.stages);
    Truth::Unmerged(
        stages
            .map(|stage| {
                let mode = match stage.entry.kind {
                    orchestrate::model::change::Kind::File => "100644",
                    orchestrate::model::change::Kind::Executable => "100755",
                    orchestrate::model::change::Kind::Symlink => "120000",
                    orchestrate::model::change::Kind::Submodule => "160000",
                };
                let side = match stage.side {
                    Side::Base => 1,
                    Side::Ours => 2,
                    Side::Theirs => 3,
                };
                format!("{mode} {} {side}\t{}", stage.entry.id, stage.path)
            })
            .collect(),
    )
}

fn room(sandbox: &Sandbox) -> (Repository, CleanRoom) {
    let repo = Repository::open(&sandbox.root).expect("the sandbox is a repository");
    let base = repo.resolve("main").expect("it has a main");
    let room = CleanRoom::open(&repo, base).expect("a room");
    (repo, room)
}

#[test]
fn every_way_to_meet_comes_out_as_git_says() {
    let sandbox = Sandbox::from_script("merges.sh");
    let (repo, room) = room(&sandbox);
    let cases = sandbox.git(&["for-each-ref", "--format=%(refname:lstrip=3)", "refs/heads/ours"]).ok().out;
    assert!(cases.lines().count() > 40, "the fixture builds its cases");
    for case in cases.lines().filter(|case| *case != "attributes") {
        let (ours, theirs) = (format!("ours/{case}"), format!("theirs/{case}"));
        let incoming = Incoming { tip: repo.resolve(&theirs).expect("a tip"), branch: &theirs };
        let merged = room.merge(repo.resolve(&ours).expect("a tip"), incoming).expect("an answer");
        assert_eq!(found(&merged), truth(&sandbox, &ours, &theirs), "{case} merges as git merges it");
        for conflict in &merged.conflicts {
            assert!(!conflict.paths.is_empty(), "{case}: a conflict names its paths");
        }
    }
}

/// The bench as `git merge` would have left it: index, files, status.
#[test]
fn a_conflict_is_laid_out_as_git_merge_leaves_it() {
    let sandbox = Sandbox::from_script("merges.sh");
    let (repo, room) = room(&sandbox);
    let bench = repo.workbench(&RunName::new("trial").expect("a name"));
    let place = bench.path().strip_prefix(&sandbox.root).expect("below").to_str().expect("UTF-8").to_owned();
    let cases = sandbox.git(&["for-each-ref", "--format=%(refname:lstrip=3)", "refs/heads/ours"]).ok().out;
    let mut conflicts = 0;
    for case in cases.lines().filter(|case| *case != "attributes") {
        let (ours, theirs) = (format!("ours/{case}"), format!("theirs/{case}"));
        let onto = repo.resolve(&ours).expect("a tip");
        let tip = repo.resolve(&theirs).expect("a tip");
        let merged = room.merge(onto, Incoming { tip, branch: &theirs }).expect("an answer");
        if merged.conflicts.is_empty() {
            continue;
        }
        conflicts += 1;
        let stages = merged.conflicts.iter().flat_map(|conflict| &conflict.stages);
        let blobs = stages.filter(|stage| stage.entry.kind != orchestrate::model::change::Kind::Submodule);
        let wanted: Vec<_> = blobs.map(|stage| stage.entry.id).chain([merged.tree_id]).collect();
        room.hand_over(&repo, &wanted, &[onto, tip]).expect("it is stored");
        bench.lay_out(Unfinished { onto, tip, merged: &merged, message: "m" }).expect("it is laid out");
        sandbox.git(&["checkout", "--quiet", "--force", "--detach", &ours]).ok();
        sandbox.git(&["clean", "-qfdx"]).ok();
        sandbox.git(&["merge", "--quiet", "--no-commit", "--no-ff", &theirs]);
        for args in [&["ls-files", "--stage"][..], &["status", "--porcelain"], &["diff"]] {
            let expect = sandbox.git(args).ok().out;
            assert_eq!(sandbox.git_in(&place, args).ok().out, expect, "{case}: git {args:?}");
        }
        sandbox.git(&["reset", "--quiet", "--hard"]).ok();
    }
    assert!(conflicts > 15, "most cases conflict");
    bench.remove().expect("it goes");
    assert!(!bench.path().exists() && repo.worktrees().expect("a list").is_empty(), "and leaves nothing");
}

#[test]
fn attributes_of_a_side_decide_nothing() {
    let sandbox = Sandbox::from_script("merges.sh");
    let (repo, room) = room(&sandbox);
    let incoming = Incoming { tip: repo.resolve("theirs/attributes").expect("a tip"), branch: "theirs" };
    let merged = room.merge(repo.resolve("ours/attributes").expect("a tip"), incoming).expect("an answer");
    assert!(merged.conflicts.is_empty(), "a side cannot make a file unmergeable by its own word");
    let in_worktree = truth(&sandbox, "ours/attributes", "theirs/attributes");
    assert!(matches!(in_worktree, Truth::Unmerged(_)), "in a worktree it can, so the case tests something");
}

#[test]
fn a_hundred_random_histories_merge_as_git_merges_them() {
    let sandbox = Sandbox::repository();
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below
    };
    let mut script = String::new();
    for case in 0..100 {
        script += &random_case(case, &mut next);
    }
    import(&sandbox, &script);
    let (repo, room) = room(&sandbox);
    let mut clean = 0;
    for case in 0..100 {
        let (ours, theirs) = (format!("o{case}"), format!("t{case}"));
        let ours_tip = repo.resolve(&ours).expect("a tip");
        let incoming = Incoming { tip: repo.resolve(&theirs).expect("a tip"), branch: &theirs };
        let quick = room.merge(ours_tip, incoming).expect("an answer");
        let asked = room.ask_git(ours_tip, incoming).expect("an answer");
        assert_eq!(
            quick.tree_id, asked.tree_id,
            "case {case}: what is decided in process is what git decides"
        );
        assert_eq!(quick.conflicts, asked.conflicts, "case {case}: the same conflicts");
        clean += usize::from(quick.conflicts.is_empty());
    }
    assert!((10..90).contains(&clean), "the cases are of both kinds: {clean} of 100 are clean");
}

/// A base and two sides as `git fast-import` reads them: few paths in few directories, so that sides
/// meet, rename and stand in each other's way.
fn random_case(case: usize, next: &mut impl FnMut(u64) -> u64) -> String {
    let paths = ["a/x", "a/y", "a/z", "b/x", "b/y", "c", "d", "a", "b/x/deep"];
    let file = |path: &str, lines: &[u64]| {
        let body: String = lines.iter().map(|line| format!("line {line}\n")).collect();
        format!("M 100644 inline {path}\ndata {}\n{body}\n", body.len())
    };
    let lines = |kind: usize, edit: u64| -> Vec<u64> {
        (0..8).map(|line| if line == edit { 1000 + edit } else { kind as u64 * 100 + line }).collect()
    };
    let commit = |branch: &str, from: &str, body: &str| {
        format!(
            "commit refs/heads/{branch}\ncommitter A <a@example.org> 1700000000 +0000\ndata 1\nc{from}\n{body}\n"
        )
    };
    let mut base = String::new();
    for (kind, path) in paths.iter().enumerate().take(7) {
        base += &file(path, &lines(kind, 99));
    }
    let mut script = commit(&format!("base{case}"), "", &base);
    for side in ["o", "t"] {
        let mut body = String::new();
        for _ in 0..=next(3) {
            let kind = next(paths.len() as u64) as usize;
            body += &match next(8) {
                0 => format!("D {}\n", paths[kind]),
                1 => {
                    format!("D {}\n", paths[kind % 7])
                        + &file(&format!("n/{kind}{side}"), &lines(kind % 7, 99))
                }
                2 => file(&format!("a/new{}", next(2)), &lines(kind, next(8))),
                3 => {
                    ["x", "y", "z"].map(|name| format!("D a/{name}\n")).concat()
                        + &(0..3).map(|k| file(&format!("moved/{k}"), &lines(k, 99))).collect::<String>()
                }
                _ => file(paths[kind], &lines(kind, next(8))),
            };
        }
        script += &commit(&format!("{side}{case}"), &format!("\nfrom refs/heads/base{case}"), &body);
    }
    script
}

fn import(sandbox: &Sandbox, script: &str) {
    sandbox.write(".git/script", script);
    let input = std::fs::File::open(sandbox.root.join(".git/script")).expect("it was written");
    let mut command = sandbox.command("git", &sandbox.root);
    let status = command.args(["fast-import", "--quiet"]).stdin(input).status().expect("git runs");
    assert!(status.success(), "the script is what fast-import reads");
}

#[test]
fn a_trial_leaves_no_trace() {
    let sandbox = Sandbox::from_script("merges.sh");
    let before = sandbox.git(&["count-objects", "-v"]).ok().out;
    let (repo, room) = room(&sandbox);
    for case in ["content", "disjoint", "rename-modify"] {
        let theirs = format!("theirs/{case}");
        let incoming = Incoming { tip: repo.resolve(&theirs).expect("a tip"), branch: &theirs };
        room.merge(repo.resolve(&format!("ours/{case}")).expect("a tip"), incoming).expect("an answer");
    }
    assert_eq!(sandbox.git(&["count-objects", "-v"]).ok().out, before, "nothing reaches the real store");
}

#[test]
fn a_result_is_handed_over_whole() {
    let sandbox = Sandbox::from_script("merges.sh");
    let (repo, room) = room(&sandbox);
    let (ours, tip) =
        (repo.resolve("ours/lines").expect("a tip"), repo.resolve("theirs/lines").expect("a tip"));
    let merged = room.merge(ours, Incoming { tip, branch: "theirs/lines" }).expect("an answer");
    let tree = merged.tree_id.to_string();
    sandbox.git(&["cat-file", "-e", &tree]).fails(1);
    room.hand_over(&repo, &[merged.tree_id], &[ours, tip]).expect("it is stored");
    sandbox.git(&["rev-list", "--objects", &tree]).ok();
}

#[test]
fn the_shared_repository_cannot_change_a_merge() {
    let sandbox = Sandbox::from_script("merges.sh");
    sandbox.write(".git/info/attributes", "text merge=evil\n");
    sandbox.git(&["config", "merge.evil.driver", "touch evil; cp %B %A"]).ok();
    sandbox.git(&["config", "core.fsmonitor", "touch evil"]).ok();
    sandbox.git(&["config", "merge.conflictStyle", "diff3"]).ok();
    let main = sandbox.git(&["rev-parse", "main"]).ok().out;
    let fake = sandbox.git(&["rev-parse", "theirs/content"]).ok().out;
    sandbox.git(&["replace", main.trim(), fake.trim()]).ok();
    sandbox.write(".git/shallow", fake.as_str());
    let (repo, room) = room(&sandbox);
    let incoming = Incoming { tip: repo.resolve("theirs/content").expect("a tip"), branch: "theirs/content" };
    let merged = room.merge(repo.resolve("ours/content").expect("a tip"), incoming).expect("an answer");
    assert_eq!(merged.conflicts.len(), 1, "the conflict is seen");
    assert_eq!(merged.conflicts[0].stages.len(), 3, "with its common ancestor");
    assert!(!sandbox.root.join("evil").exists(), "no configured command runs");
}

#[test]
fn a_tree_that_no_checkout_takes_is_found() {
    let sandbox = Sandbox::repository();
    let good = sandbox.git(&["rev-parse", "HEAD"]).ok().out.trim().to_owned();
    let blob = sandbox.git(&["rev-parse", "HEAD:README"]).ok().out.trim().to_owned();
    sandbox.write("list", format!("100644 blob {blob}\t.git\n"));
    let list = std::fs::File::open(sandbox.root.join("list")).expect("it was written");
    let made = sandbox.command("git", &sandbox.root).arg("mktree").stdin(list).output().expect("git runs");
    let tree = String::from_utf8(made.stdout).expect("an id");
    let bad = sandbox.git(&["commit-tree", "-p", &good, "-m", "bad", tree.trim()]).ok().out.trim().to_owned();
    let (repo, room) = room(&sandbox);
    let id = |text: &str| repo.resolve(text).expect("a commit");
    let said = room.check_objects(&[id(&bad)], &[id(&good)]).expect("an answer");
    assert!(said.as_deref().is_some_and(|said| said.contains(".git")), "{said:?}");
    assert_eq!(room.check_objects(&[id(&good)], &[]).expect("an answer"), None, "good objects pass");
}

#[test]
fn a_sha256_repository_and_a_shallow_clone_have_a_room() {
    let sandbox = Sandbox::empty();
    sandbox.git(&["init", "--quiet", "--object-format=sha256"]).ok();
    sandbox.write("f", "1\n2\n3\n4\n5\n");
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "base"]).ok();
    for (branch, text) in [("ours", "O\n2\n3\n4\n5\n"), ("theirs", "1\n2\n3\n4\nT\n")] {
        sandbox.git(&["checkout", "--quiet", "-b", branch, "main"]).ok();
        sandbox.write("f", text);
        sandbox.git(&["commit", "--quiet", "-am", branch]).ok();
    }
    let merge = |sandbox: &Sandbox| {
        let (repo, room) = room(sandbox);
        let tip = repo.resolve("theirs").expect("a tip");
        let ours = repo.resolve("ours").expect("a tip");
        found(&room.merge(ours, Incoming { tip, branch: "theirs" }).expect("an answer"))
    };
    let expect = truth(&sandbox, "ours", "theirs");
    assert!(matches!(expect, Truth::Tree(_)), "the sides do not conflict");
    assert_eq!(merge(&sandbox), expect, "as git merges it");

    let clone = Sandbox::empty();
    let url = format!("file://{}", sandbox.root.display());
    clone.git(&["clone", "--quiet", "--depth=2", "--no-single-branch", &url, "."]).ok();
    for branch in ["main", "ours", "theirs"] {
        clone
            .git(&["update-ref", &format!("refs/heads/{branch}"), &format!("refs/remotes/origin/{branch}")])
            .ok();
    }
    assert_eq!(merge(&clone), expect, "also where history is cut off");
}
