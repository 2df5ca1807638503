//! Two at once, and what others leave: who is at work is told, and what is dead holds nothing.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::sandbox::{Sandbox, fixture};

const TREE: &str = "worktrees/task-1-api-endpoints";

/// An integration that is under way until `go` appears beside the repository.
fn integrating(sandbox: &Sandbox) -> Child {
    let go = sandbox.root.with_file_name("go");
    let wait = format!("until [ -e '{}' ]; do sleep 0.05; done", go.display());
    let mut command = sandbox.command("git-orchestrate", &sandbox.root);
    command.args(["integrate", "--batch", "2", "--exec", &wait]).stdout(Stdio::null()).stderr(Stdio::null());
    let child = command.spawn().expect("it starts");
    let bench = sandbox.root.join(".git/orchestrate/integrate/analytics-dashboard/config.py");
    let deadline = Instant::now() + Duration::from_secs(30);
    while !bench.exists() {
        assert!(Instant::now() < deadline, "it comes to the command");
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

fn go(sandbox: &Sandbox) {
    sandbox.write("../go", "");
}

#[test]
fn the_second_is_told_who_is_at_work() {
    let sandbox = Sandbox::from_script("finished.sh");
    let mut first = integrating(&sandbox);
    let verbs: [&[&str]; 6] = [
        &["integrate"],
        &["integrate", "--batch", "2", "--exec", "true"],
        &["integrate", "--undo"],
        &["integrate", "--undo", "task-2", "--reuse"],
        &["integrate", "--abort"],
        &["cleanup", "--run", "analytics-dashboard"],
    ];
    for verb in verbs {
        let said = sandbox.git(&[&["orchestrate"], verb].concat()).fails(1);
        let who = format!("right now (process {}, since 2", first.id());
        assert!(said.err.contains(&who), "{verb:?} names it: {}", said.err);
    }
    go(&sandbox);
    assert!(first.wait().expect("it ends").success(), "the first is not disturbed");
    sandbox.git(&["orchestrate", "integrate"]).ok();
}

#[test]
fn a_dead_one_holds_nothing() {
    let sandbox = Sandbox::from_script("finished.sh");
    let mut first = integrating(&sandbox);
    first.kill().expect("it is ours");
    first.wait().expect("it ends");
    go(&sandbox);
    let said = sandbox.git(&["orchestrate", "integrate"]).fails(1);
    assert!(said.err.contains("--continue"), "what it began is named: {}", said.err);
    sandbox.git(&["orchestrate", "integrate", "--continue"]).ok();
    sandbox.git(&["orchestrate", "integrate"]).ok();
}

/// What was not removed because a call was killed goes, and nothing else.
#[test]
fn a_later_call_sweeps_what_a_killed_one_left() {
    let mut sandbox = Sandbox::from_script("finished.sh");
    let scratch = sandbox.root.with_file_name("scratch");
    std::fs::create_dir(&scratch).expect("a directory");
    sandbox.temporary = Some(scratch.clone());
    let names = || {
        let names =
            std::fs::read_dir(&scratch).expect("a directory").map(|entry| entry.expect("one").file_name());
        let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };
    let mut first = integrating(&sandbox);
    let held = names();
    assert!(held.iter().any(|name| name.ends_with(".scratch")), "it has a directory: {held:?}");
    let place = |name: &str, file: &str| {
        std::fs::create_dir(scratch.join(name)).expect("a directory");
        std::fs::write(scratch.join(name).join(file), "").expect("a file");
        scratch.join(name)
    };
    let lock = "git-orchestrate.lock";
    let kept = ["git-orchestrate-aside", "git-orchestrate-busy.scratch", "git-orchestrate-own.scratch"];
    place(kept[0], lock);
    let busy = std::fs::File::open(place(kept[1], lock).join(lock)).expect("a lock");
    busy.lock().expect("locked");
    place(kept[2], "work");
    place("git-orchestrate-dead.scratch", lock);
    let link = scratch.join("git-orchestrate-link.scratch");
    std::os::unix::fs::symlink(scratch.join(kept[0]), link).expect("a link");
    let age = || {
        let mut touch = sandbox.command("sh", &scratch);
        assert!(touch.args(["-c", "touch -h -d '1 hour ago' *"]).status().expect("sh").success());
    };
    age();
    sandbox.git(&["orchestrate", "start"]).ok();
    let expect =
        [&held.iter().map(String::as_str).collect::<Vec<_>>()[..], &kept, &["git-orchestrate-link.scratch"]];
    let mut expect = expect.concat();
    expect.sort_unstable();
    assert_eq!(names(), expect, "what is in use stays, and what is nobody's goes");
    first.kill().expect("it is ours");
    first.wait().expect("it ends");
    go(&sandbox);
    place("git-orchestrate-young.scratch", lock);
    sandbox.git(&["orchestrate", "integrate", "--continue"]).ok();
    let expect = [&kept[..], &["git-orchestrate-link.scratch", "git-orchestrate-young.scratch"]];
    let mut expect = expect.concat();
    expect.sort_unstable();
    assert_eq!(names(), expect, "and of the killed one nothing is left");
}

#[test]
fn two_starts_at_once_make_one_run() {
    let sandbox = Sandbox::from_script("myapp.sh");
    sandbox.write("orchestrate.toml", std::fs::read(fixture("analytics.toml")).expect("a plan"));
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "Plan"]).ok();
    std::thread::scope(|scope| {
        let starts: Vec<_> = (0..4).map(|_| scope.spawn(|| sandbox.git(&["orchestrate", "start"]))).collect();
        starts.into_iter().for_each(|start| drop(start.join().expect("it ends").ok()));
    });
    let versions =
        sandbox.git(&["rev-list", "--count", "refs/orchestrate/analytics-dashboard/plan"]).ok().out;
    assert_eq!(versions, "1\n", "the plan was recorded once");
    let said = sandbox.git(&["orchestrate", "start"]).ok();
    assert!(said.out.contains("nothing to do"), "{}", said.out);
}

