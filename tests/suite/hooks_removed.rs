//! Taking our hooks out again leaves every file of the user's as it was, byte for byte.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use orchestrate::git::hooks::{self, TaskIdentity};
use orchestrate::git::worktrees::Force;

use crate::armed::{Armed, HOOK_PROGRAM, PLAN};
use crate::sandbox::{Said, Sandbox, fixture, install};

const MODELS: &str = "task-2-models";

/// Mode and content of every file that settings and hooks of the user's lie in, by path.
type Files = BTreeMap<String, (u32, Vec<u8>)>;

fn files(git_dir: &Path) -> Files {
    let mut found = Files::new();
    let mut add = |path: PathBuf| {
        if let Ok(content) = std::fs::read(&path) {
            let mode = std::fs::metadata(&path).expect("it is there").permissions().mode();
            let name = path.strip_prefix(git_dir).expect("below it").display().to_string();
            found.insert(name, (mode, content));
        }
    };
    add(git_dir.join("config"));
    add(git_dir.join("config.worktree"));
    add(git_dir.join("info/exclude"));
    for directory in ["hooks", "worktrees"] {
        for entry in std::fs::read_dir(git_dir.join(directory)).into_iter().flatten().flatten() {
            let path = entry.path();
            add(if directory == "hooks" { path } else { path.join("config.worktree") });
        }
    }
    found
}

/// Without what git itself makes when a worktree is added.
fn of_main(mut files: Files) -> Files {
    files.retain(|name, _| !name.starts_with("worktrees/"));
    files
}

#[track_caller]
fn assert_same(after: &Files, before: &Files, what: &str) {
    let names = |files: &Files| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(after), names(before), "{what}: the same files");
    for (name, (mode, content)) in before {
        let (new_mode, new) = &after[name];
        let text = |content: &[u8]| String::from_utf8_lossy(content).into_owned();
        assert_eq!(text(new), text(content), "{what}: {name}");
        assert_eq!(new, content, "{what}: {name}");
        assert_eq!(new_mode, mode, "{what}: the mode of {name}");
    }
}

fn write_hook(path: &Path, text: &str) {
    install(path, format!("#!/bin/sh\n{text}\n"));
}

fn disarm(run: &Armed) {
    for task in &run.plan.tasks {
        hooks::disarm(&run.repo(), &run.worktree(task.name.as_str())).expect("disarmed");
    }
}

fn git_dir(run: &Armed) -> PathBuf {
    run.repo().common_dir().to_owned()
}

/// Installs, commits, does `meanwhile`, uninstalls, and compares; `prepare` makes the repository
/// special before its worktrees are made, `dress` after.
#[track_caller]
fn check(
    what: &str,
    prepare: impl Fn(&Sandbox),
    dress: impl Fn(&Armed),
    meanwhile: impl Fn(&Armed),
) -> Armed {
    let sandbox = Sandbox::repository();
    prepare(&sandbox);
    let run = Armed::without_hooks(sandbox, PLAN);
    dress(&run);
    let before = files(&git_dir(&run));
    run.arm();
    run.arm();
    run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
    run.commit(MODELS, "elsewhere.py", "[CHECKPOINT] Not mine").fails(1);
    run.sandbox.git(&["commit", "-q", "--allow-empty", "-m", "In the main worktree"]).ok();
    meanwhile(&run);
    disarm(&run);
    assert_same(&files(&git_dir(&run)), &before, what);
    assert!(!git_dir(&run).join("orchestrate/hooks").exists(), "{what}: no hook of ours is left");
    disarm(&run);
    assert_same(&files(&git_dir(&run)), &before, what);
    run
}

fn nothing(_: &Armed) {}

