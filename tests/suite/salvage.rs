//! What a person made in the private worktree is kept when it goes, and can be had again.

use crate::conflict::{BENCH, RESOLVED, finished, integrate, resolve};
use crate::sandbox::{Said, Sandbox};

const KEPT: &str = "refs/orchestrate/r/backup/resolution/";

/// A run that stopped at its conflict.
fn stopped() -> Sandbox {
    let sandbox = finished();
    integrate(&sandbox, &[]).fails(1);
    sandbox
}

fn backups(sandbox: &Sandbox) -> Vec<String> {
    let refs = sandbox.git(&["for-each-ref", "--format=%(refname)", KEPT]).ok().out;
    refs.lines().map(str::to_owned).collect()
}

fn show(sandbox: &Sandbox, path: &str) -> String {
    sandbox.git(&["show", &format!("{KEPT}1:{path}")]).ok().out
}

/// The one backup, which the command has named with the way back.
#[track_caller]
fn is_named(sandbox: &Sandbox, said: &Said) {
    assert_eq!(backups(sandbox), [format!("{KEPT}1")], "{} {}", said.out, said.err);
    assert!(said.out.contains(&format!("kept as {KEPT}1")), "{}", said.out);
    assert!(said.out.contains(&format!("checkout {KEPT}1 -- <path>")), "{}", said.out);
}

#[test]
fn a_resolution_outlives_an_abort_and_can_be_used_again() {
    for is_staged in [true, false] {
        let sandbox = stopped();
        sandbox.write(&format!("{BENCH}/list"), RESOLVED);
        sandbox.write(&format!("{BENCH}/notes"), "untracked\n");
        if is_staged {
            sandbox.git_in(BENCH, &["add", "list"]).ok();
        }
        let said = integrate(&sandbox, &["--abort"]).ok();
        is_named(&sandbox, &said);
        assert_eq!(
            (show(&sandbox, "list").as_str(), show(&sandbox, "notes").as_str()),
            (RESOLVED, "untracked\n")
        );
        sandbox.git(&["fsck", "--strict", "--no-dangling"]).ok();

        integrate(&sandbox, &[]).fails(1);
        let hint =
            said.out.lines().find_map(|line| line.split_once("stops there again: ")).expect("a hint").1;
        let mut shell = sandbox.command("sh", &sandbox.root);
        Said::of(
            {
                shell.args(["-c", &hint.replace("<path>", "list")]);
                shell
            },
            b"",
        )
        .ok();
        integrate(&sandbox, &["--continue"]).ok();
        assert_eq!(sandbox.git(&["show", "integration/r:list"]).ok().out, RESOLVED);
        assert_eq!(backups(&sandbox).len(), 1, "what is merged is not kept once more");
    }
}

#[test]
fn a_commit_of_a_person_is_kept() {
    let sandbox = stopped();
    resolve(&sandbox, "list", RESOLVED);
    sandbox.git_in(BENCH, &["commit", "--quiet", "-m", "By hand"]).ok();
    let made = sandbox.git_in(BENCH, &["rev-parse", "HEAD"]).ok().out;
    let said = integrate(&sandbox, &["--abort"]).ok();
    is_named(&sandbox, &said);
    assert_eq!(sandbox.git(&["rev-parse", &format!("{KEPT}1")]).ok().out, made, "the commit itself");
}

#[test]
fn what_a_failing_command_keeps_from_the_branch_is_kept() {
    let sandbox = finished();
    integrate(&sandbox, &["--exec", "! grep uno list"]).fails(1);
    resolve(&sandbox, "list", RESOLVED);
    integrate(&sandbox, &["--continue"]).fails(1);
    let said = integrate(&sandbox, &["--abort"]).ok();
    is_named(&sandbox, &said);
    assert_eq!(show(&sandbox, "list"), RESOLVED);
}

#[test]
fn nothing_is_kept_of_what_we_laid_out() {
    let sandbox = stopped();
    integrate(&sandbox, &["--abort"]).ok();
    integrate(&sandbox, &[]).fails(1);
    sandbox.git_in(BENCH, &["merge", "--abort"]).ok();
    integrate(&sandbox, &["--abort"]).ok();
    integrate(&sandbox, &[]).fails(1);
    integrate(&sandbox, &["--skip"]).ok();
    assert_eq!(backups(&sandbox), [""; 0]);
}

