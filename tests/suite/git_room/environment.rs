//! What git's environment says: hooks, other indices, `git -c`. The questions are asked in a process
//! of its own, because a test may not change the environment of the others.

use std::process::Command;

use orchestrate::git::Repository;

use super::{line, open};
use crate::sandbox::{Said, Sandbox};

/// Not a test but the process that is asked: prints what [`Repository::discover`] found.
#[test]
fn probe() {
    if std::env::var_os("PROBE").is_none() {
        return;
    }
    let report = || -> anyhow::Result<String> {
        let repo = Repository::discover()?;
        let staged = repo.staged()?.into_iter().map(|change| change.path.to_string()).collect::<Vec<_>>();
        let workdir = repo.workdir().map(|path| path.display().to_string());
        let other = std::env::var_os("OTHER").map(|path| Repository::open(path.as_ref())).transpose()?;
        let other = other.map(|other| other.staged()).transpose()?.map_or(0, |staged| staged.len());
        let git = repo.git().args(["rev-parse", "--absolute-git-dir"]).output()?;
        Ok(format!(
            "[workdir {workdir:?} staged {staged:?} other {other} name {:?} git {git}]",
            repo.config("probe.name"),
        ))
    };
    panic!("answer: {}", report().unwrap_or_else(|error| format!("[{error:#}]")));
}

/// Runs [`probe`] the way `git` (or nobody, or a hook) would start a program, and returns what it
/// found.
fn ask(sandbox: &Sandbox, directory: &str, set: impl FnOnce(&mut Command)) -> String {
    let program = std::env::current_exe().expect("this program");
    let mut probe = sandbox.command(program, &sandbox.root.join(directory));
    probe
        .args(["--exact", "git_room::environment::probe", "--nocapture"])
        .env("PROBE", "1")
        .env("RUST_BACKTRACE", "0");
    set(&mut probe);
    let said = Said::from(probe.output().expect("it runs"));
    let all = said.out + &said.err;
    let answer = all.split_once("answer: [").and_then(|(_, rest)| rest.rsplit_once("]\n"));
    answer.unwrap_or_else(|| panic!("no answer in {all}")).0.to_owned()
}

/// Installs [`probe`] as the hook `name`; its answer goes to the file `answer` at the root.
fn hook(sandbox: &Sandbox, name: &str) {
    let program = std::env::current_exe().expect("this program");
    let answer = sandbox.root.join("../answer");
    let script = format!(
        "#!/bin/sh\nPROBE=1 RUST_BACKTRACE=0 '{}' --exact git_room::environment::probe --nocapture >'{}' 2>&1\nexit 0\n",
        program.display(),
        answer.display()
    );
    sandbox.install(&format!(".git/hooks/{name}"), script);
}

#[test]
fn a_subdirectory_is_in_its_repository() {
    let sandbox = Sandbox::repository();
    sandbox.write("deep/er/file", "x\n");
    let found = ask(&sandbox, "deep/er", |_| {});
    assert!(found.starts_with(&format!("workdir Some({:?}) staged []", sandbox.root)), "{found}");
    let outside = ask(&sandbox, "..", |_| {});
    assert!(outside.contains("not in a git repository"), "{outside}");
}

#[test]
fn git_dir_work_tree_and_index_are_believed() {
    let sandbox = Sandbox::repository();
    open(&sandbox, ".");
    sandbox.write("../elsewhere/file", "x\n");
    sandbox.write("new", "x\n");
    let index = sandbox.root.join("../other-index");
    let mut add = sandbox.command("git", &sandbox.root);
    assert!(add.args(["add", "."]).env("GIT_INDEX_FILE", &index).status().expect("git runs").success());
    let found = ask(&sandbox, "../elsewhere", |probe| {
        probe.env("GIT_DIR", "../repo/.git").env("GIT_WORK_TREE", ".").env("GIT_INDEX_FILE", &index);
    });
    let elsewhere = sandbox.root.parent().expect("a parent").join("elsewhere");
    assert!(found.contains(&format!("workdir Some({elsewhere:?}) staged [\"new\"]")), "{found}");
    assert!(found.ends_with(&format!("git {}\n", sandbox.root.join(".git").display())), "{found}");
}