#[test]
fn configurations_of_all_kinds_come_back() {
    let append = |text: &'static [u8]| {
        move |sandbox: &Sandbox| {
            let path = sandbox.root.join(".git/config");
            let mut content = std::fs::read(&path).expect("a configuration");
            content.extend_from_slice(text);
            std::fs::write(&path, content).expect("written");
        }
    };
    check("no hooks", |_| {}, nothing, nothing);
    check("comments", append(b"# the last word\n\n; and one more\n"), nothing, nothing);
    check("no line break at the end", append(b"[user]\n\tname = A"), nothing, nothing);
    check("an empty section", append(b"[extensions]\n[orchestrate]\n"), nothing, nothing);
    check(
        "an extension of their own",
        append(b"  [extensions]\n noop=true # why\n[x]\ny=1\n"),
        nothing,
        nothing,
    );
    check("windows", append(b"[user]\r\n\tname = A\r\n"), nothing, nothing);
    check("latin 1", append(b"[user]\n\tname = Andr\xe9\n"), nothing, nothing);
    check("continued lines", append(b"[alias]\n\tx = \"a \\\n   b\"\n\tbool\n"), nothing, nothing);
    let closed = |sandbox: &Sandbox| {
        let path = sandbox.root.join(".git/config");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("closed");
    };
    check("a private configuration", closed, nothing, nothing);
}

#[test]
fn hooks_of_all_kinds_come_back() {
    let own = |sandbox: &Sandbox| {
        write_hook(&sandbox.root.join(".git/hooks/pre-commit"), "exit 0");
        write_hook(&sandbox.root.join(".git/hooks/commit-msg"), "grep -q . \"$1\"");
    };
    check("hooks of the user's", own, nothing, nothing);
    let relative = |sandbox: &Sandbox| {
        write_hook(&sandbox.root.join(".githooks/pre-commit"), "exit 0");
        sandbox.git(&["add", ".githooks"]).ok();
        sandbox.git(&["commit", "-qm", "Hooks"]).ok();
        sandbox.git(&["config", "core.hooksPath", ".githooks"]).ok();
    };
    check("a relative directory", relative, nothing, nothing);
    let extension = |sandbox: &Sandbox| {
        sandbox.git(&["config", "extensions.worktreeConfig", "true"]).ok();
        sandbox.write(".git/config.worktree", "# mine\n[user]\n    name=Main ; me\n\n");
    };
    let dress = |run: &Armed| {
        let path = run.worktree(MODELS).git_dir.join("config.worktree");
        let text = "# of this worktree\n[core]\n  hooksPath = mine # my own\n[user]\nname=W";
        std::fs::write(path, text).expect("written");
    };
    check("settings of the worktrees", extension, dress, nothing);
}

#[test]
fn a_global_directory_stays_as_it_is() {
    let run = Armed::without_hooks(Sandbox::repository(), PLAN);
    let before = files(&git_dir(&run));
    let global = run.sandbox.root.join("../global");
    write_hook(&global.join("hooks/pre-commit"), "echo global >&2");
    let text = format!(
        "[include]\n\tpath = {}\n[core]\n\thooksPath = {}\n",
        fixture("gitconfig").display(),
        global.join("hooks").display()
    );
    std::fs::write(global.join("gitconfig"), &text).expect("a file");
    run.arm();
    run.write(MODELS, "models/x.py", "x\n");
    run.git(MODELS, &["add", "."]).ok();
    let mut commit = run.sandbox.command("git", &run.path(MODELS));
    commit.env("GIT_CONFIG_GLOBAL", global.join("gitconfig")).args(["commit", "-qm", "[CHECKPOINT] X"]);
    assert!(Said::of(commit, b"").ok().err.contains("global"));
    disarm(&run);
    assert_same(&files(&git_dir(&run)), &before, "a global directory");
    assert_eq!(std::fs::read_to_string(global.join("gitconfig")).expect("a file"), text);
}

#[test]
fn a_bare_repository_comes_back() {
    for text in ["", "\tbare = true # twice\n", "[other]\n\tx = 1"] {
        let sandbox = Sandbox::repository();
        sandbox.git(&["clone", "-q", "--bare", ".", "bare.git"]).ok();
        let config = sandbox.root.join("bare.git/config");
        let content = std::fs::read_to_string(&config)
            .expect("a configuration")
            .replace("\tbare = true\n", "\tbare = true\n# after\n");
        std::fs::write(&config, format!("{content}{text}")).expect("written");
        let plan = PLAN.replace("base = \"main\"\n", "base = \"main\"\nworktree = \"trees/{task}\"\n");
        let run = Armed::without_hooks(Sandbox::below(sandbox, "bare.git"), &plan);
        let before = files(&git_dir(&run));
        run.arm();
        run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
        disarm(&run);
        assert_same(&files(&git_dir(&run)), &before, text);
    }
}

