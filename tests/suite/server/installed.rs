//! The hook in its place: installed, run again, removed without a trace; beside the hook of others.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::served::{Served, Start};
use crate::armed::{Armed, PLAN};
use crate::remote::{Remote, refused};
use crate::sandbox::{Said, Sandbox};

/// Everything below a directory: name, mode, content or link target.
fn snapshot(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        let meta = path.symlink_metadata().expect("it is there");
        let mode = meta.permissions().mode();
        let content = match (meta.is_symlink(), meta.is_dir()) {
            (true, _) => format!("{:?}", path.read_link().expect("a link")),
            (_, true) => {
                found.extend(snapshot(&path));
                String::new()
            }
            _ => String::from_utf8_lossy(&std::fs::read(&path).expect("a file")).into_owned(),
        };
        found.push(format!("{} {mode:o} {content}", path.display()));
    }
    found.sort();
    found
}

fn bare(hash: &str) -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.git(&["init", "-q", "--bare", "-b", "main", &format!("--object-format={hash}")]).ok();
    sandbox
}

#[track_caller]
fn comes_and_goes(sandbox: &Sandbox) {
    let before = snapshot(&sandbox.root);
    let server = |args: &[&str]| sandbox.git(&[&["orchestrate", "server"], args].concat()).ok().out;
    assert!(server(&[]).starts_with("every push is judged from now on: "), "it is installed");
    let installed = snapshot(&sandbox.root);
    assert!(server(&[]).starts_with("every push is judged already: "), "it is installed once");
    assert_eq!(snapshot(&sandbox.root), installed, "doing it again changes nothing");
    server(&["--remove"]);
    assert_eq!(snapshot(&sandbox.root), before, "nothing is left");
    assert_eq!(server(&["--remove"]), "pushes were not judged here\n");
    assert_eq!(snapshot(&sandbox.root), before, "nothing is touched");
}

#[test]
fn it_comes_and_goes_without_a_trace() {
    let sandbox = bare("sha1");
    comes_and_goes(&sandbox);
    std::fs::remove_dir_all(sandbox.root.join("hooks")).expect("it was there");
    comes_and_goes(&sandbox);
    sandbox.install("hooks/pre-receive", "#!/bin/sh\nexit 0\n");
    comes_and_goes(&sandbox);
    sandbox.install("shared/pre-receive", "#!/bin/sh\nexit 0\n");
    std::fs::remove_file(sandbox.root.join("hooks/pre-receive")).expect("it was there");
    std::os::unix::fs::symlink("../shared/pre-receive", sandbox.root.join("hooks/pre-receive"))
        .expect("a link");
    comes_and_goes(&sandbox);
    std::fs::remove_file(sandbox.root.join("hooks/pre-receive")).expect("it is back");
    sandbox.write("hooks/pre-receive", "not executable");
    comes_and_goes(&sandbox);
    sandbox.git(&["config", "core.hooksPath", "elsewhere"]).ok();
    comes_and_goes(&sandbox);
    // Where there are files beside it, too.
    comes_and_goes(&Sandbox::repository());
}