#[test]
fn it_is_kept_whatever_else_ends_the_stop() {
    let commands: [&[&str]; 3] = [&["--skip"], &["--undo"], &["--undo", "task-1"]];
    for command in commands {
        let sandbox = stopped();
        resolve(&sandbox, "list", RESOLVED);
        let said = integrate(&sandbox, command).ok();
        is_named(&sandbox, &said);
        assert_eq!(show(&sandbox, "list"), RESOLVED, "{command:?}");
    }
    // The task went on meanwhile, so that its merge is another one.
    let sandbox = stopped();
    resolve(&sandbox, "list", RESOLVED);
    sandbox.git(&["update-ref", "refs/heads/integration/r", "integration/r~1"]).ok();
    let said = integrate(&sandbox, &["--continue"]).fails(1);
    is_named(&sandbox, &said);
    assert_eq!(show(&sandbox, "list"), RESOLVED);
}

/// A file that a person left beside the resolution goes with the private worktree.
#[test]
fn an_untracked_file_outlives_a_continue() {
    let sandbox = stopped();
    resolve(&sandbox, "list", RESOLVED);
    sandbox.write(&format!("{BENCH}/notes"), "untracked\n");
    let said = integrate(&sandbox, &["--continue"]).ok();
    is_named(&sandbox, &said);
    assert_eq!(show(&sandbox, "notes"), "untracked\n");
    let json = backups(&sandbox);
    assert_eq!(json.len(), 1);
}

/// As a clean-up has it: what only the index has, and what git was told not to look at.
#[test]
fn what_git_status_does_not_show_is_kept() {
    let hidden = |how: &str| format!("git update-index {how} other && echo precious >other");
    let staged = "git add list && git show HEAD:list >list";
    for (how, kept) in [
        (hidden("--assume-unchanged"), "precious\n"),
        (hidden("--skip-worktree"), "precious\n"),
        (staged.to_owned(), RESOLVED),
    ] {
        let sandbox = stopped();
        if how == staged {
            sandbox.write(&format!("{BENCH}/list"), RESOLVED);
        }
        let mut shell = sandbox.command("sh", &sandbox.root.join(BENCH));
        shell.args(["-ec", &how]);
        Said::of(shell, b"").ok();
        let said = integrate(&sandbox, &["--abort"]).ok();
        is_named(&sandbox, &said);
        let at = if how == staged { "^2:list" } else { ":other" };
        assert_eq!(sandbox.git(&["show", &format!("{KEPT}1{at}")]).ok().out, kept, "{how}");
        integrate(&sandbox, &[]).fails(1);
        integrate(&sandbox, &["--abort"]).ok();
        assert_eq!(backups(&sandbox).len(), 1, "{how}: nothing of ours is kept");
    }
}

/// What lies there and why it cannot be kept: damage, or a repository within with a commit or without.
fn spoiled(how: usize) -> (Sandbox, &'static str) {
    let sandbox = stopped();
    resolve(&sandbox, "list", RESOLVED);
    let inner = format!("{BENCH}/inner");
    if how == 0 {
        let git_dir = sandbox.git_in(BENCH, &["rev-parse", "--absolute-git-dir"]).ok().out;
        let head = format!("{}/HEAD", git_dir.trim());
        std::fs::write(head, format!("{}\n", "1".repeat(40))).expect("it is written");
        return (sandbox, "cannot keep what is in");
    }
    sandbox.git_in(BENCH, &["init", "--quiet", "inner"]).ok();
    if how == 2 {
        let commit = ["-c", "core.hooksPath=/dev/null", "commit", "--quiet", "--allow-empty", "-m", "Mine"];
        sandbox.git_in(&inner, &commit).ok();
        return (sandbox, "inner is a repository of its own");
    }
    (sandbox, "inner/' does not have a commit")
}

#[test]
fn what_cannot_be_kept_is_not_taken_away() {
    for how in 0..3 {
        let (sandbox, why) = spoiled(how);
        let said = integrate(&sandbox, &["--abort"]).fails(2);
        assert!(said.err.contains(why), "{}", said.err);
        assert_eq!(sandbox.read(&format!("{BENCH}/list")), RESOLVED, "it is still there");
        let hint = said.err.lines().find_map(|line| line.split_once("then again: ")).expect("a hint").1;
        let mut shell = sandbox.command("sh", &sandbox.root);
        shell.args(["-c", hint]);
        Said::of(shell, b"").ok();
        integrate(&sandbox, &["--abort"]).ok();
        assert_eq!(sandbox.read(&format!("{BENCH}-aside/list")), RESOLVED, "nor later");
        assert_eq!(sandbox.root.join(format!("{BENCH}-aside/inner/.git")).exists(), how > 0);
    }
}

/// A resolution with a line that the command takes only beside a file which nobody has added.
fn with_untracked_file(args: &[&str]) -> Sandbox {
    let sandbox = finished();
    integrate(&sandbox, args).fails(1);
    resolve(&sandbox, "list", RESOLVED);
    sandbox.write(&format!("{BENCH}/fix"), "mine\n");
    sandbox
}

