//! Our hooks in a repository that has hooks already: put in place, found broken, taken away.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use orchestrate::git::hooks::{self, probe};
use orchestrate::git::worktrees::Force;
use orchestrate::model::facts::HooksState;

use crate::armed::{Armed, PLAN};
use crate::sandbox::{Sandbox, install};

const MODELS: &str = "task-2-models";

/// Writes a hook that appends what it was called with to `log` in its own directory.
fn write_hook(path: &Path, extra: &str) {
    let script = format!(
        "#!/bin/sh\necho \"$(basename \"$0\") $* input:$(cat)\" >>\"$(dirname \"$0\")/log\"\n{extra}\n"
    );
    install(path, script);
}

/// Everything in the git directory that belongs to settings and hooks, by path.
fn settings(sandbox: &Sandbox) -> BTreeMap<String, Vec<u8>> {
    let git = sandbox.root.join(".git");
    let mut found = BTreeMap::new();
    let mut directories = vec![git.join("hooks"), git.join("orchestrate")];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
            match entry.path() {
                path if path.is_dir() => directories.push(path),
                path => {
                    let content = std::fs::read(&path).expect("a readable file");
                    found.insert(path.display().to_string(), content);
                }
            }
        }
    }
    for file in ["config", "config.worktree"] {
        if let Ok(content) = std::fs::read(git.join(file)) {
            found.insert(file.into(), content);
        }
    }
    found
}

/// Without our locks, which mean nothing when nobody holds them.
fn without_locks(mut settings: BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    settings.retain(|path, _| !path.ends_with(".lock"));
    settings
}

#[test]
fn the_hooks_of_the_user_run_first_with_what_git_gave() {
    let sandbox = Sandbox::repository();
    let hooks = sandbox.root.join(".git/hooks");
    for event in ["pre-commit", "commit-msg", "post-rewrite", "post-checkout"] {
        write_hook(&hooks.join(event), "");
    }
    write_hook(&hooks.join("post-merge"), "");
    std::fs::set_permissions(hooks.join("post-merge"), std::fs::Permissions::from_mode(0o644)).expect("off");
    // What a hook stages is judged, too.
    write_hook(
        &hooks.join("pre-commit"),
        "test -e smuggle && echo x >outside.txt && git add outside.txt; true",
    );
    let run = Armed::on(sandbox, PLAN);
    let log = || std::fs::read_to_string(hooks.join("log")).unwrap_or_default();
    std::fs::write(hooks.join("log"), "").expect("an empty log");
    run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
    let git_dir = run.worktree(MODELS).git_dir;
    let expected = format!("pre-commit  input:\ncommit-msg {}/COMMIT_EDITMSG input:\n", git_dir.display());
    assert_eq!(log(), expected, "arguments are git's");
    let old = run.git(MODELS, &["rev-parse", "HEAD"]).ok().out;
    run.git(MODELS, &["commit", "-q", "--amend", "-m", "[CHECKPOINT] Y"]).ok();
    let new = run.git(MODELS, &["rev-parse", "HEAD"]).ok().out;
    let line = format!("post-rewrite amend input:{} {}\n", old.trim(), new.trim());
    assert!(log().ends_with(&line), "standard input is git's: {}", log());
    assert!(run.note(MODELS, "HEAD").contains("Rewritten-from"), "and ours got it as well");
    run.git(MODELS, &["checkout", "-q", "-b", "other"]).ok();
    assert!(log().contains("post-checkout"), "events that we have nothing to say about are run");
    run.git(MODELS, &["checkout", "-q", "work/task-2-models"]).ok();
    run.write(MODELS, "smuggle", "");
    let said = run.commit(MODELS, "models/z.py", "[CHECKPOINT] Z").fails(1);
    assert!(said.err.contains("scope/outside  outside.txt"), "{}", said.err);
}