#[test]
fn the_hook_of_others_runs_first_and_sees_the_same() {
    for by_link in [false, true] {
        let served = Served::new(Start::Planned);
        let hook = "#!/bin/sh\n{ cat; echo \"$# $REMOTE_USER $GIT_QUARANTINE_PATH\"; pwd; } >seen\n\
                    test -z \"$DENY\" || { echo no >&2; exit 3; }\n";
        served.sandbox.git_in("../origin.git", &["orchestrate", "server", "--remove"]).ok();
        served.sandbox.install("../origin.git/theirs", hook);
        let place = if by_link { "ln -s ../theirs" } else { "cp theirs" };
        served.sh(&format!("cd ../origin.git; {place} hooks/pre-receive; git orchestrate server")).ok();
        served.sh("on work/task-1-api; commit api/x.py '[CHECKPOINT] X'; push HEAD").ok();
        let seen = served.sandbox.read("../origin.git/seen");
        assert!(seen.contains("task-1-api\n0 worker "), "{seen}");
        assert!(seen.contains("tmp_objdir-incoming-"), "{seen}");
        assert!(seen.ends_with("origin.git\n"), "{seen}");
        refused(served.sh("commit api/x.py '[CHECKPOINT] Y'; DENY=1 push HEAD"), &["remote: no"]);
        refused(served.sh("commit models/x.py '[CHECKPOINT] Z'; push HEAD"), &["scope/outside"]);
        let theirs = served.sandbox.git_in("../origin.git", &["orchestrate", "server", "--remove"]).ok().out;
        assert!(theirs.contains("the hook from before is back"), "{theirs}");
        served.sh("push HEAD").ok();
    }
}

#[test]
fn hooks_that_others_share_are_not_touched() {
    let sandbox = bare("sha1");
    sandbox.install("../shared/pre-receive", "#!/bin/sh\n");
    let shared = sandbox.root.with_file_name("shared").display().to_string();
    let mut command = sandbox.command("git", &sandbox.root);
    command.args(["orchestrate", "server"]).env("GIT_CONFIG_GLOBAL", sandbox.root.join("../global"));
    sandbox.write("../global", format!("[core]\n\thooksPath = {shared}\n"));
    let said: Said = command.output().expect("it runs").into();
    assert_eq!(said.code, 2);
    assert!(said.err.contains("which others share"), "{}", said.err);
    assert!(said.err.contains("hint: give it its own with git config core.hooksPath hooks"), "{}", said.err);
}

#[test]
fn where_hooks_are_switched_off_it_says_so() {
    let sandbox = bare("sha1");
    sandbox.git(&["config", "core.hooksPath", "/dev/null"]).ok();
    let said = sandbox.git(&["orchestrate", "server"]).fails(2);
    assert!(said.err.contains("in /dev/null, so it runs none"), "{}", said.err);
    assert!(said.err.contains("hint: git config --unset core.hooksPath"), "{}", said.err);
}

#[test]
fn a_hook_that_took_our_place_is_left_alone() {
    let sandbox = bare("sha1");
    sandbox.install("hooks/pre-receive", "#!/bin/sh\n# first\n");
    sandbox.git(&["orchestrate", "server"]).ok();
    sandbox.install("hooks/pre-receive", "#!/bin/sh\n# second\n");
    for args in [&["orchestrate", "server"][..], &["orchestrate", "server", "--remove"]] {
        let said = sandbox.git(args).fails(2);
        assert!(said.err.contains("was put in the place of ours"), "{}", said.err);
    }
    assert_eq!(sandbox.read("hooks/pre-receive"), "#!/bin/sh\n# second\n");
    assert_eq!(sandbox.read("hooks/before-orchestrate/pre-receive"), "#!/bin/sh\n# first\n");
}

#[test]
fn a_refused_push_leaves_no_object() {
    let served = Served::new(Start::Planned);
    let count = || served.sandbox.git_in("../origin.git", &["count-objects", "-v"]).ok().out;
    let before = count();
    refused(served.sh("on work/task-1-api; commit models/x.py '[CHECKPOINT] X'; push HEAD"), &[]);
    assert_eq!(count(), before);
    served.sandbox.git_in("../origin.git", &["fsck", "--strict"]).ok();
}