#[test]
fn commands_see_no_file_that_is_in_no_tree() {
    let sandbox = with_untracked_file(&["--exec", "touch made; ! grep -q nove list || test -e fix"]);
    assert!(!sandbox.root.join(BENCH).join("made").exists(), "what the command made is no person's");
    sandbox.write(".git/info/exclude", "*.pyc\n");
    sandbox.write(&format!("{BENCH}/cache/a.pyc"), "ignored, and so is where it is\n");
    std::fs::create_dir(sandbox.root.join(BENCH).join("empty")).expect("a directory");
    let said = integrate(&sandbox, &["--continue"]).fails(1);
    let told = "1 path is in no tree, so the commands would run on more than the result\n  fix\n";
    assert!(said.err.contains(told), "{}", said.err);
    assert_eq!(sandbox.read(&format!("{BENCH}/fix")), "mine\n", "and nothing is lost");
    assert_eq!(sandbox.git(&["show", "integration/r:list"]).ok().out.lines().next(), Some("one"));

    // The remedies, typed as they are: what belongs to no side is no part of the merge.
    typed(&sandbox, &said.err, "take the rest away: ");
    let said = integrate(&sandbox, &["--continue"]).fails(1);
    assert!(said.out.contains("Stopped at task-3. The result is in"), "{}", said.out);
    assert!(!sandbox.root.join(BENCH).join("made").exists(), "what the command made is no person's");

    sandbox.write(&format!("{BENCH}/fix"), "mine\n");
    let said = integrate(&sandbox, &["--continue"]).fails(1);
    typed(&sandbox, &said.err.replace("<path>", "fix"), "add what belongs to the result: ");
    integrate(&sandbox, &["--continue"]).ok();
    assert_eq!(sandbox.git(&["show", "integration/r:fix"]).ok().out, "mine\n");
}

#[test]
fn an_untracked_file_is_kept_where_no_command_runs() {
    let sandbox = with_untracked_file(&[]);
    let said = integrate(&sandbox, &["--continue"]).ok();
    is_named(&sandbox, &said);
    assert_eq!(show(&sandbox, "fix"), "mine\n");
}

#[test]
fn every_way_out_works_in_the_private_worktree() {
    for (way, journal, is_merged) in [
        ("--abort", "aborted; integration/r is back where it was", false),
        ("--undo", "integration/r went back from", false),
        ("--skip", "integrated into integration/r", false),
        ("--continue", "integrated into integration/r", true),
    ] {
        let sandbox = stopped();
        resolve(&sandbox, "list", RESOLVED);
        sandbox.write(&format!("{BENCH}/below/x"), "x\n");
        let place = if is_merged { BENCH.to_owned() } else { format!("{BENCH}/below") };
        let said = sandbox.git_in(&place, &["orchestrate", "integrate", way]).ok();
        assert!(!sandbox.root.join(BENCH).exists(), "{way}: {}", said.out);
        assert_eq!(sandbox.git(&["worktree", "list"]).ok().out.lines().count(), 4, "{way}");
        let entries = ["log", "-2", "--format=%B", "refs/orchestrate/r/journal/orchestrator"];
        let entries = sandbox.git(&entries).ok().out;
        assert!(entries.contains(journal), "{way}: {entries}");
        integrate(&sandbox, &["--abort"]).fails(1);
        let tip = sandbox.git(&["show", "integration/r:list"]);
        assert_eq!(tip.out == RESOLVED, is_merged, "{way}: {}", tip.out);
        is_named(&sandbox, &said);
        sandbox.git(&["fsck", "--strict", "--no-dangling"]).ok();
    }
}

/// Types the command that follows `before` in what was said.
#[track_caller]
pub fn typed(sandbox: &Sandbox, said: &str, before: &str) {
    let told = said.lines().find_map(|line| line.split_once(before)).expect(before).1;
    let mut shell = sandbox.command("sh", &sandbox.root);
    shell.args(["-c", told]);
    Said::of(shell, b"").ok();
}

#[test]
fn of_a_worktree_that_is_gone_only_what_a_person_staged_is_kept() {
    let staged = |sandbox: &Sandbox| {
        let refs = ["for-each-ref", "--format=%(refname)", "refs/orchestrate/r/backup/staged/"];
        sandbox.git(&refs).ok().out
    };
    for is_resolved in [false, true] {
        let sandbox = stopped();
        if is_resolved {
            resolve(&sandbox, "list", RESOLVED);
        }
        std::fs::remove_dir_all(sandbox.root.join(BENCH)).expect("removed");
        integrate(&sandbox, &["--abort"]).ok();
        assert_eq!(staged(&sandbox).lines().count(), usize::from(is_resolved), "{}", staged(&sandbox));
        if is_resolved {
            let kept = format!("{}:list", staged(&sandbox).trim());
            assert_eq!(sandbox.git(&["show", &kept]).ok().out, RESOLVED);
        }
    }
}