#[test]
fn settings_of_the_command_line_are_in_effect() {
    let sandbox = Sandbox::repository();
    let found = ask(&sandbox, ".", |probe| {
        probe.env("GIT_CONFIG_PARAMETERS", "'user.name'='x' 'probe.name'='it'\\''s me'");
    });
    assert!(found.contains("name Some(\"it's me\")"), "{found}");
    let found = ask(&sandbox, ".", |probe| {
        probe
            .env("GIT_CONFIG_COUNT", "1")
            .env("GIT_CONFIG_KEY_0", "probe.name")
            .env("GIT_CONFIG_VALUE_0", "counted");
    });
    assert!(found.contains("name Some(\"counted\")"), "{found}");
}

#[test]
fn a_hook_sees_the_index_of_its_commit() {
    let sandbox = Sandbox::repository();
    open(&sandbox, ".");
    hook(&sandbox, "pre-commit");
    sandbox.write("one", "1\n");
    sandbox.write("two", "2\n");
    sandbox.git(&["add", "."]).ok();
    sandbox.write("README", "changed\n");
    let staged = |args: &[&str]| {
        let before = line(&sandbox, &["rev-parse", "HEAD"]);
        sandbox.git(&[&["commit", "--quiet", "-m", "Next"], args].concat()).ok();
        let answer = sandbox.read("../answer");
        sandbox.git(&["reset", "--quiet", "--soft", &before]).ok();
        answer
            .split_once("staged ")
            .expect("an answer")
            .1
            .split_once(" other")
            .expect("an answer")
            .0
            .to_owned()
    };
    assert_eq!(staged(&["--", "two"]), "[\"two\"]", "a partial commit has an index of its own");
    assert_eq!(staged(&[]), "[\"one\", \"two\"]");
    assert_eq!(staged(&["-a"]), "[\"README\", \"one\", \"two\"]");
}

#[test]
fn a_hook_of_a_linked_worktree_is_in_that_worktree() {
    let sandbox = Sandbox::repository();
    open(&sandbox, ".");
    hook(&sandbox, "pre-commit");
    sandbox.git(&["worktree", "add", "--quiet", "../linked"]).ok();
    sandbox.write("../linked/sub/new", "x\n");
    sandbox.git_in("../linked", &["add", "."]).ok();
    sandbox.git_in("../linked/sub", &["commit", "--quiet", "-m", "Next"]).ok();
    let answer = sandbox.read("../answer");
    let linked = sandbox.root.parent().expect("a parent").join("linked");
    assert!(answer.contains(&format!("workdir Some({linked:?}) staged [\"sub/new\"]")), "{answer}");
    let git_dir = sandbox.root.join(".git/worktrees/linked");
    assert!(answer.contains(&format!("git {}\n", git_dir.display())), "children find it, too: {answer}");
}

#[test]
fn another_worktree_is_seen_as_it_is() {
    let sandbox = Sandbox::repository();
    open(&sandbox, ".");
    sandbox.git(&["worktree", "add", "--quiet", "../linked"]).ok();
    sandbox.write("new", "x\n");
    sandbox.git(&["add", "new"]).ok();
    let linked = sandbox.root.join("../linked");
    let found = ask(&sandbox, ".", |probe| {
        probe.env("GIT_INDEX_FILE", sandbox.root.join(".git/index")).env("OTHER", &linked);
    });
    assert!(
        found.contains("staged [\"new\"] other 0"),
        "a hook's index is not the other worktree's: {found}"
    );
}

#[test]
fn a_repository_of_another_owner_is_refused_until_it_is_safe() {
    let sandbox = Sandbox::repository();
    let nobody = Some(65534);
    if std::os::unix::fs::chown(&sandbox.root, nobody, None).is_err() {
        return; // Only root may give files away.
    }
    for path in [".git", ".git/config", ".git/HEAD"] {
        std::os::unix::fs::chown(sandbox.root.join(path), nobody, None).expect("root may");
    }
    sandbox.git(&["status"]).fails(128);
    let found = ask(&sandbox, ".", |_| {});
    assert!(found.contains("another user owns"), "{found}");
    sandbox.write("../global", "[safe]\n\tdirectory = *\n");
    let found = ask(&sandbox, ".", |probe| {
        probe.env("GIT_CONFIG_GLOBAL", sandbox.root.join("../global"));
    });
    assert!(found.starts_with("workdir"), "{found}");
    let said = ["COUNT", "KEY_0", "VALUE_0"].into_iter().zip(["1", "safe.directory", "*"]);
    let found = ask(&sandbox, ".", |probe| {
        probe.envs(said.map(|(name, value)| (format!("GIT_CONFIG_{name}"), value)));
    });
    assert!(found.starts_with("workdir"), "as containers say it: {found}");
}
