//! A conflict from its markers to its resolution, and the same conflict once more.

use std::path::Path;

use crate::sandbox::{Said, Sandbox};

pub const BENCH: &str = ".git/orchestrate/integrate/r";
const BRANCH: &str = "integration/r";

/// A run of three finished tasks that share every file. Tasks 1 and 2 change the list at its ends, task
/// 3 both ends.
pub fn finished() -> Sandbox {
    shared(&[
        ("task-1-one", "list", "one\n2\n3\n4\n5\n6\n7\n8\n9\n"),
        ("task-2-two", "list", "1\n2\n3\n4\n5\n6\n7\n8\nnine\n"),
        ("task-3-three", "list", "uno\n2\n3\n4\n5\n6\n7\n8\nnove\n"),
    ])
}

/// A run in which each of these tasks has changed one of the files.
fn shared(works: &[(&str, &str, &str)]) -> Sandbox {
    shared_in(Sandbox::repository(), works)
}

/// The same where something is there already.
fn shared_in(sandbox: Sandbox, works: &[(&str, &str, &str)]) -> Sandbox {
    sandbox.write("list", "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    sandbox.write("heading.md", "Title\n=======\ntext\n");
    sandbox.write("other", "o\n");
    let mut plan = String::from("run = \"r\"\nbase = \"main\"\n[protocol]\nbody = \"off\"\n");
    for (task, path, _) in works {
        plan += &format!("[[task]]\nname = \"{task}\"\nscope = [{{ path = '{path}', shared = true }}]\n");
    }
    sandbox.write("orchestrate.toml", plan);
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "Base"]).ok();
    sandbox.git(&["orchestrate", "start", "--yes"]).ok();
    for (task, path, content) in works {
        work(&sandbox, task, path, content);
    }
    sandbox
}

fn work(sandbox: &Sandbox, task: &str, path: &str, content: &str) {
    let place = format!("worktrees/{task}");
    sandbox.write(&format!("{place}/{path}"), content);
    sandbox.git_in(&place, &["add", "."]).ok();
    sandbox.git_in(&place, &["commit", "--quiet", "-m", "[COMPLETE] All of it"]).ok();
}

pub fn integrate(sandbox: &Sandbox, args: &[&str]) -> Said {
    sandbox.git(&[&["orchestrate", "integrate"], args].concat())
}

pub fn resolve(sandbox: &Sandbox, path: &str, content: &str) {
    sandbox.write(&format!("{BENCH}/{path}"), content);
    sandbox.git_in(BENCH, &["add", "--", path]).ok();
}

fn bench(sandbox: &Sandbox, path: &str) -> String {
    sandbox.read(&format!("{BENCH}/{path}"))
}

pub const RESOLVED: &str = "one uno\n2\n3\n4\n5\n6\n7\n8\nnine nove\n";