#[test]
fn what_others_wrote_meanwhile_stays() {
    let run = Armed::without_hooks(Sandbox::repository(), PLAN);
    let config = git_dir(&run).join("config");
    let read = |path: &Path| std::fs::read_to_string(path).expect("a configuration");
    let before = read(&config);
    run.arm();
    run.sandbox.git(&["remote", "add", "origin", "../x.git"]).ok();
    run.sandbox.git(&["config", "user.name", "Somebody"]).ok();
    run.git(MODELS, &["config", "--worktree", "user.email", "w@x"]).ok();
    let of_worktree = run.worktree(MODELS).git_dir.join("config.worktree");
    disarm(&run);
    assert_eq!(read(&of_worktree), "[user]\n\temail = w@x\n");
    let there = run.sandbox.git(&["config", "extensions.worktreeConfig"]).ok();
    assert_eq!(there.out, "true\n", "somebody uses it now, so it stays");
    run.git(MODELS, &["config", "--worktree", "--unset", "user.email"]).ok();
    let run = Armed::without_hooks(Sandbox::repository(), PLAN);
    run.arm();
    run.sandbox.git(&["remote", "add", "origin", "../x.git"]).ok();
    run.sandbox.git(&["config", "user.name", "Somebody"]).ok();
    disarm(&run);
    let config = git_dir(&run).join("config");
    let theirs = "[remote \"origin\"]\n\turl = ../x.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n\
                  [user]\n\tname = Somebody\n";
    assert_eq!(read(&config), format!("{before}{theirs}"));
}

#[test]
fn a_setting_that_a_worktree_chose_later_stays() {
    let run = Armed::without_hooks(Sandbox::repository(), PLAN);
    run.arm();
    run.git(MODELS, &["config", "--worktree", "core.hooksPath", "/theirs"]).ok();
    disarm(&run);
    assert_eq!(run.git(MODELS, &["config", "--worktree", "--list"]).ok().out, "core.hookspath=/theirs\n");
}

#[test]
fn a_file_that_somebody_wrote_among_ours_is_kept_and_named() {
    let run = Armed::new();
    let ours = git_dir(&run).join("orchestrate/hooks");
    // As a manager leaves it that was run in a worker's worktree.
    std::fs::rename(ours.join("pre-commit"), ours.join("pre-commit.legacy")).expect("moved");
    write_hook(&ours.join("pre-commit"), "# theirs");
    for task in &run.plan.tasks {
        run.repo().remove_worktree(&run.path(task.name.as_str()), Force::DiscardChanges).expect("removed");
    }
    let said = run.sandbox.git(&["orchestrate", "cleanup", "--force"]);
    let named = format!("hook {}", ours.join("pre-commit").display());
    assert!(
        said.out.contains(&named) && said.out.contains("somebody else wrote it"),
        "{}{}",
        said.out,
        said.err
    );
    let left: Vec<_> =
        std::fs::read_dir(&ours).expect("the directory stays").flatten().map(|e| e.file_name()).collect();
    assert_eq!(left, ["pre-commit"], "and nothing of ours is left beside it");
}

#[test]
fn worktrees_may_go_first() {
    let run = Armed::without_hooks(Sandbox::repository(), PLAN);
    let before = of_main(files(&git_dir(&run)));
    run.arm();
    for task in &run.plan.tasks {
        std::fs::remove_dir_all(run.path(task.name.as_str())).expect("removed");
    }
    run.sandbox.git(&["worktree", "prune"]).ok();
    hooks::sweep(&run.repo()).expect("swept");
    assert_same(&of_main(files(&git_dir(&run))), &before, "pruned worktrees");
    assert!(!git_dir(&run).join("orchestrate/hooks").exists());
}

