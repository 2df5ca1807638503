//! `git orchestrate cleanup` on real repositories: what goes, what stays, and that nothing is lost.

use crate::sandbox::{Said, Sandbox};

pub const TREE: &str = "worktrees/task-3-frontend";
pub const RUN: &str = "refs/orchestrate/analytics-dashboard";

pub fn cleanup(sandbox: &Sandbox, args: &[&str]) -> Said {
    sandbox.git(&[&["orchestrate", "cleanup", "--run", "analytics-dashboard"], args].concat())
}

/// The scenario's run, integrated and landed.
pub fn landed() -> Sandbox {
    let sandbox = Sandbox::from_script("finished.sh");
    sandbox.git(&["orchestrate", "integrate"]).ok();
    sandbox.git(&["orchestrate", "integrate", "--land"]).ok();
    sandbox
}

fn heads(sandbox: &Sandbox) -> String {
    sandbox.git(&["for-each-ref", "--format=%(refname:short)", "refs/heads"]).ok().out
}

#[test]
fn a_landed_run_goes_without_a_trace_but_its_records() {
    let sandbox = Sandbox::from_script("myapp.sh");
    let config = sandbox.git(&["config", "--local", "--list"]).ok().out;
    drop(sandbox);

    let sandbox = landed();
    let tips = sandbox.git(&["for-each-ref", "--format=%(objectname)", "refs/heads"]).ok().out;
    let forecast = cleanup(&sandbox, &["--dry-run"]).ok();
    assert!(forecast.out.contains("would remove branch work/task-1-api-endpoints"), "{}", forecast.out);
    assert_eq!(heads(&sandbox).lines().count(), 5, "a dry run removes nothing");

    cleanup(&sandbox, &[]).ok();
    assert_eq!(heads(&sandbox), "main\n");
    assert_eq!(
        sandbox.git(&["worktree", "list"]).ok().out.lines().count(),
        1,
        "only the main worktree is left"
    );
    assert!(!sandbox.root.join("worktrees").exists(), "nor is the empty directory");
    assert_eq!(sandbox.git(&["status", "--porcelain"]).ok().out, "");
    assert_eq!(
        sandbox.git(&["config", "--local", "--list"]).ok().out,
        config,
        "the configuration is as before"
    );
    let backups = sandbox.git(&["for-each-ref", "--format=%(objectname)", &format!("{RUN}/backup")]).ok().out;
    for tip in tips.lines() {
        let is_main = sandbox.git(&["rev-parse", "main"]).ok().out.trim() == tip;
        assert!(is_main || backups.contains(tip), "every branch has a backup ref: {tip}");
    }
    for kept in ["plan", "journal/orchestrator"] {
        sandbox.git(&["rev-parse", "--verify", "--quiet", &format!("{RUN}/{kept}")]).ok();
    }

    let again = cleanup(&sandbox, &[]).ok();
    let over = "analytics-dashboard is cleaned up; its plan, journals, records and backups stay\n";
    assert!(again.out.starts_with(over), "{}", again.out);
    sandbox.git(&["fsck", "--strict", "--no-dangling"]).ok();
    let command = again.out.lines().find_map(|line| line.strip_prefix("hint: they go for good with: "));
    let mut shell = sandbox.command("sh", &sandbox.root);
    Said::from(shell.args(["-c", command.expect("the command")]).output().expect("it runs")).ok();
    assert_eq!(sandbox.git(&["for-each-ref", RUN, "refs/notes/orchestrate"]).ok().out, "", "nothing stays");
}

#[test]
fn before_landing_the_integration_branch_stays() {
    let sandbox = Sandbox::from_script("finished.sh");
    sandbox.git(&["orchestrate", "integrate"]).ok();
    let said = cleanup(&sandbox, &[]).fails(1);
    assert!(
        said.out.contains("kept branch integration/analytics-dashboard: it is not in main yet"),
        "{}",
        said.out
    );
    assert_eq!(heads(&sandbox), "integration/analytics-dashboard\nmain\n", "what it holds may go");
    sandbox.git(&["orchestrate", "integrate", "--land"]).ok();
    cleanup(&sandbox, &[]).ok();
    assert_eq!(heads(&sandbox), "main\n", "a second call finishes");
}