#[test]
fn a_refusal_of_the_users_hook_is_final() {
    let sandbox = Sandbox::repository();
    write_hook(&sandbox.root.join(".git/hooks/pre-commit"), "echo no >&2; exit 3");
    let run = Armed::on(sandbox, PLAN);
    let said = run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").fails(1);
    assert!(said.err.contains("no\n") && !said.err.contains("refused"), "{}", said.err);
    // A script without an interpreter line is run as git runs it.
    let bare = run.sandbox.root.join(".git/hooks/pre-commit");
    install(&bare, "echo bare >&2; exit 1\n");
    assert!(run.git(MODELS, &["commit", "-qm", "[CHECKPOINT] X"]).fails(1).err.contains("bare"));
    std::fs::remove_file(bare).expect("removed");
    run.git(MODELS, &["commit", "-qm", "[CHECKPOINT] X"]).ok();
}

#[test]
fn hooks_are_found_where_the_user_put_them() {
    // A relative directory that is part of the repository, as husky has it.
    let sandbox = Sandbox::repository();
    write_hook(&sandbox.root.join(".husky/pre-push"), "");
    write_hook(&sandbox.root.join(".husky/pre-commit"), "");
    std::fs::write(sandbox.root.join(".husky/.gitignore"), "log\n").expect("ignored");
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "-qm", "Husky"]).ok();
    sandbox.git(&["config", "core.hooksPath", ".husky"]).ok();
    let run = Armed::on(sandbox, PLAN);
    run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
    let log = run.path(MODELS).join(".husky/log");
    assert!(log.exists(), "the worktree's own copy ran");
    let hooks_path = run.sandbox.git(&["config", "--local", "core.hooksPath"]).ok().out;
    assert_eq!(hooks_path, ".husky\n", "the shared setting is as it was");
    run.sandbox.git(&["init", "-q", "--bare", "../remote.git"]).ok();
    run.git(MODELS, &["push", "-q", "../../../remote.git", "HEAD"]).ok();
    let log = std::fs::read_to_string(log).expect("a log");
    assert!(log.contains("pre-push ../../../remote.git ../../../remote.git input:HEAD "), "{log}");
}

#[test]
fn a_global_directory_is_chained() {
    let run = Armed::new();
    let global = run.sandbox.root.join("global hooks");
    write_hook(&global.join("pre-commit"), "");
    run.write(MODELS, "models/x.py", "x\n");
    run.git(MODELS, &["add", "."]).ok();
    let config = run.sandbox.root.join("global.gitconfig");
    let text = format!(
        "[include]\n\tpath = {}\n[core]\n\thooksPath = {}\n",
        crate::sandbox::fixture("gitconfig").display(),
        global.display()
    );
    std::fs::write(&config, text).expect("a file");
    let mut commit = run.sandbox.command("git", &run.path(MODELS));
    commit.env("GIT_CONFIG_GLOBAL", &config).args(["commit", "-qm", "[CHECKPOINT] X"]);
    crate::sandbox::Said::of(commit, b"").ok();
    assert!(global.join("log").exists(), "the hook of the global directory ran");
}

#[test]
fn a_hook_that_calls_back_is_not_run_for_ever() {
    let run = Armed::new();
    let ours = run.sandbox.root.join(".git/orchestrate/hooks");
    let log = run.sandbox.root.join(".git/hooks/log");
    for (event, way) in [
        ("pre-commit", "exec "),
        ("pre-commit", ""),
        ("post-commit", "exec "),
        ("post-checkout", "exec "),
        ("post-checkout", ""),
    ] {
        let hook = run.sandbox.root.join(".git/hooks").join(event);
        write_hook(&hook, &format!("{way}'{}'", ours.join(event).display()));
        run.arm();
        run.commit(MODELS, "models/x.py", &format!("[CHECKPOINT] {way}{event}")).ok();
        run.git(MODELS, &["checkout", "-q", "work/task-2-models"]).ok();
        let seen = std::fs::read_to_string(&log).expect("a log");
        assert_eq!(seen.lines().count(), 1, "{way}{event}: {seen}");
        std::fs::remove_file(&log).expect("removed");
        std::fs::remove_file(&hook).expect("removed");
    }
}