/// Who may reach around the hook is who may write the repository anyway; it is found afterwards.
#[test]
fn what_goes_around_the_hook_is_found_on_the_server() {
    let served = Served::new(Start::Planned);
    let around = "on work/task-1-api; commit models/x.py '[CHECKPOINT] X'
        git push -q --receive-pack='git -c core.hooksPath=/dev/null receive-pack' origin HEAD";
    served.sh(around).ok();
    let said = served.sandbox.git_in("../origin.git", &["orchestrate", "verify"]).fails(1);
    assert!(said.out.contains("scope/outside"), "{}", said.out);
    refused(served.sh("commit api/x.py '[CHECKPOINT] Y'; push HEAD"), &["scope/outside"]);
    // The repository's own configuration decides who writes plans, not the pusher's command line.
    let writer = "sed 's/\"api\\/\"/\"all\\/\"/' .git/plan.toml >p; plan demo p
        git push -q --receive-pack='git -c orchestrate.planWriter=worker receive-pack' origin refs/orchestrate/demo/plan";
    refused(served.sh(writer), &["push/plan"]);
}

#[test]
fn the_pusher_is_who_the_named_variable_says() {
    let served = Served::new(Start::Planned);
    let amend = "echo 'title = \"T\"' | cat - .git/plan.toml >p; plan demo p";
    served.sh(&format!("{amend}; origin config orchestrate.planWriter ada")).ok();
    let push = |who: &str| served.sh(&format!("{who} git push -q origin refs/orchestrate/demo/plan"));
    refused(push("REMOTE_USER=eve GL_USERNAME=ada"), &["eve may not change the plan of demo"]);
    served.sh("origin config orchestrate.pusherVariable GL_USERNAME").ok();
    refused(push("REMOTE_USER=ada GL_USERNAME=eve"), &["push/plan"]);
    refused(push("REMOTE_USER=ada GL_USERNAME="), &["nobody known may change the plan"]);
    push("REMOTE_USER=eve GL_USERNAME=ada").ok();
}

#[test]
fn worktrees_push_through_both_hooks() {
    for hash in ["sha1", "sha256"] {
        let sandbox = Sandbox::empty();
        sandbox.git(&["init", "-q", &format!("--object-format={hash}")]).ok();
        for path in ["api/a.py", "models/m.py", "imports.py"] {
            sandbox.write(path, "import a\n");
        }
        sandbox.git(&["add", "."]).ok();
        sandbox.git(&["commit", "-qm", "Base"]).ok();
        let remote = Remote::of(Armed::on(sandbox, PLAN));
        remote.origin(&["orchestrate", "server"]).ok();
        remote.sandbox().git(&["push", "-q", "origin", "refs/orchestrate/demo/plan"]).ok();
        for (task, path) in [("task-2-models", "models/b.py"), ("task-1-api", "api/b.py")] {
            remote.checkpoint(task, path);
            remote.run.git(task, &["worker", "announce", "Here"]).ok();
            remote.run.git(task, &["worker", "push"]).ok();
        }
        remote.sneak("task-1-api", "models/c.py", "[CHECKPOINT] Sneak");
        refused(
            remote.run.git("task-1-api", &["push", "-q", "--no-verify", "origin", "HEAD"]),
            &["scope/outside"],
        );
        let verify = remote.origin(&["orchestrate", "verify"]).ok().out;
        assert_eq!(verify.matches("1 commit, nothing wrong").count(), 2, "{verify}");
        assert_eq!(remote.at("work/task-1-api").len(), if hash == "sha1" { 40 } else { 64 });
    }
}

#[test]
fn a_repository_with_files_judges_too() {
    let run = Armed::new();
    run.sandbox.git(&["orchestrate", "server"]).ok();
    run.sandbox.git(&["clone", "-q", ".", "../clone"]).ok();
    let clone = |script: &str| {
        let mut command = run.sandbox.command("bash", &run.sandbox.root.join("../clone"));
        Said::from(command.args(["-ec", script]).output().expect("bash runs"))
    };
    refused(
        clone(
            "git switch -qC wip main; echo x >>README.txt; git commit -qam '[CHECKPOINT] X'; git push -q -f origin HEAD:work/task-3-docs",
        ),
        &["scope/outside"],
    );
    clone("git push -q origin HEAD:refs/heads/free").ok();
}