#[test]
fn nothing_goes_while_work_is_under_way() {
    let sandbox = Sandbox::from_script("finished.sh");
    let before = heads(&sandbox);
    let said = cleanup(&sandbox, &[]).fails(1);
    assert_eq!(said.out.matches("kept").count(), 6, "{}", said.out);
    assert!(said.out.contains("its commits are merged nowhere"), "{}", said.out);
    assert_eq!(heads(&sandbox), before);

    let fresh = Sandbox::from_script("myapp.sh");
    let plan = std::fs::read(crate::sandbox::fixture("analytics.toml")).expect("the scenario's plan");
    fresh.write("orchestrate.toml", plan);
    fresh.git(&["add", "."]).ok();
    fresh.git(&["commit", "--quiet", "-m", "Plan"]).ok();
    fresh.git(&["orchestrate", "start"]).ok();
    let said = cleanup(&fresh, &[]).fails(1);
    assert!(said.out.contains("its task has not begun"), "a run that just started stays: {}", said.out);
    assert_eq!(heads(&fresh).lines().count(), 4);
    assert!(!said.out.contains("git orchestrate integrate"), "there is nothing to integrate: {}", said.out);
    assert!(said.out.contains("hint: start with a plan that has not got the task"), "{}", said.out);
    let plan = fresh.read("orchestrate.toml").replace("task-3-frontend", "task-3-pages");
    fresh.write("orchestrate.toml", plan);
    fresh.git(&["orchestrate", "start", "--yes"]).ok();
    let said = cleanup(&fresh, &[]).fails(1);
    assert!(said.out.contains("removed branch work/task-3-frontend\n"), "{}", said.out);
}

#[test]
fn uncommitted_work_stays() {
    let sandbox = landed();
    sandbox.write(&format!("{TREE}/note.txt"), "mine\n");
    let said = cleanup(&sandbox, &[]).fails(1);
    assert!(said.out.contains("not committed: note.txt"), "{}", said.out);
    assert!(said.out.contains("kept branch work/task-3-frontend: its worktree stays"), "{}", said.out);
    assert_eq!(sandbox.read(&format!("{TREE}/note.txt")), "mine\n");
    assert!(!sandbox.root.join("worktrees/task-1-api-endpoints").exists(), "the others go");
    let list = sandbox.git(&["worktree", "list", "--porcelain"]).ok().out;
    assert!(list.contains("locked"), "what stays is still locked: {list}");

    let forced = cleanup(&sandbox, &["--force"]).ok();
    assert!(forced.out.contains("removed worktree"), "{}", forced.out);
    let backups = sandbox
        .git(&["for-each-ref", "--format=%(refname)", &format!("{RUN}/backup/task-3-frontend")])
        .ok()
        .out;
    let kept =
        backups.lines().any(|name| sandbox.git(&["show", &format!("{name}:note.txt")]).out == "mine\n");
    assert!(kept, "insisting loses nothing either: {backups}");
}

#[test]
fn what_git_was_told_not_to_look_at_stays() {
    for how in ["--assume-unchanged", "--skip-worktree"] {
        let sandbox = landed();
        let tracked = sandbox.git_in(TREE, &["ls-files"]).ok().out;
        let (changed, same) = tracked.split_once('\n').expect("two files");
        let same = same.lines().next().expect("a second file");
        sandbox.git_in(TREE, &["update-index", how, changed, same]).ok();
        sandbox.write(&format!("{TREE}/{changed}"), "precious\n");
        assert_eq!(sandbox.git_in(TREE, &["status", "--porcelain"]).ok().out, "", "git sees nothing");
        let said = cleanup(&sandbox, &[]).fails(1);
        assert!(said.out.contains(&format!("not committed: {changed}\n")), "{how}: {}", said.out);
        assert_eq!(sandbox.read(&format!("{TREE}/{changed}")), "precious\n");

        cleanup(&sandbox, &["--force"]).ok();
        let kept = sandbox.git(&["show", &format!("{RUN}/backup/task-3-frontend/1:{changed}")]).ok().out;
        assert_eq!(kept, "precious\n", "{how}: insisting loses nothing either");
    }
}