#[test]
fn submodules_are_left_alone_where_git_is_told_to_look_into_them() {
    let sandbox = Sandbox::repository();
    let clone = ["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "./.git", "vendor/lib"];
    sandbox.git(&clone).ok();
    sandbox.git(&["config", "submodule.recurse", "true"]).ok();
    let works = [("task-1-one", "list", "one\n"), ("task-2-two", "list", "two\n")];
    let sandbox = shared_in(sandbox, &works);
    integrate(&sandbox, &["--exec", "test -s list"]).fails(1);
    resolve(&sandbox, "list", "one\ntwo\n");
    integrate(&sandbox, &["--continue"]).ok();
    assert_eq!(sandbox.git(&["show", &format!("{BRANCH}:list")]).ok().out, "one\ntwo\n");
}

#[test]
fn markers_name_the_tasks_and_show_the_base() {
    for style in ["merge", "zdiff3"] {
        let sandbox = finished();
        sandbox.git(&["config", "merge.conflictStyle", style]).ok();
        integrate(&sandbox, &[]).fails(1);
        assert_eq!(
            bench(&sandbox, "list"),
            "<<<<<<< task-1-one, task-2-two\none\n||||||| base\n1\n=======\nuno\n>>>>>>> task-3-three\n\
             2\n3\n4\n5\n6\n7\n8\n\
             <<<<<<< task-1-one, task-2-two\nnine\n||||||| base\n9\n=======\nnove\n>>>>>>> task-3-three\n"
        );
    }
}

/// What the forecast says of a conflict whose one side is the sum of two tasks.
#[test]
fn status_says_that_it_waits() {
    let sandbox = finished();
    let next = |sandbox: &Sandbox| sandbox.git(&["orchestrate", "status"]).out;
    assert!(next(&sandbox).ends_with("     git orchestrate integrate\n"), "{}", next(&sandbox));
    integrate(&sandbox, &[]).fails(1);
    let said = next(&sandbox);
    assert!(said.contains("1. Finish the integration, which waits at task-3:\n"), "{said}");
    assert!(said.contains("     git orchestrate integrate --continue\n"), "{said}");
    assert!(!said.contains("Merge the finished work"), "{said}");
    resolve(&sandbox, "list", RESOLVED);
    integrate(&sandbox, &["--continue"]).ok();
    assert!(!next(&sandbox).contains("--continue"), "{}", next(&sandbox));
}

#[test]
fn the_forecast_says_who_wrote_each_side() {
    let sandbox = finished();
    let said = integrate(&sandbox, &["--dry-run"]).fails(1);
    assert!(said.out.contains("CONFLICT (content): list  (task-1, task-2 and task-3)"), "{}", said.out);
    for (place, hunk) in [
        ("at line 1 (lines 1 of task-1, 1 of task-3)", "task-1 | one\n         task-3 | uno\n"),
        ("at line 13 (lines 9 of task-2, 9 of task-3)", "task-2 | nine\n         task-3 | nove\n"),
    ] {
        assert!(said.out.contains(&format!("       {place}\n         {hunk}")), "{}", said.out);
    }
    let json = integrate(&sandbox, &["--dry-run", "--format", "json"]).fails(1).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let conflict = &json["steps"][2]["conflicts"][0];
    assert_eq!(conflict["ours"], serde_json::json!(["task-1-one", "task-2-two"]));
    assert_eq!(conflict["theirs"], serde_json::json!(["task-3-three"]));
    assert_eq!(conflict["hunks"].as_array().map(Vec::len), Some(2));
    let from = &conflict["hunks"][1]["ours_from"];
    assert_eq!((&from["lines"]["start"], &from["lines"]["count"]), (&9.into(), &1.into()));
    assert_eq!(from["tasks"], serde_json::json!(["task-2-two"]));
}

#[test]
fn a_marker_that_is_left_is_refused_with_its_line() {
    let sandbox = finished();
    integrate(&sandbox, &[]).fails(1);
    sandbox.git_in(BENCH, &["add", "list"]).ok();
    let said = integrate(&sandbox, &["--continue"]).fails(1);
    assert!(said.err.contains("list:1: conflict marker left"), "{}", said.err);
    for left in ["=======", "||||||| base", ">>>>>>> task-3-three"] {
        resolve(&sandbox, "list", &format!("one uno\n{left}\n2\n"));
        let said = integrate(&sandbox, &["--continue"]).fails(1);
        assert!(said.err.contains("list:2: conflict marker left"), "{left}: {}", said.err);
    }
    let git = sandbox.git_in(BENCH, &["diff", "--cached", "--check"]);
    assert!(git.out.contains("list:2: leftover conflict marker"), "as git says: {}", git.out);
    // Committing it by hand hides nothing.
    sandbox.git_in(BENCH, &["commit", "--quiet", "-m", "By hand"]).ok();
    integrate(&sandbox, &["--continue"]).fails(1);
    resolve(&sandbox, "list", RESOLVED);
    sandbox.git_in(BENCH, &["commit", "--quiet", "--amend", "-m", "By hand"]).ok();
    integrate(&sandbox, &["--continue"]).ok();
    assert_eq!(sandbox.git(&["show", &format!("{BRANCH}:list")]).ok().out, RESOLVED);
}

#[test]
fn lines_that_only_look_like_markers_are_kept() {
    for side in ["topic", "HEAD"] {
        let about_git = format!("<<<<<<< {side}\nx\n=======\ny\n>>>>>>> other\n");
        let ours = format!("Ours\n=======\ntext\n{about_git}");
        let theirs = format!("Theirs\n=======\ntext\n{about_git}");
        let sandbox = shared(&[("task-1-one", "heading.md", &ours), ("task-2-two", "heading.md", &theirs)]);
        integrate(&sandbox, &[]).fails(1);
        let resolved = format!("Both\n=======\ntext\n{about_git}");
        if side == "topic" {
            resolve(&sandbox, "heading.md", &format!("{resolved}=======\n"));
            let said = integrate(&sandbox, &["--continue"]).fails(1);
            assert!(said.err.contains("heading.md:9: conflict marker left"), "{}", said.err);
        }
        resolve(&sandbox, "heading.md", &resolved);
        integrate(&sandbox, &["--continue"]).ok();
    }
}

#[test]
fn a_path_that_neither_side_touched_is_refused() {
    let sandbox = finished();
    integrate(&sandbox, &[]).fails(1);
    resolve(&sandbox, "list", RESOLVED);
    resolve(&sandbox, "other", "changed in passing\n");
    resolve(&sandbox, "new\u{1b}[31m", "n\n");
    let said = integrate(&sandbox, &["--continue"]).fails(1);
    assert!(said.err.contains("2 paths are changed that neither side touched\n"), "{}", said.err);
    assert!(said.err.contains("  new\\x1b[31m\n  other\n"), "{}", said.err);
    sandbox.git_in(BENCH, &["checkout", "--quiet", "HEAD", "--", "other"]).ok();
    sandbox.git_in(BENCH, &["rm", "--quiet", "-f", "new\u{1b}[31m"]).ok();
    integrate(&sandbox, &["--continue"]).ok();
    let merge = sandbox.git(&["diff", "--name-only", &format!("{BRANCH}^1"), BRANCH]).ok().out;
    assert_eq!(merge, "list\n");
}

#[test]
fn the_same_conflict_is_resolved_as_before() {
    let sandbox = finished();
    integrate(&sandbox, &[]).fails(1);
    resolve(&sandbox, "list", RESOLVED);
    integrate(&sandbox, &["--continue"]).ok();
    let first = sandbox.git(&["rev-parse", &format!("{BRANCH}^{{tree}}")]).ok().out;
    let merge = sandbox.git(&["rev-parse", "--short=7", BRANCH]).ok().out;
    sandbox.git(&["branch", "-m", BRANCH, "aside"]).ok();

    let said = integrate(&sandbox, &["--dry-run"]).ok();
    let word = format!("you resolved the same conflict in {}, which is used again", merge.trim());
    assert!(said.out.contains(&word), "{}", said.out);
    let said = integrate(&sandbox, &[]).ok();
    assert!(said.out.contains("Success - 1 conflict resolved as before"), "{}", said.out);
    assert_eq!(sandbox.git(&["rev-parse", &format!("{BRANCH}^{{tree}}")]).ok().out, first);
    assert!(!sandbox.root.join(".git/rr-cache").exists(), "git's own cache is left alone");
    integrate(&sandbox, &["--land"]).ok();
}

#[test]
fn a_person_can_ask_to_be_asked_again() {
    let sandbox = finished();
    integrate(&sandbox, &[]).fails(1);
    resolve(&sandbox, "list", RESOLVED);
    integrate(&sandbox, &["--continue"]).ok();
    sandbox.git(&["branch", "-m", BRANCH, "aside"]).ok();
    integrate(&sandbox, &["--dry-run", "--no-replay"]).fails(1);
    integrate(&sandbox, &["--no-replay"]).fails(1);
    assert!(bench(&sandbox, "list").starts_with("<<<<<<< "), "it is laid out as if for the first time");
    integrate(&sandbox, &["--continue"]).fails(1);
    resolve(&sandbox, "list", "better\n");
    integrate(&sandbox, &["--continue"]).ok();
    // The newest decision counts from now on.
    sandbox.git(&["branch", "-m", BRANCH, "aside2"]).ok();
    integrate(&sandbox, &[]).ok();
    assert_eq!(sandbox.git(&["show", &format!("{BRANCH}:list")]).ok().out, "better\n");
}

#[test]
fn the_same_lines_are_filled_in_and_wait_for_a_person() {
    let sandbox = finished();
    integrate(&sandbox, &[]).fails(1);
    resolve(&sandbox, "list", RESOLVED);
    integrate(&sandbox, &["--continue"]).ok();
    sandbox.git(&["branch", "-m", BRANCH, "aside"]).ok();
    sandbox.git_in("worktrees/task-3-three", &["orchestrate", "status"]).ok();
    sandbox.git_in("worktrees/task-3-three", &["worker", "reopen", "-m", "More"]).ok();
    work(&sandbox, "task-3-three", "list", "uno\n2\n3\n4\nfünf\n6\n7\n8\nnove\n");

    let said = integrate(&sandbox, &[]).fails(1);
    assert!(said.out.contains("you resolved the same lines in"), "{}", said.out);
    assert_eq!(bench(&sandbox, "list"), RESOLVED.replace('5', "fünf"));
    let said = integrate(&sandbox, &["--continue"]).fails(1);
    assert!(said.err.contains("list: unmerged"), "nobody has looked at it yet: {}", said.err);
    sandbox.git_in(BENCH, &["add", "list"]).ok();
    integrate(&sandbox, &["--continue"]).ok();
}

/// HEAD, index, stash, files and configuration of a person, byte by byte.
fn belongings(sandbox: &Sandbox) -> Vec<(String, Vec<u8>)> {
    fn files(directory: &Path, found: &mut Vec<(String, Vec<u8>)>) {
        for entry in std::fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && path.file_name().is_none_or(|name| name != ".git") {
                files(&path, found);
            } else if path.is_file() {
                found.push((path.display().to_string(), std::fs::read(&path).expect("a file")));
            }
        }
    }
    let mut found = Vec::new();
    files(&sandbox.root, &mut found);
    for file in ["HEAD", "index", "refs/stash", "logs/refs/stash", "logs/HEAD", "config", "info/exclude"] {
        found
            .push((file.to_owned(), std::fs::read(sandbox.root.join(".git").join(file)).unwrap_or_default()));
    }
    found.sort();
    found
}