#[test]
fn a_worktree_that_is_away_survives_a_prune() {
    let sandbox = Sandbox::from_script("finished.sh");
    sandbox.write(&format!("{TREE}/api/analytics/more.py"), "staged\n");
    sandbox.git_in(TREE, &["add", "."]).ok();
    let (here, away) = (sandbox.root.join(TREE), sandbox.root.join("../away"));
    std::fs::rename(&here, &away).expect("moved");
    sandbox.git(&["worktree", "prune", "--expire", "now"]).ok();
    sandbox.git(&["gc", "--quiet"]).ok();
    std::fs::rename(&away, &here).expect("moved back");
    let status = sandbox.git_in(TREE, &["status", "--porcelain"]).ok().out;
    assert_eq!(status, "A  api/analytics/more.py\n", "its index is as it was");
    let said = sandbox.git(&["orchestrate", "start"]).ok();
    assert!(said.out.contains("nothing to do"), "{}", said.out);
}

#[test]
fn a_worktree_that_vanished_is_in_nobodys_way() {
    let sandbox = Sandbox::from_script("finished.sh");
    sandbox.git(&["branch", "integration/analytics-dashboard", "main"]).ok();
    sandbox.git(&["worktree", "add", "--quiet", "../look", "integration/analytics-dashboard"]).ok();
    std::fs::remove_dir_all(sandbox.root.join("../look")).expect("a worktree");
    sandbox.git(&["orchestrate", "integrate", "--reuse"]).ok();
    assert_eq!(
        sandbox
            .git(&[
                "rev-list",
                "--count",
                "--merges",
                "--first-parent",
                "main..integration/analytics-dashboard"
            ])
            .ok()
            .out,
        "3\n"
    );
}

/// A landing that was killed while git fast-forwarded the base.
fn killed_landing() -> Sandbox {
    let sandbox = Sandbox::from_script("finished.sh");
    sandbox.git(&["orchestrate", "integrate"]).ok();
    let tip = |name| sandbox.git(&["rev-parse", name]).ok().out;
    let (old, new) = (tip("main"), tip("integration/analytics-dashboard"));
    let mark = format!(
        r#"{{"worktree": "{}", "branch": "refs/heads/main", "old": "{}", "new": "{}"}}"#,
        sandbox.root.display(),
        old.trim(),
        new.trim()
    );
    sandbox.write(".git/orchestrate/forwarding.json", mark);
    sandbox.write(".git/orchestrate/integrating-analytics-dashboard", "1\n");
    sandbox
}

#[test]
fn a_lock_that_a_killed_landing_left_goes() {
    let sandbox = killed_landing();
    sandbox.write(".git/index.lock", "");
    sandbox.git(&["orchestrate", "integrate", "--land"]).ok();
    crate::sound::check(&sandbox);
}

/// `git commit -a` keeps the index locked while the editor is open, with the file closed.
#[test]
#[cfg(target_os = "linux")]
fn a_lock_of_a_git_that_lives_stays() {
    let sandbox = killed_landing();
    let near = |name| sandbox.root.with_file_name(name).display().to_string();
    let editor = format!(
        "touch '{}'; until [ -e '{}' ]; do sleep 0.05; done; echo Edited >",
        near("open"),
        near("go")
    );
    sandbox.write("config.py", "EDITED = True\n");
    let mut commit = sandbox.command("git", &sandbox.root);
    let mut commit = commit.args(["commit", "--quiet", "-a"]).env("GIT_EDITOR", editor).spawn().expect("git");
    let deadline = Instant::now() + Duration::from_secs(30);
    while !sandbox.root.with_file_name("open").exists() {
        assert!(Instant::now() < deadline, "the editor opens");
        std::thread::sleep(Duration::from_millis(20));
    }
    let said = sandbox.git(&["orchestrate", "integrate", "--land"]).fails(2);
    let who = format!(".git/index.lock may be held by a git at work, process {}: git commit", commit.id());
    assert!(said.err.contains(&who) && said.err.contains("hint: end that git"), "{}", said.err);
    go(&sandbox);
    assert!(commit.wait().expect("it ends").success(), "its lock was not taken away");
    assert_eq!(sandbox.git(&["log", "-1", "--format=%s", "main"]).ok().out, "Edited\n");
    // The base has moved, so what would land is made again.
    sandbox.git(&["orchestrate", "integrate", "--land"]).fails(1);
    sandbox.git(&["orchestrate", "integrate", "--undo", "task-2"]).ok();
    sandbox.git(&["orchestrate", "integrate"]).ok();
    sandbox.git(&["orchestrate", "integrate", "--land"]).ok();
    assert_eq!(sandbox.git(&["show", "main:config.py"]).ok().out, "EDITED = True\n");
    crate::sound::check(&sandbox);
}