#[test]
fn a_repository_within_stays_even_when_a_person_insists() {
    for how in ["untracked", "without a commit", "tracked"] {
        let sandbox = landed();
        let inner = format!("{TREE}/lib/vendor");
        sandbox.git_in(TREE, &["init", "--quiet", "lib/vendor"]).ok();
        sandbox.write(&format!("{inner}/work"), "mine\n");
        let plain = ["-c", "core.hooksPath=/dev/null"];
        if how != "without a commit" {
            sandbox.git_in(&inner, &["add", "work"]).ok();
            sandbox.git_in(&inner, &[&plain[..], &["commit", "--quiet", "-m", "Mine"]].concat()).ok();
        }
        if how == "tracked" {
            sandbox.git_in(TREE, &["add", "lib/vendor"]).ok();
            sandbox.git_in(TREE, &[&plain[..], &["commit", "--quiet", "-m", "Vendor"]].concat()).ok();
        }
        for args in [&[][..], &["--force"]] {
            let said = cleanup(&sandbox, args).fails(1);
            assert!(said.out.contains("a repository of its own is in it: lib/vendor"), "{how}: {}", said.out);
            assert_eq!(sandbox.read(&format!("{inner}/work")), "mine\n", "{how}");
        }
        std::fs::rename(sandbox.root.join(&inner), sandbox.root.join("../vendor")).expect("it moves");
        cleanup(&sandbox, &["--force"]).ok();
    }
}

#[test]
fn an_ignored_repository_stays_for_commits_that_are_nowhere_else() {
    for inner in ["build", "build/tool"] {
        let sandbox = landed();
        let path = format!("{TREE}/{inner}");
        sandbox.write(".git/info/exclude", "build/\n");
        sandbox.git_in(TREE, &["init", "--quiet", inner]).ok();
        sandbox.write(&format!("{path}/work"), "mine\n");
        sandbox.git_in(&path, &["add", "work"]).ok();
        sandbox.git_in(&path, &["-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-m", "Mine"]).ok();
        assert_eq!(sandbox.git_in(TREE, &["status", "--porcelain"]).ok().out, "", "git sees nothing");
        for args in [&[][..], &["--force"]] {
            let said = cleanup(&sandbox, args).fails(1);
            assert!(
                said.out.contains(&format!("a repository of its own is in it: {inner}\n")),
                "{}",
                said.out
            );
            assert!(said.out.contains("hint: set it aside, then again: mv /"), "{}", said.out);
            assert_eq!(sandbox.read(&format!("{path}/work")), "mine\n");
        }
        sandbox.git(&["init", "--quiet", "--bare", "../published.git"]).ok();
        let there = sandbox.root.join("../published.git");
        let there = there.to_str().expect("a path of the test's");
        sandbox.git_in(&path, &["push", "--quiet", there, "HEAD:refs/heads/tool"]).ok();
        sandbox.git_in(&path, &["remote", "add", "origin", there]).ok();
        sandbox.git_in(&path, &["fetch", "--quiet", "origin"]).ok();
        assert!(cleanup(&sandbox, &[]).ok().out.contains("removed worktree"), "what is pushed is not lost");
    }
}

#[test]
fn a_worktree_that_a_person_locked_stays_even_when_they_insist() {
    for reason in ["mine: it runs for days", ""] {
        let sandbox = landed();
        sandbox.git(&["worktree", "unlock", TREE]).ok();
        sandbox.git(&["worktree", "lock", "--reason", reason, TREE]).ok();
        for args in [&["--dry-run"][..], &[], &["--force"]] {
            let said = cleanup(&sandbox, args).fails(1);
            let why = format!(
                "{TREE}: somebody has locked it{}{reason}\n",
                if reason.is_empty() { "" } else { ": " }
            );
            assert!(said.out.contains(&why), "{args:?}: {}", said.out);
            assert!(said.out.contains("hint: git worktree unlock /"), "{args:?}: {}", said.out);
        }
        let list = sandbox.git(&["worktree", "list", "--porcelain"]).ok().out;
        assert!(list.contains(format!("\nlocked {reason}").trim_end()), "the lock is as it was: {list}");
        sandbox.git(&["worktree", "unlock", TREE]).ok();
        cleanup(&sandbox, &[]).ok();
    }
}