#[test]
fn what_a_person_has_in_hand_is_not_touched_and_the_branch_may_be_pushed() {
    let sandbox = finished();
    sandbox.git(&["init", "--quiet", "--bare", "../remote.git"]).ok();
    sandbox.write("other", "stashed\n");
    sandbox.git(&["stash", "--quiet"]).ok();
    sandbox.write("other", "staged\n");
    sandbox.git(&["add", "other"]).ok();
    sandbox.write("list", "not staged\n");
    sandbox.write("mine", "untracked\n");
    let before = belongings(&sandbox);
    let check = |args: &[&str], code: i32| {
        let said = integrate(&sandbox, args);
        assert_eq!(said.code, code, "{args:?}: {} {}", said.out, said.err);
        assert!(belongings(&sandbox) == before, "{args:?} touches nothing of a person's");
        let pushed = sandbox.git(&["push", "--quiet", "--force", "../remote.git", BRANCH]);
        assert!(pushed.code == 0 || pushed.err.contains("does not match any"), "{}", pushed.err);
    };
    check(&["--dry-run"], 1);
    check(&[], 1);
    check(&["--continue"], 1);
    check(&["--abort"], 0);
    check(&[], 1);
    resolve(&sandbox, "list", RESOLVED);
    check(&["--continue"], 0);
    sandbox.git(&["branch", "-m", BRANCH, "aside"]).ok();
    check(&["--no-replay"], 1);
    check(&["--skip"], 0);
}

