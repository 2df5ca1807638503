//! Every step of a chain of merges, held against `git merge-tree --write-tree` done step by step.
//!
//! The suite walks a few hundred steps. `CHAINS=3000 cargo test --test suite chains:: -- --nocapture`
//! walks as many generated repositories and says how many steps there were of which kind.

use std::process::Command;

use gix_hash::ObjectId;
use orchestrate::git::Repository;
use orchestrate::git::clean_room::CleanRoom;
use orchestrate::git::merges::{Incoming, Merged};
use orchestrate::model::change::Kind;

use crate::histories::{self, History};
use crate::sandbox::{Said, Sandbox};

/// As many histories as share a repository.
const BATCH: u64 = 100;

/// How many steps came out in which way.
#[derive(Debug, Default)]
struct Tally {
    steps: usize,
    clean: usize,
    conflicts: usize,
    /// Neither git nor we could say.
    unknown: usize,
    disagreements: Vec<String>,
}

/// What a merge comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Verdict {
    tree: String,
    is_clean: bool,
    /// As git lists it. A conflict may leave nothing unmerged, such as a directory that could be renamed
    /// to two places.
    unmerged: Vec<String>,
}

/// What git says; `None` if it cannot.
fn truth(sandbox: &Sandbox, base: &str, onto: ObjectId, branch: &str) -> Option<Verdict> {
    sandbox.write(".git/HEAD", format!("{onto}\n"));
    let mut git: Command = sandbox.command("git", &sandbox.root);
    git.args(["merge-tree", "--write-tree", "-z", "--no-messages", "HEAD", branch]);
    let said = Said::from(git.env("GIT_ATTR_SOURCE", base).output().expect("git runs"));
    if !matches!(said.code, 0 | 1) {
        return None;
    }
    let mut fields = said.out.split_terminator('\0').map(str::to_owned);
    let tree = fields.next().expect("a tree");
    // Of a file that made way for a directory git also lists what is not there, with mode 0.
    let is_entry = |field: &String| !field.is_empty() && !field.starts_with("000000 ");
    let mut unmerged: Vec<String> = fields.filter(is_entry).collect();
    unmerged.sort();
    Some(Verdict { tree, is_clean: said.code == 0, unmerged })
}

fn told(merged: &Merged) -> Verdict {
    let mut unmerged: Vec<String> = merged
        .conflicts
        .iter()
        .flat_map(|conflict| &conflict.stages)
        .map(|stage| {
            let mode = match stage.entry.kind {
                Kind::File => "100644",
                Kind::Executable => "100755",
                Kind::Symlink => "120000",
                Kind::Submodule => "160000",
            };
            format!("{mode} {} {}\t{}", stage.entry.id, stage.side as u8, stage.path)
        })
        .collect();
    unmerged.sort();
    unmerged.dedup();
    Verdict { tree: merged.tree_id.to_string(), is_clean: merged.conflicts.is_empty(), unmerged }
}

fn walk(sandbox: &Sandbox, repo: &Repository, (history, is_foreseen): (&History, bool), tally: &mut Tally) {
    let base = repo.resolve(&history.base).expect("a base");
    let mut room = CleanRoom::open(repo, base).expect("a room");
    if is_foreseen {
        room.hold_objects();
        let tips: Vec<ObjectId> =
            history.branches.iter().map(|branch| repo.resolve(branch).expect("a tip")).collect();
        room.foresee(base, &tips).expect("an answer");
    }
    let (mut ours, mut gits) = (base, base);
    for branch in &history.branches {
        let tip = repo.resolve(branch).expect("a tip");
        if repo.is_ancestor(tip, gits).expect("an answer") {
            continue;
        }
        tally.steps += 1;
        let expect = truth(sandbox, &history.base, gits, branch);
        let found = room.merge(ours, Incoming { tip, branch });
        let (expect, merged) = match (expect, found) {
            (Some(expect), Ok(merged)) => (expect, merged),
            (None, Err(_)) => {
                tally.unknown += 1;
                return;
            }
            (expect, found) => {
                tally.disagreements.push(format!("{branch}: git says {expect:?}, we {found:?}"));
                return;
            }
        };
        match expect.is_clean {
            true => tally.clean += 1,
            false => tally.conflicts += 1,
        }
        if told(&merged) != expect {
            tally.disagreements.push(format!("{branch}: git says {expect:?}, we {:?}", told(&merged)));
            return;
        }
        // Both go on with what they have, markers included.
        let tree_id = ObjectId::from_hex(expect.tree.as_bytes()).expect("an id");
        gits = repo.write_commit(tree_id, &[gits, tip], "step").expect("it is stored");
        ours = room.trial_commit(merged.tree_id, &[ours, tip]).expect("it is stored");
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "the long run is watched, and its counts are kept")]
fn every_step_of_a_chain_comes_out_as_git_says() {
    let wanted: u64 = std::env::var("CHAINS").ok().and_then(|text| text.parse().ok()).unwrap_or(40);
    let mut tally = Tally::default();
    for first in (0..wanted).step_by(usize::try_from(BATCH).expect("small")) {
        let sandbox = Sandbox::empty();
        sandbox.git(&["init", "--quiet"]).ok();
        sandbox.git(&["config", "user.name", "A"]).ok();
        sandbox.git(&["config", "user.email", "a@b.c"]).ok();
        let mut stream = Vec::new();
        let all = (first..wanted.min(first + BATCH)).map(|number| histories::write(&mut stream, number));
        let all: Vec<History> = all.collect();
        let mut import = sandbox.command("git", &sandbox.root);
        import.args(["fast-import", "--quiet"]);
        Said::of(import, &stream).ok();
        sandbox.git(&["pack-refs", "--all"]).ok();
        let repo = Repository::open(&sandbox.root).expect("a repository");
        for (number, history) in all.iter().enumerate() {
            walk(&sandbox, &repo, (history, number % 2 == 1), &mut tally);
        }
    }
    let Tally { steps, clean, conflicts, unknown, disagreements } = &tally;
    println!(
        "{wanted} repositories, {steps} steps: {clean} clean, {conflicts} conflicts, {unknown} unknown, {} disagreements",
        disagreements.len()
    );
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));
    assert!(*clean > steps / 5 && *conflicts > steps / 5, "there are steps of both kinds: {tally:?}");
}