#[test]
fn what_only_the_index_has_is_backed_up() {
    let sandbox = landed();
    sandbox.write(&format!("{TREE}/new"), "staged\n");
    sandbox.git_in(TREE, &["add", "new"]).ok();
    std::fs::remove_file(sandbox.root.join(TREE).join("new")).expect("it goes");
    cleanup(&sandbox, &["--force"]).ok();
    let backup = format!("{RUN}/backup/task-3-frontend/1");
    assert_eq!(sandbox.git(&["show", &format!("{backup}^2:new")]).ok().out, "staged\n");
    let landed = sandbox.git(&["rev-parse", &format!("{backup}^1")]).ok().out;
    assert_eq!(sandbox.git(&["rev-parse", &format!("{backup}^2^")]).ok().out, landed);
}

#[test]
fn unmerged_work_is_backed_up_when_a_person_insists() {
    let sandbox = Sandbox::from_script("finished.sh");
    let tip = sandbox.git(&["rev-parse", "work/task-3-frontend"]).ok().out;
    cleanup(&sandbox, &["--force"]).ok();
    assert_eq!(heads(&sandbox), "main\n");
    let backup = sandbox.git(&["rev-parse", &format!("{RUN}/backup/task-3-frontend/1")]).ok().out;
    assert_eq!(backup, tip);
}

#[test]
fn a_branch_in_use_elsewhere_stays() {
    let sandbox = landed();
    sandbox.git(&["worktree", "add", "--quiet", "--force", "../mine", "work/task-3-frontend"]).ok();
    for args in [&[][..], &["--force"]] {
        let said = cleanup(&sandbox, args).fails(1);
        assert!(said.out.contains("it is checked out in"), "{}", said.out);
        assert!(heads(&sandbox).contains("work/task-3-frontend"));
    }
}

#[test]
fn a_detached_worktree_with_commits_of_its_own_stays() {
    let sandbox = landed();
    sandbox.git_in(TREE, &["checkout", "--quiet", "--detach"]).ok();
    sandbox
        .git_in(TREE, &["-c", "core.hooksPath=/dev/null", "commit", "--quiet", "--allow-empty", "-m", "x"])
        .ok();
    let said = cleanup(&sandbox, &[]).fails(1);
    assert!(said.out.contains("something else checked out"), "{}", said.out);
    assert!(said.out.contains("hint: --force (keeps a backup ref), or check"), "{}", said.out);
    assert!(sandbox.root.join(TREE).exists());
    let lone = sandbox.git_in(TREE, &["rev-parse", "HEAD"]).ok().out;
    cleanup(&sandbox, &["--force"]).ok();
    let backups = sandbox.git(&["for-each-ref", "--format=%(objectname)", &format!("{RUN}/backup")]).ok().out;
    assert!(backups.contains(lone.trim_end()), "its commit is kept: {backups}");
}

#[test]
fn a_worktree_that_is_away_stays() {
    let sandbox = landed();
    std::fs::rename(sandbox.root.join(TREE), sandbox.root.join("../away")).expect("it can be moved");
    let said = cleanup(&sandbox, &[]).fails(1);
    assert!(said.out.contains("its directory is not there"), "{}", said.out);
    std::fs::rename(sandbox.root.join("../away"), sandbox.root.join(TREE)).expect("and back");
    cleanup(&sandbox, &[]).ok();
}

#[test]
fn the_worktree_one_stands_in_stays() {
    let sandbox = landed();
    let said = sandbox.git_in(TREE, &["orchestrate", "cleanup"]).fails(1);
    assert!(said.out.contains("you are in it"), "{}", said.out);
    assert!(sandbox.root.join(TREE).exists());
}

#[test]
fn an_integration_in_progress_is_finished_first() {
    let sandbox = Sandbox::from_script("clashing.sh");
    sandbox.git(&["orchestrate", "integrate"]).fails(1);
    let said = cleanup(&sandbox, &["--force"]).fails(1);
    assert!(said.err.contains("--continue"), "{}", said.err);
    assert_eq!(heads(&sandbox).lines().count(), 5);
}