/// The whole way: start and clean-up, with a remote whose settings gain values for a while.
#[test]
fn a_run_comes_and_goes_without_a_trace() {
    let sandbox = Sandbox::from_script("myapp.sh");
    sandbox.git(&["init", "-q", "--bare", "../remote.git"]).ok();
    sandbox.git(&["remote", "add", "origin", "../remote.git"]).ok();
    let config = sandbox.root.join(".git/config");
    let text = std::fs::read_to_string(&config).expect("a configuration");
    std::fs::write(&config, format!("{text}\n# mine\n[notes]\n    rewriteMode=ignore # so\n[z]\n\ta = 1"))
        .expect("written");
    let before = files(&sandbox.root.join(".git"));
    let plan = fixture("analytics.toml").display().to_string();
    sandbox.git(&["orchestrate", "start", &plan]).ok();
    assert_ne!(files(&sandbox.root.join(".git")), before);
    sandbox.git(&["orchestrate", "start", &plan]).ok();
    sandbox.git(&["orchestrate", "cleanup", "--force"]).ok();
    assert_same(&files(&sandbox.root.join(".git")), &before, "start and clean-up");
}

#[test]
fn an_installation_that_is_killed_anywhere_is_finished_and_taken_back() {
    let mut died = 0;
    for step in 0..14 {
        let sandbox = Sandbox::from_script("myapp.sh");
        let before = files(&sandbox.root.join(".git"));
        let plan = fixture("analytics.toml").display().to_string();
        let mut start = sandbox.command("git-orchestrate", &sandbox.root);
        let mut child = start
            .args(["start", &plan])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("it starts");
        std::thread::sleep(Duration::from_millis(20 + 25 * step));
        died += usize::from(child.try_wait().expect("it can be asked").is_none());
        let _ = child.kill();
        child.wait().expect("it ends");
        sandbox.git(&["orchestrate", "start", &plan]).ok();
        sandbox.git(&["orchestrate", "doctor"]).ok();
        sandbox.git(&["orchestrate", "cleanup", "--force"]).ok();
        assert_same(&files(&sandbox.root.join(".git")), &before, &format!("killed at step {step}"));
    }
    assert!(died > 0, "some of them were really killed");
}

#[test]
fn a_full_disk_changes_no_setting() {
    let run = Armed::without_hooks(Sandbox::repository(), PLAN);
    let before = files(&git_dir(&run));
    let room = git_dir(&run).join("orchestrate/hooks");
    std::fs::create_dir_all(&room).expect("a directory");
    let script = format!(
        "mount -t tmpfs -o size=64k tmpfs '{}' || exit 99\ngit orchestrate doctor --repair",
        room.display()
    );
    let mut command = run.sandbox.command("unshare", &run.sandbox.root);
    command.args(["--map-root-user", "--mount", "sh", "-c", &script]);
    let said = Said::of(command, b"");
    if said.code == 99 || said.err.contains("unshare") {
        // Not every machine lets a test mount something.
        return;
    }
    let said = said.fails(1);
    assert!(said.out.contains("unknown: the hooks could not be mended"), "{}{}", said.out, said.err);
    let selects = |name: &String, content: &[u8]| {
        name.starts_with("worktrees/") && String::from_utf8_lossy(content).contains("hooksPath")
    };
    let after = files(&git_dir(&run));
    assert!(!after.iter().any(|(name, (_, content))| selects(name, content)), "nothing selects half a hook");
    run.sandbox.git(&["fsck", "--strict"]).ok();
    run.arm();
    disarm(&run);
    let (mut after, mut before) = (files(&git_dir(&run)), before);
    // The repair also hides the worktrees from git status, which is no matter of hooks.
    after.remove("info/exclude");
    before.remove("info/exclude");
    assert_same(&after, &before, "a full disk");
}

#[test]
fn an_identity_that_changes_leaves_no_trace_either() {
    let run = Armed::without_hooks(Sandbox::repository(), PLAN);
    let before = files(&git_dir(&run));
    run.arm();
    let worktree = run.worktree(MODELS);
    let other = TaskIdentity { run: run.plan.run.clone(), task: run.plan.tasks[2].name.clone() };
    hooks::arm(&run.repo(), &worktree, &other, Path::new(HOOK_PROGRAM)).expect("armed for another task");
    assert_eq!(run.git(MODELS, &["config", "orchestrate.task"]).ok().out, "task-3-docs\n");
    disarm(&run);
    assert_same(&files(&git_dir(&run)), &before, "another identity");
}