#[test]
fn arming_touches_nothing_of_the_user_and_disarming_leaves_no_trace() {
    for extension in [false, true] {
        let sandbox = Sandbox::repository();
        write_hook(&sandbox.root.join(".git/hooks/pre-commit"), "");
        if extension {
            sandbox.git(&["config", "extensions.worktreeConfig", "true"]).ok();
            sandbox.git(&["config", "--worktree", "user.name", "Main"]).ok();
        }
        let before = settings(&sandbox);
        let run = Armed::on(sandbox, PLAN);
        run.arm();
        let armed = settings(&run.sandbox);
        for (path, content) in before.iter().filter(|(path, _)| *path != "config") {
            assert_eq!(armed.get(path), Some(content), "{path} is as it was while armed");
        }
        for task in &run.plan.tasks {
            let worktree = run.worktree(task.name.as_str());
            assert_eq!(probe::probe(&run.repo(), &worktree).expect("probed"), HooksState::Effective);
            hooks::disarm(&run.repo(), &worktree).expect("disarmed");
            hooks::disarm(&run.repo(), &worktree).expect("disarmed twice");
            let left = std::fs::read_to_string(worktree.git_dir.join("config.worktree"));
            // `git worktree add` copied the main worktree's settings into it.
            let expected = extension.then_some("[user]\n\tname = Main\n");
            assert_eq!(left.ok().as_deref(), expected, "nothing of ours is left there");
        }
        assert_eq!(without_locks(settings(&run.sandbox)), before, "extension before: {extension}");
    }
}

#[test]
fn settings_of_a_worktree_come_back() {
    let run = Armed::new();
    let worktree = run.worktree(MODELS);
    hooks::disarm(&run.repo(), &worktree).expect("disarmed");
    write_hook(&run.sandbox.root.join("mine/pre-commit"), "");
    let mine = run.sandbox.root.join("mine").display().to_string();
    run.git(MODELS, &["config", "--worktree", "core.hooksPath", &mine]).ok();
    run.git(MODELS, &["config", "--worktree", "user.name", "Me"]).ok();
    run.arm();
    run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
    assert!(run.sandbox.root.join("mine/log").exists(), "what the worktree chose itself is run");
    hooks::disarm(&run.repo(), &worktree).expect("disarmed");
    let left = run.git(MODELS, &["config", "--worktree", "--list"]).ok().out;
    let mut left: Vec<&str> = left.lines().collect();
    left.sort_unstable();
    assert_eq!(left, [&format!("core.hookspath={mine}"), "user.name=Me"]);
}

#[test]
fn a_bare_repository_keeps_its_kind() {
    let sandbox = Sandbox::repository();
    sandbox.git(&["clone", "-q", "--bare", ".", "bare.git"]).ok();
    let bare = Sandbox::below(sandbox, "bare.git");
    let before = std::fs::read(bare.root.join("config")).expect("a configuration");
    // The usual place is where git keeps its own records in a bare repository.
    let plan = PLAN.replace("base = \"main\"\n", "base = \"main\"\nworktree = \"trees/{task}\"\n");
    let run = Armed::on(bare, &plan);
    run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
    assert_eq!(run.sandbox.git(&["rev-parse", "--is-bare-repository"]).ok().out, "true\n");
    for task in &run.plan.tasks {
        run.repo().remove_worktree(&run.path(task.name.as_str()), Force::KeepChanges).expect("removed");
    }
    hooks::sweep(&run.repo()).expect("swept");
    let normal = |text: &[u8]| {
        let mut lines: Vec<String> =
            String::from_utf8_lossy(text).lines().map(|l| l.trim().to_owned()).collect();
        lines.sort();
        lines
    };
    let after = std::fs::read(run.sandbox.root.join("config")).expect("a configuration");
    assert_eq!(normal(&after), normal(&before), "the same settings as before");
    assert!(!run.sandbox.root.join("config.worktree").exists());
    assert!(!run.sandbox.root.join("orchestrate/hooks").exists());
}