/// Names that a terminal, a shell or git itself could take for something else.
#[test]
fn hostile_paths_are_shown_and_resolved() {
    for path in ["a\u{1b}]0;x\u{7}b", "-n", "$(touch evil)", "a\nb", "q\"'\\", "\u{202e}txt.exe"] {
        let sandbox = finished();
        for (task, content) in [("task-1-one", "O\n"), ("task-2-two", "T\n")] {
            let place = format!("worktrees/{task}");
            sandbox.write(&format!("{place}/{path}"), content);
            sandbox.git_in(&place, &["add", "--", path]).ok();
            let hooks = ["-c", "core.hooksPath=/dev/null"];
            sandbox
                .git_in(&place, &[&hooks[..], &["commit", "--quiet", "--amend", "--no-edit"]].concat())
                .ok();
        }
        // The judge keeps such work out; the merge itself has to stand it all the same.
        let repo = orchestrate::git::Repository::open(&sandbox.root).expect("a repository");
        let tip = |task: &str| repo.resolve(&format!("work/{task}")).expect("a tip");
        let room = orchestrate::git::clean_room::CleanRoom::open(&repo, tip("task-1-one")).expect("a room");
        let incoming =
            orchestrate::git::merges::Incoming { tip: tip("task-2-two"), branch: "work/task-2-two" };
        let merged = room.ask_git_with_bases(tip("task-1-one"), incoming).expect("an answer");
        let named = merged.conflicts.iter().any(|conflict| conflict.paths.iter().any(|one| one == path));
        assert!(named, "{path:?}: {:?}", merged.conflicts);
        let said = integrate(&sandbox, &["--dry-run"]).fails(1);
        assert!(!format!("{}{}", said.out, said.err).contains(['\u{1b}', '\u{7}', '\u{202e}']), "{path:?}");
        assert!(!sandbox.root.join("evil").exists());
    }
}