#[test]
fn branches_of_the_remote_go_only_where_its_base_has_them() {
    let sandbox = Sandbox::from_script("finished.sh");
    sandbox.git(&["init", "--quiet", "--bare", "../remote.git"]).ok();
    sandbox.git(&["remote", "add", "origin", "../remote.git"]).ok();
    sandbox.git(&["push", "--quiet", "origin", "refs/heads/*"]).ok();
    sandbox.git(&["orchestrate", "integrate"]).ok();
    sandbox.git(&["orchestrate", "integrate", "--land"]).ok();
    let remote = || {
        sandbox.git_in("../remote.git", &["for-each-ref", "--format=%(refname:short)", "refs/heads"]).ok().out
    };

    let said = cleanup(&sandbox, &["--remote"]).fails(1);
    assert!(said.out.contains("origin/main does not have its commits"), "{}", said.out);
    assert_eq!(remote().lines().count(), 4, "nothing goes before the base was pushed");
    sandbox.git(&["push", "--quiet", "origin", "main"]).ok();
    cleanup(&sandbox, &["--remote"]).ok();
    assert_eq!(remote(), "main\n");
}

#[test]
fn a_symbolic_branch_is_not_deleted() {
    let sandbox = landed();
    sandbox.git(&["worktree", "unlock", TREE]).ok();
    sandbox.git(&["worktree", "remove", TREE]).ok();
    sandbox.git(&["branch", "victim", "main"]).ok();
    sandbox.git(&["symbolic-ref", "refs/heads/work/task-3-frontend", "refs/heads/victim"]).ok();
    cleanup(&sandbox, &["--force"]).fails(1);
    sandbox.git(&["rev-parse", "--verify", "victim"]).ok();
}

#[test]
fn a_killed_clean_up_is_finished_by_the_next() {
    let sandbox = landed();
    for round in 0..5_u64 {
        let mut command = sandbox.command("git", &sandbox.root);
        command.args(["orchestrate", "cleanup", "--run", "analytics-dashboard"]);
        let mut child = command.stdout(std::process::Stdio::null()).spawn().expect("git runs");
        std::thread::sleep(std::time::Duration::from_millis(15 + 20 * round));
        crate::integrate::kill_group(&child);
        let _ = child.wait();
        sandbox.git(&["fsck", "--strict", "--no-dangling"]).ok();
    }
    cleanup(&sandbox, &[]).ok();
    assert_eq!(heads(&sandbox), "main\n");
    assert_eq!(sandbox.git(&["worktree", "list"]).ok().out.lines().count(), 1);
    let status = sandbox.git(&["orchestrate", "status", "--run", "analytics-dashboard"]).ok().out;
    assert_eq!(status.matches("integrated").count(), 4, "the records still say what became of it: {status}");
}

#[test]
fn a_task_that_was_dropped_goes_like_the_others() {
    for (work, is_merged) in [(false, false), (true, false), (true, true)] {
        let sandbox = crate::analytics::started(|plan| plan);
        if work {
            sandbox.write(&format!("{TREE}/static/js/analytics/x.js"), "x\n");
            sandbox.git_in(TREE, &["worker", "checkpoint", "-m", "X"]).ok();
        }
        let plan = sandbox.read("../plan.toml");
        sandbox.write("../plan.toml", plan.replace("task-3-frontend", "task-3-pages"));
        sandbox.git(&["orchestrate", "start", "--yes", "../plan.toml"]).ok();
        if is_merged {
            sandbox.git(&["merge", "--quiet", "--no-edit", "work/task-3-frontend"]).ok();
        }
        let tip = sandbox.git(&["rev-parse", "work/task-3-frontend"]).ok().out;
        let said = cleanup(&sandbox, &["--dry-run"]);
        if work && !is_merged {
            assert!(said.out.contains("the plan has it no more"), "{}", said.out);
        } else {
            assert!(said.out.contains("would remove branch work/task-3-frontend"), "{}", said.out);
        }
        sandbox.write(&format!("{TREE}/note"), "mine\n");
        assert!(cleanup(&sandbox, &[]).fails(1).out.contains("not committed: note"));
        cleanup(&sandbox, &["--force"]).ok();
        assert_eq!(heads(&sandbox), "main\n");
        assert_eq!(sandbox.git(&["worktree", "list"]).ok().out.lines().count(), 1);
        let backups = format!("{RUN}/backup/task-3-frontend");
        let backups = sandbox.git(&["for-each-ref", "--format=%(objectname)", &backups]).ok().out;
        assert!(backups.contains(tip.trim_end()), "the branch is kept: {backups}");
    }
}