#[test]
fn what_disables_the_hooks_is_seen() {
    let run = Armed::new();
    let state = || hooks::state(&run.repo(), &run.worktree(MODELS));
    let broken = |words: &str| match state() {
        HooksState::Broken(why) => assert!(why.contains(words), "{words:?} is missing in {why:?}"),
        HooksState::Effective => panic!("the hooks are broken: {words}"),
    };
    assert_eq!(state(), HooksState::Effective);
    let hook = run.sandbox.root.join(".git/orchestrate/hooks/commit-msg");
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o644)).expect("changed");
    broken("not executable");
    run.arm();
    assert_eq!(state(), HooksState::Effective, "arming again makes them executable");
    std::fs::remove_file(&hook).expect("removed");
    broken("the hook commit-msg is missing");
    write_hook(&hook, "");
    broken("the hook commit-msg was replaced");
    std::fs::write(&hook, "").expect("emptied");
    broken("commit-msg is empty");
    run.arm();
    assert_eq!(state(), HooksState::Effective, "arming again repairs it");
    run.git(MODELS, &["config", "--worktree", "core.hooksPath", "/elsewhere"]).ok();
    broken("core.hooksPath of the worktree is /elsewhere");
    run.git(MODELS, &["config", "--worktree", "--unset", "core.hooksPath"]).ok();
    broken("core.hooksPath is not set");
    run.git(MODELS, &["config", "--local", "extensions.worktreeConfig", "false"]).ok();
    broken("extensions.worktreeConfig is off");
}

/// As hook managers do it from inside of a worker's worktree.
fn displace(run: &Armed, event: &str, extra: &str) {
    let hook = run.sandbox.root.join(".git/orchestrate/hooks").join(event);
    std::fs::rename(&hook, hook.with_extension("old")).expect("moved aside");
    let log = run.sandbox.root.join("theirs");
    let script = format!("#!/bin/sh\necho {event} >>'{}'\n{extra}\n", log.display());
    install(&hook, script);
}

#[test]
fn a_managers_hook_in_our_place_runs_before_ours() {
    let run = Armed::new();
    let theirs = || std::fs::read_to_string(run.sandbox.root.join("theirs")).unwrap_or_default();
    displace(&run, "pre-commit", "");
    run.arm();
    let refused = run.commit(MODELS, "api/a.py", "[CHECKPOINT] A").fails(1);
    assert!(refused.err.contains("scope/outside"), "ours runs again: {}", refused.err);
    assert_eq!(theirs(), "pre-commit\n", "and theirs first");
    assert!(!run.sandbox.root.join(".git/orchestrate/hooks/pre-commit.old").exists());
    displace(&run, "pre-commit", "echo no >&2; exit 3");
    run.arm();
    let refused = run.commit(MODELS, "models/a.py", "[CHECKPOINT] A").fails(1);
    assert!(refused.err.starts_with("no\nhint: this was said by "), "{}", refused.err);
    for task in &run.plan.tasks {
        hooks::disarm(&run.repo(), &run.worktree(task.name.as_str())).expect("disarmed");
    }
    assert!(!run.sandbox.root.join(".git/orchestrate/hooks").exists());
    assert!(run.sandbox.root.join(".git/orchestrate/adopted/pre-commit").exists(), "theirs is not lost");
}

#[test]
fn ours_come_back_by_themselves() {
    let run = Armed::new();
    let theirs = || {
        let log = run.sandbox.root.join("theirs");
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        let _ = std::fs::remove_file(log);
        said
    };
    let displaced = ["pre-commit", "commit-msg"];
    displaced.iter().for_each(|event| displace(&run, event, ""));
    let refused = run.commit(MODELS, "api/a.py", "[CHECKPOINT] A").fails(1);
    assert!(refused.err.contains("note: the hook pre-commit was replaced"), "{}", refused.err);
    assert!(refused.err.contains("scope/outside"), "what pre-commit did not judge: {}", refused.err);
    assert_eq!(theirs(), "pre-commit\n");
    run.git(MODELS, &["reset", "-q", "--hard"]).ok();
    displaced.iter().for_each(|event| displace(&run, event, ""));
    let refused = run.commit(MODELS, "models/a.py", "No status").fails(1);
    assert!(refused.err.contains("message/prefix"), "in time for commit-msg: {}", refused.err);
    assert_eq!(theirs(), "pre-commit\ncommit-msg\n");
    let said = run.git(MODELS, &["commit", "-qm", "[CHECKPOINT] A"]).ok();
    assert_eq!((said.err.as_str(), theirs().as_str()), ("", "pre-commit\ncommit-msg\n"));
    // Whatever else is wrong with them, and the last of ours that is left.
    let place = |event: &str| run.sandbox.root.join(".git/orchestrate/hooks").join(event);
    for event in hooks::EVENTS.iter().filter(|event| **event != "post-commit") {
        std::fs::write(place(event), "").expect("emptied");
    }
    std::fs::remove_file(place("pre-push")).expect("removed");
    let said = run.commit(MODELS, "api/b.py", "No status").ok();
    assert!(said.err.contains("note: the hook pre-push is missing; ours is back"), "{}", said.err);
    assert!(said.err.contains("scope/outside"), "it landed, and is told: {}", said.err);
    assert_eq!(hooks::state(&run.repo(), &run.worktree(MODELS)), HooksState::Effective);
}