/// A run whose tasks both changed a lock file that `command` makes.
fn locked(command: &str) -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("Lock", "1\n");
    sandbox.write("other", "o\n");
    let mut plan = format!(
        "run = \"r\"\nbase = \"main\"\n[protocol]\nbody = \"off\"\n\
         [integrate]\ngenerated = [{{ path = 'Lock', run = '''{command}''' }}]\n"
    );
    for task in ["task-1-one", "task-2-two"] {
        plan += &format!(
            "[[task]]\nname = \"{task}\"\nscope = ['{task}/', {{ path = 'Lock', shared = true }}]\n"
        );
    }
    sandbox.write("orchestrate.toml", plan);
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "Base"]).ok();
    sandbox.git(&["orchestrate", "start", "--yes"]).ok();
    for task in ["task-1-one", "task-2-two"] {
        sandbox.write(&format!("worktrees/{task}/{task}/file"), "f\n");
        work(&sandbox, task, "Lock", &format!("{task}\n"));
    }
    sandbox
}

#[test]
fn a_generated_file_is_made_anew_on_request() {
    let sandbox = locked("ls -d task-* >Lock");
    let said = integrate(&sandbox, &["--dry-run"]).fails(1);
    assert!(said.out.contains("generated: `ls -d task-* >Lock` makes it anew"), "{}", said.out);
    integrate(&sandbox, &["--dry-run", "--resolve-trivial"]).ok();
    integrate(&sandbox, &[]).fails(1);
    integrate(&sandbox, &["--abort"]).ok();
    integrate(&sandbox, &["--resolve-trivial"]).ok();
    let made = sandbox.git(&["show", &format!("{BRANCH}:Lock")]).ok().out;
    assert_eq!(made, "task-1-one\ntask-2-two\n", "it is made of the merged files");
    integrate(&sandbox, &["--land"]).ok();
}