#[test]
fn what_an_earlier_layout_named_goes_like_the_others() {
    for layout in ["layout = \"feature\"", "branch = \"work/{task}\"\nworktree = \"trees/{task}\""] {
        let sandbox = crate::analytics::started(|plan| plan);
        let plan = sandbox.read("../plan.toml").replace("task-3-frontend", "task-3-pages");
        sandbox.write("../plan.toml", plan.replacen("\n[", &format!("\n{layout}\n["), 1));
        sandbox.write(&format!("{TREE}/note"), "mine\n");
        sandbox.git(&["orchestrate", "start", "--yes", "../plan.toml"]).ok();
        let said = cleanup(&sandbox, &[]).fails(1);
        assert!(said.out.contains(&format!("{TREE}: not committed: note\n")), "{layout}: {}", said.out);
        std::fs::remove_file(sandbox.root.join(TREE).join("note")).expect("it was there");
        let said = cleanup(&sandbox, &[]).fails(1);
        assert!(said.out.contains("removed branch work/task-3-frontend\n"), "{layout}: {}", said.out);
        assert!(!sandbox.root.join(TREE).exists(), "{layout}: so does its worktree");
        assert!(said.out.contains("task-3-pages: its task has not begun"), "{layout}: {}", said.out);
        cleanup(&sandbox, &["--force"]).ok();
        assert_eq!(heads(&sandbox), "main\n", "{layout}");
        assert_eq!(sandbox.git(&["worktree", "list"]).ok().out.lines().count(), 1, "{layout}");
    }
}

/// Where the run was started from no branch that is here, it says how the work gets to where it belongs.
#[test]
fn a_run_that_cannot_land_says_where_its_work_goes() {
    let cases = [
        ("origin/main", "git push origin integration/analytics-dashboard:main"),
        ("v1", "git switch <branch> && git merge integration/analytics-dashboard"),
        ("main", "git branch main "),
    ];
    for (base, remedy) in cases {
        let sandbox = Sandbox::from_script("finished.sh");
        sandbox.git(&["init", "--quiet", "--bare", "../origin.git"]).ok();
        let origin = sandbox.root.with_file_name("origin.git").display().to_string();
        sandbox.git(&["remote", "add", "origin", &origin]).ok();
        sandbox.git(&["push", "--quiet", "origin", "main"]).ok();
        sandbox.git(&["tag", "v1", "main"]).ok();
        if base == "main" {
            sandbox.git(&["switch", "--quiet", "-c", "other"]).ok();
            sandbox.git(&["branch", "--quiet", "-D", "main"]).ok();
        } else {
            // The plan as it would have been recorded had the run begun there.
            let plan = "refs/orchestrate/analytics-dashboard/plan";
            let text = sandbox.git(&["show", &format!("{plan}:plan.toml")]).ok().out;
            sandbox.git(&["update-ref", "-d", plan]).ok();
            sandbox.write("plan.toml", text.replace("\"main\"", &format!("\"{base}\"")));
            sandbox.git(&["orchestrate", "start", "plan.toml"]).ok();
            std::fs::remove_file(sandbox.root.join("plan.toml")).expect("a file");
        }
        sandbox.git(&["orchestrate", "integrate"]).ok();
        let hint = |said: &Said| {
            let all = format!("{}{}", said.out, said.err);
            let hint = all.lines().find_map(|line| line.strip_prefix("hint: ")).expect("a hint").to_owned();
            assert!(hint.starts_with(remedy), "{hint}");
            hint
        };
        let said = sandbox.git(&["orchestrate", "integrate", "--land"]).fails(1);
        assert!(
            said.err.contains(&format!("the base of the run, {base}, is no branch that is here")),
            "{}",
            said.err
        );
        let typed = hint(&said);
        assert_eq!(hint(&sandbox.git(&["orchestrate", "cleanup"]).fails(1)), typed);
        let mut shell = sandbox.command("sh", &sandbox.root);
        shell.args(["-c", &typed.replace("<branch>", "main")]);
        Said::of(shell, b"").ok();
        sandbox.git(&["orchestrate", "cleanup"]).ok();
    }
}