#[test]
fn a_replacement_that_looks_the_same_is_seen() {
    let run = Armed::new();
    run.commit(MODELS, "models/a.py", "[CHECKPOINT] A").ok();
    let hook = run.sandbox.root.join(".git/orchestrate/hooks/commit-msg");
    let (ours, data) = (std::fs::read(&hook).expect("a hook"), std::fs::metadata(&hook).expect("a hook"));
    let mut theirs = b"#!/bin/true\n".to_vec();
    theirs.resize(ours.len(), b'\n');
    let file = std::fs::File::options().write(true).open(&hook).expect("a hook");
    std::io::Write::write_all(&mut &file, &theirs).expect("written over");
    file.set_modified(data.modified().expect("a time")).expect("its time is back");
    drop(file);
    let refused = run.commit(MODELS, "models/b.py", "No status").fails(1);
    assert!(refused.err.contains("note: the hook commit-msg was replaced"), "{}", refused.err);
    assert!(refused.err.contains("message/prefix"), "{}", refused.err);
    assert_eq!(std::fs::read(&hook).expect("a hook"), ours);
}

#[test]
fn a_copied_repository_looks_at_its_own_hooks() {
    let run = Armed::new();
    run.commit(MODELS, "models/a.py", "[CHECKPOINT] A").ok();
    let seen = run.sandbox.root.join(".git/orchestrate/hooks.seen");
    let said = std::fs::read_to_string(&seen).expect("what a hook has seen");
    assert!(said.lines().all(|line| !line.contains(" /")), "it names no place: {said}");
    // Half of it is none.
    std::fs::write(&seen, &said[..said.len() / 2]).expect("cut off");
    displace(&run, "commit-msg", "");
    run.commit(MODELS, "models/b.py", "No status").fails(1);
}

#[test]
fn a_hook_that_a_manager_adds_runs_on() {
    let run = Armed::new();
    let added = run.sandbox.root.join(".git/orchestrate/hooks/post-checkout");
    install(&added, "#!/bin/sh\ntouch theirs\n");
    for way in ["as it is", "taken in"] {
        run.git(MODELS, &["checkout", "-q", "--detach"]).ok();
        std::fs::remove_file(run.path(MODELS).join("theirs")).expect(way);
        run.arm();
    }
    assert!(std::fs::read_to_string(added).expect("a hook").contains("git-orchestrate-hook"));
}

#[test]
fn a_path_that_fits_into_no_line_is_no_obstacle() {
    let sandbox = Sandbox::repository();
    sandbox.git(&["clone", "-q", ".", "with a space"]).ok();
    let run = Armed::on(Sandbox::below(sandbox, "with a space"), PLAN);
    let refused = run.commit(MODELS, "api/a.py", "[CHECKPOINT] A").fails(1);
    assert!(refused.err.contains("scope/outside"), "{}", refused.err);
    displace(&run, "pre-commit", "");
    let refused = run.git(MODELS, &["commit", "-qm", "[CHECKPOINT] A"]).fails(1);
    assert!(refused.err.contains("note: the hook pre-commit") && refused.err.contains("scope/outside"));
    assert_eq!(hooks::state(&run.repo(), &run.worktree(MODELS)), HooksState::Effective);
}

#[test]
fn a_probe_is_no_way_past_the_hook() {
    let run = Armed::new();
    run.write(MODELS, "api/a.py", "x\n");
    let mut commit = run.sandbox.command("git", &run.path(MODELS));
    commit.env(probe::PROBE, "1").args(["commit", "-qam", "[CHECKPOINT] X"]);
    crate::sandbox::Said::of(commit, b"").fails(1);
    assert_eq!(run.count(MODELS), 0);
}