#[test]
fn what_a_generator_gets_wrong_is_left_to_a_person() {
    for (command, why) in [
        ("echo no >&2; exit 3", "`echo no >&2; exit 3` failed with exit code 3: no"),
        ("echo x >Lock; echo x >other", "it changed other as well"),
    ] {
        let sandbox = locked(command);
        let said = integrate(&sandbox, &["--resolve-trivial"]).fails(1);
        assert!(said.out.contains(&format!("generated, but not made anew: {why}")), "{}", said.out);
        assert!(bench(&sandbox, "Lock").starts_with("<<<<<<< task-1-one\n"), "the conflict is laid out");
        assert_eq!(bench(&sandbox, "other"), "o\n", "nothing of the attempt is left");
        resolve(&sandbox, "Lock", "both\n");
        integrate(&sandbox, &["--continue"]).ok();
    }
}

#[test]
fn a_generator_runs_only_where_a_person_accepted_it() {
    let sandbox = locked("touch ../../../ran; echo x >Lock");
    std::fs::remove_file(sandbox.root.join(".git/orchestrate/accepted.json")).expect("it was accepted");
    let said = integrate(&sandbox, &["--resolve-trivial"]);
    assert_ne!(said.code, 0);
    assert!(said.err.contains("touch ../../../ran; echo x >Lock"), "the command is shown: {}", said.err);
    integrate(&sandbox, &[]).fails(1);
    integrate(&sandbox, &["--continue"]).fails(1);
    assert!(!sandbox.root.join(".git/ran").exists(), "it did not run");
    integrate(&sandbox, &["--abort"]).ok();
    integrate(&sandbox, &["--resolve-trivial", "--yes"]).ok();
    assert!(sandbox.root.join(".git/ran").exists());
}

/// The worker of the stopped step does not wait: what it did not mean to be merged is not.
#[test]
fn what_changed_since_the_stop_is_not_merged_as_it_was() {
    let tree = "worktrees/task-3-three";
    let check = |change: &dyn Fn(&Sandbox), told: &str| {
        let sandbox = finished();
        integrate(&sandbox, &[]).fails(1);
        resolve(&sandbox, "list", RESOLVED);
        change(&sandbox);
        let before = sandbox.git(&["rev-parse", BRANCH]).ok().out;
        let said = integrate(&sandbox, &["--continue", "--only-complete"]).fails(1);
        let line = "the step of task-3 stopped, and its work changed since\n  task-3-three ";
        assert!(said.err.contains(&format!("{line}{told}")), "{}", said.err);
        assert_eq!(sandbox.git(&["rev-parse", BRANCH]).ok().out, before, "nothing was merged");
        assert_eq!(bench(&sandbox, "list"), RESOLVED, "and nothing is lost");
        let said = integrate(&sandbox, &["--skip", "--only-complete"]).ok();
        assert!(said.out.contains("backup/resolution/1"), "what was resolved is kept: {}", said.out);
    };
    check(&|sandbox| drop(sandbox.git_in(tree, &["worker", "reopen"]).ok()), "is not complete: ");
    let reset = |sandbox: &Sandbox| {
        sandbox.git_in(tree, &["reset", "--quiet", "--hard", "main"]).ok();
        work(sandbox, "task-3-three", "list", "drei\n2\n3\n4\n5\n6\n7\n8\nneun\n");
    };
    check(&reset, "does not hold any more what was to be merged");
    let stray = |sandbox: &Sandbox| {
        sandbox.git_in(tree, &["worker", "reopen"]).ok();
        sandbox.write(&format!("{tree}/other"), "not mine\n");
        let hookless = ["-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-a", "-m", "[COMPLETE] More"];
        sandbox.git_in(tree, &hookless).ok();
    };
    check(&stray, "breaks the rules: 1 error in its history");
}
