//! `git orchestrate doctor`: what switches hooks off is found, named with its remedy, and mended where
//! that is ours to do.

use std::path::PathBuf;

use orchestrate::git::hooks::EVENTS;

use crate::armed::{Armed, PLAN};
use crate::sandbox::{Said, Sandbox, install};

const MODELS: &str = "task-2-models";

/// A run that the doctor has nothing to say about.
fn healthy() -> Armed {
    let run = Armed::new();
    doctor(&run, &["--repair"]).ok();
    run
}

fn doctor(run: &Armed, args: &[&str]) -> Said {
    run.sandbox.git(&[&["orchestrate", "doctor"], args].concat())
}

/// What is found, a line `task-or-repository rule` each.
fn found(run: &Armed) -> Vec<String> {
    let said = doctor(run, &["--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    let findings = document["findings"].as_array().expect("a list").clone();
    assert_eq!(said.code, i32::from(!findings.is_empty()), "the exit code says whether: {}", said.out);
    assert_eq!(document["healthy"].as_bool(), Some(findings.is_empty()));
    let line = |one: &serde_json::Value| {
        let whose = one["task"].as_str().or(one["worktree"].as_str()).unwrap_or("repository");
        let whose = whose.rsplit('/').next().unwrap_or(whose);
        format!("{whose} {}", one["rule"].as_str().expect("a rule"))
    };
    findings.iter().map(line).collect()
}

/// Types the command that the doctor names first after `start`.
#[track_caller]
fn type_remedy(run: &Armed, start: &str) {
    let said = doctor(run, &[]).fails(1).out;
    let remedy = said.lines().find_map(|line| Some(line.split_once(start)?.1)).expect("a remedy");
    let mut shell = run.sandbox.command("bash", &run.sandbox.root);
    shell.args(["-c", remedy]);
    Said::of(shell, b"").ok();
}

/// The hooks of a worktree refuse what they must.
#[track_caller]
fn refuses(run: &Armed) {
    let said = run.commit(MODELS, "api/stray.py", "[CHECKPOINT] Stray");
    assert!(said.code != 0 && said.err.contains("scope/outside"), "{}\n{}", said.out, said.err);
    run.git(MODELS, &["rm", "-qf", "api/stray.py"]).ok();
}

fn hook(run: &Armed, event: &str) -> PathBuf {
    run.sandbox.root.join(".git/orchestrate/hooks").join(event)
}

/// Breaks something, checks what is found, repairs, and checks what is left.
#[track_caller]
fn check(what: &str, harm: impl FnOnce(&Armed), expect: &[&str], left: &[&str]) -> Armed {
    let run = healthy();
    harm(&run);
    assert_eq!(found(&run), expect, "{what}: found");
    let before = run.sandbox.git(&["config", "--list", "--show-origin"]).ok().out;
    doctor(&run, &[]).fails(1);
    assert_eq!(
        run.sandbox.git(&["config", "--list", "--show-origin"]).ok().out,
        before,
        "nothing is written"
    );
    doctor(&run, &["--repair"]).fails(i32::from(!left.is_empty()));
    assert_eq!(found(&run), left, "{what}: left by the repair");
    run
}

#[test]
fn a_healthy_run_is_called_so() {
    let run = healthy();
    let said = doctor(&run, &[]).ok();
    let n = EVENTS.len();
    let expect = format!(
        "task-1-api     {n} hooks fire\ntask-2-models  {n} hooks fire\ntask-3-docs    {n} hooks fire\n\
         our hooks are in {}; core.hooksPath in each worktree names them\nnothing is wrong\n",
        run.sandbox.root.join(".git/orchestrate/hooks").display()
    );
    assert_eq!(said.out, expect);
    let said = run.git(MODELS, &["orchestrate", "doctor", "--format", "markdown"]).ok();
    assert!(said.out.contains("| task-2-models | `"), "it works from a worker's worktree: {}", said.out);
    refuses(&run);
}

#[test]
fn settings_that_switch_hooks_off_are_found_and_mended() {
    let set = |key: &'static str, value: &'static str| {
        move |run: &Armed| drop(run.git(MODELS, &["config", "--worktree", key, value]).ok())
    };
    let mine = "task-2-models hooks/path-overwritten";
    refuses(&check("nothing", set("core.hooksPath", "/dev/null"), &[mine], &[]));
    for value in [".husky/_", "/elsewhere"] {
        // The setting is kept as what would run without us, and there is no such directory.
        let left = "task-2-models hooks/uninstalled";
        let run = check(value, set("core.hooksPath", value), &[mine], &[left]);
        refuses(&run);
        run.git(MODELS, &["config", "--worktree", "--unset", "orchestrate.hooksPath"]).ok();
        assert_eq!(found(&run), [""; 0], "the remedy is one");
    }
    let unset = |run: &Armed| {
        run.git(MODELS, &["config", "--worktree", "--unset", "core.hooksPath"]).ok();
    };
    refuses(&check("unset", unset, &["task-2-models hooks/path-unset"], &[]));
    for key in ["orchestrate.run", "orchestrate.task"] {
        let unset = |run: &Armed| drop(run.git(MODELS, &["config", "--worktree", "--unset", key]).ok());
        refuses(&check(key, unset, &["task-2-models hooks/unnamed"], &[]));
    }
    refuses(&check(
        "another's name",
        set("orchestrate.task", "task-1-api"),
        &["task-2-models hooks/unnamed"],
        &[],
    ));
    let off = |run: &Armed| {
        run.sandbox.git(&["config", "--local", "extensions.worktreeConfig", "false"]).ok();
    };
    refuses(&check("the extension", off, &["repository hooks/extension-off"], &[]));
    let copied = |run: &Armed| {
        run.git(MODELS, &["worktree", "add", "-q", "-b", "child", "../child"]).ok();
    };
    let run = check("a child", copied, &["child hooks/copied"], &[]);
    let left = run.sandbox.git_in("worktrees/child", &["config", "--worktree", "--list"]);
    assert_eq!(left.out, "", "a worktree made from a worker's is nobody's");
    refuses(&run);
}

#[test]
fn files_that_are_no_hooks_of_ours_are_found_and_mended() {
    let missing = |run: &Armed| std::fs::remove_file(hook(run, "commit-msg")).expect("removed");
    refuses(&check("missing", missing, &["repository hooks/missing"], &[]));
    let empty = |run: &Armed| {
        std::fs::remove_file(hook(run, "pre-commit")).expect("removed");
        install(&hook(run, "pre-commit"), "");
    };
    refuses(&check("empty", empty, &["repository hooks/empty"], &[]));
    let off = |run: &Armed| {
        let copy = std::fs::read(hook(run, "pre-commit")).expect("our program");
        std::fs::remove_file(hook(run, "pre-commit")).expect("removed");
        std::fs::write(hook(run, "pre-commit"), copy).expect("a copy that is not executable");
    };
    refuses(&check("not executable", off, &["repository hooks/not-executable"], &[]));
}

#[test]
fn what_a_manager_displaced_is_put_back_and_nothing_of_it_is_lost() {
    // As lefthook leaves it: ours is moved to `.old`, and never runs again.
    let lefthook = |run: &Armed| {
        std::fs::rename(hook(run, "pre-commit"), hook(run, "pre-commit.old")).expect("moved");
        install(&hook(run, "pre-commit"), "#!/bin/sh\n# lefthook\nexit 0\n");
    };
    let defects = ["repository hooks/replaced", "repository hooks/stray"];
    let run = check("lefthook", lefthook, &defects, &[]);
    refuses(&run);
    assert!(!hook(&run, "pre-commit.old").exists(), "a copy of ours is missed by nobody");
    let adopted = run.sandbox.root.join(".git/orchestrate/adopted/pre-commit");
    assert!(std::fs::read_to_string(adopted).expect("theirs is kept").contains("lefthook"));
    assert_eq!(found(&run), [""; 0]);
    let run = healthy();
    lefthook(&run);
    let said = doctor(&run, &[]).fails(1);
    assert!(said.out.contains("the hook pre-commit was replaced by lefthook"), "{}", said.out);
    assert!(
        said.out.contains(&format!("task-2-models  {} of {} hooks fire", EVENTS.len() - 1, EVENTS.len())),
        "git was asked: {}",
        said.out
    );
}

#[test]
fn hooks_of_the_user_that_appeared_since_are_found() {
    let appear = |run: &Armed| {
        let log = run.sandbox.root.join("log");
        install(
            &run.sandbox.root.join(".git/hooks/post-checkout"),
            format!("#!/bin/sh\necho ran >>'{}'\n", log.display()),
        );
    };
    let all = ["task-1-api", "task-2-models", "task-3-docs"].map(|task| format!("{task} hooks/hidden"));
    let run = check("a new hook", appear, &all.each_ref().map(String::as_str), &[]);
    run.git(MODELS, &["checkout", "-q", "--detach"]).ok();
    assert!(run.sandbox.root.join("log").exists(), "it runs now");
    // What a package manager would have to install in each worktree.
    let husky = |run: &Armed| drop(run.sandbox.git(&["config", "core.hooksPath", ".husky/_"]).ok());
    let run = healthy();
    husky(&run);
    let said = doctor(&run, &["--repair"]).fails(1);
    assert!(said.out.contains("the hooks of husky are not here"), "{}", said.out);
    assert!(said.out.contains("install in this worktree"), "{}", said.out);
    refuses(&run);
}

#[test]
fn a_variable_that_switches_hooks_off_is_found_by_trying() {
    let run = healthy();
    let mut command = run.sandbox.command("git", &run.sandbox.root);
    command.args(["-c", "core.hooksPath=/dev/null", "orchestrate", "doctor"]);
    let said = Said::of(command, b"").fails(1);
    assert!(said.out.contains("task-2-models  0 of "), "{}", said.out);
    assert!(said.out.contains("hooks/silent  git runs no hook of ours for commit-msg, "), "{}", said.out);
    assert!(said.out.contains("GIT_CONFIG_PARAMETERS"), "{}", said.out);
}

#[test]
fn moved_and_copied_worktrees_are_told_apart() {
    let run = healthy();
    let (old, new) = (run.path(MODELS), run.sandbox.root.join("worktrees/elsewhere"));
    std::fs::rename(&old, &new).expect("moved");
    assert_eq!(found(&run), ["task-2-models worktree/moved"]);
    doctor(&run, &["--repair"]).ok();
    let said = run.sandbox.git(&["worktree", "list", "--porcelain"]).ok();
    assert!(said.out.contains(&format!("worktree {}", new.display())), "{}", said.out);
    let status = Said::from(
        run.sandbox.command("cp", &run.sandbox.root).args(["-a"]).args([&new, &old]).output().expect("cp"),
    );
    status.ok();
    assert_eq!(found(&run), ["task-2-models worktree/copy"]);
    let said = doctor(&run, &["--repair"]).fails(1);
    assert!(said.out.contains(&format!("rm {}", old.join(".git").display())), "{}", said.out);
    assert!(old.join("models/m.py").exists(), "nothing of a copy is removed");
    std::fs::remove_dir_all(old).expect("removed");
    std::fs::remove_dir_all(new).expect("removed");
    assert_eq!(found(&run), ["task-2-models worktree/missing"]);
    let said = doctor(&run, &["--repair"]).fails(1);
    assert!(said.out.contains("remedy: git orchestrate start <plan file>"), "{}", said.out);
}

#[test]
fn a_worktree_that_lost_its_way_to_the_repository_is_no_missing_one() {
    for astray in [None, Some("gitdir: /nowhere\n")] {
        let harm = |run: &Armed| {
            let dot_git = run.path(MODELS).join(".git");
            std::fs::remove_file(&dot_git).expect("removed");
            astray.inspect(|text| std::fs::write(&dot_git, text).expect("written"));
        };
        let severed = ["task-2-models worktree/severed"];
        let run = check("severed", harm, &severed, &severed);
        let said = doctor(&run, &[]).fails(1);
        assert!(said.out.contains("remedy: git worktree repair\n"), "{}", said.out);
        run.sandbox.git(&["worktree", "repair"]).ok();
        assert_eq!(found(&run), [""; 0], "the remedy is one");
        refuses(&run);
    }
}

#[test]
fn files_that_cannot_be_read_hide_nothing_else() {
    let run = healthy();
    let manifest = run.sandbox.root.join(".git/orchestrate/hooks.json");
    for damage in ["", "{", "[]", "{\"events\": 7}"] {
        std::fs::write(&manifest, damage).expect("written");
        std::fs::remove_file(hook(&run, "pre-commit")).expect("removed");
        let rules = found(&run);
        assert!(rules.contains(&"repository hooks/missing".to_owned()), "{damage:?}: {rules:?}");
        doctor(&run, &["--repair"]).ok();
        assert_eq!(found(&run), [""; 0], "{damage:?}");
        refuses(&run);
    }
    let settings = run.sandbox.root.join(".git/worktrees/task-1-api/config.worktree");
    let before = std::fs::read_to_string(&settings).expect("settings");
    std::fs::write(&settings, format!("{before}[broken\n")).expect("written");
    std::fs::remove_file(hook(&run, "pre-commit")).expect("removed");
    let said = doctor(&run, &["--repair"]).fails(1);
    assert!(said.out.contains("mended  repository: the hook pre-commit is missing"), "{}", said.out);
    assert!(said.out.contains("unknown: the worktree of task-1-api: "), "{}", said.out);
    let said = doctor(&run, &["--format", "json"]).fails(1);
    let document: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(document["healthy"], false);
    assert!(document["unknown"].to_string().contains("config.worktree"), "{}", said.out);
    std::fs::write(&settings, before).expect("written");
    assert_eq!(found(&run), [""; 0]);
}

#[test]
fn a_worktree_that_may_be_pruned_is_locked_again() {
    let unlock = |run: &Armed| drop(run.sandbox.git(&["worktree", "unlock", "worktrees/task-2-models"]).ok());
    let run = check("unlocked", unlock, &["task-2-models worktree/unlocked"], &[]);
    assert!(run.worktree(MODELS).lock.is_some_and(|reason| reason == "task-2-models of run demo"));
}

#[test]
fn a_repository_that_became_bare_is_mended() {
    let flip = |run: &Armed| drop(run.sandbox.git(&["config", "core.bare", "true"]).ok());
    let run = healthy();
    flip(&run);
    run.sandbox.git(&["status"]).fails(128);
    assert_eq!(found(&run), ["repository repository/bare"]);
    doctor(&run, &["--repair"]).ok();
    run.sandbox.git(&["status"]).ok();
    refuses(&run);
}

#[test]
fn settings_that_name_commands_are_a_persons_to_judge() {
    let run = healthy();
    let config = |key: &str, value: &str| drop(run.sandbox.git(&["config", key, value]).ok());
    for (key, value) in [
        ("core.fsmonitor", "/tmp/evil"),
        ("diff.external", "x"),
        ("diff.pdf.textconv", "x"),
        ("merge.ours.driver", "true"),
        ("filter.lfs.clean", "x"),
        ("core.sshCommand", "x"),
        ("gpg.program", "x"),
        ("credential.helper", "x"),
        ("include.path", "x"),
        ("init.templateDir", "x"),
        ("hook.x.command", "x"),
    ] {
        config(key, value);
        assert_eq!(found(&run), ["repository drift/setting"], "{key}");
        let said = doctor(&run, &["--repair"]).fails(1);
        assert!(said.out.contains(&format!("was not set and is {value} now")), "{}", said.out);
        assert_eq!(run.sandbox.git(&["config", key]).ok().out.trim(), value, "a repair leaves it");
        run.sandbox.git(&["config", "--unset", key]).ok();
    }
    assert_eq!(found(&run), [""; 0]);
    config("user.name", "Somebody");
    assert_eq!(found(&run), [""; 0], "what names no command is nobody's business");
    for (key, value) in
        [("alias.st", "!x"), ("core.editor", "vi"), ("pager.log", "less"), ("mergetool.x.cmd", "x")]
    {
        config(key, value);
        let said = doctor(&run, &[]).ok();
        assert!(
            said.out.contains("warning  drift/setting") && !said.out.contains("nothing is wrong"),
            "{}",
            said.out
        );
        run.sandbox.git(&["config", "--unset", key]).ok();
    }
    run.git(MODELS, &["config", "--worktree", "core.fsmonitor", "\u{1b}[2Jx"]).ok();
    let said = doctor(&run, &[]).fails(1);
    assert!(
        said.out.contains("\\x1b[2Jx") && !said.out.contains('\u{1b}'),
        "hostile text is escaped: {}",
        said.out
    );
    doctor(&run, &["--accept"]).ok();
    assert_eq!(found(&run), [""; 0], "a person may accept it");
}

#[test]
fn files_that_bend_history_are_found() {
    let run = healthy();
    let tip = run.sandbox.git(&["rev-parse", "main"]).ok().out;
    for file in ["info/attributes", "info/grafts", "shallow"] {
        let content = if file == "info/attributes" { "* merge=union\n".to_owned() } else { tip.clone() };
        run.sandbox.write(&format!(".git/{file}"), content);
        assert_eq!(found(&run), ["repository drift/file"], "{file}");
        std::fs::remove_file(run.sandbox.root.join(".git").join(file)).expect("removed");
    }
    run.sandbox.git(&["replace", "main", "main~1"]).ok();
    assert_eq!(found(&run), ["repository drift/replace-refs"]);
    run.sandbox.git(&["replace", "-d", "main"]).ok();
    std::fs::remove_file(run.sandbox.root.join(".git/orchestrate/settings.json")).expect("removed");
    assert_eq!(found(&run), ["repository drift/no-baseline"], "what is not known is not called fine");
    doctor(&run, &["--accept"]).ok();
    assert_eq!(found(&run), [""; 0]);
}

#[test]
fn what_killed_commands_left_is_found() {
    let run = healthy();
    let old = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_705_320_000);
    let plant = |path: &str| {
        run.sandbox.write(path, "");
        let file = std::fs::File::options().append(true).open(run.sandbox.root.join(path)).expect("a file");
        file.set_modified(old).expect("an old file");
    };
    plant(".git/refs/orchestrate/demo/plan.lock");
    plant(".git/worktrees/task-2-models/index.lock");
    plant(".git/orchestrate/hooks/.new-abc");
    plant(".git/orchestrate/integrating-demo");
    plant(".git/orchestrate/starting");
    let lock = "repository leftover/lock";
    assert_eq!(
        found(&run),
        [
            lock,
            lock,
            "repository leftover/file",
            "repository leftover/unfinished",
            "repository leftover/file"
        ]
    );
    let said = doctor(&run, &["--repair"]).fails(1);
    assert!(said.out.contains("if no git command is running: rm "), "{}", said.out);
    assert_eq!(
        found(&run),
        [lock, "repository leftover/unfinished"],
        "git's own lock is a person's to remove"
    );
    assert!(run.sandbox.root.join(".git/worktrees/task-2-models/index.lock").exists());
}

#[test]
fn settings_that_a_run_needs_come_back() {
    let run = healthy();
    run.sandbox.git(&["init", "-q", "--bare", "../remote.git"]).ok();
    run.sandbox.git(&["remote", "add", "origin", "../remote.git"]).ok();
    assert_eq!(found(&run), ["repository repository/setting"; 3]);
    run.sandbox.write(".git/info/exclude", "");
    let mut expect = vec!["repository repository/exclude"];
    expect.extend(["repository repository/setting"; 3]);
    assert_eq!(found(&run), expect);
    let said = doctor(&run, &["--repair"]).ok();
    assert!(
        said.out.contains("mended  repository: notes.displayRef lacks refs/notes/orchestrate/*"),
        "{}",
        said.out
    );
    assert_eq!(run.sandbox.git(&["config", "notes.displayRef"]).ok().out, "refs/notes/orchestrate/*\n");
}

#[test]
fn a_bare_repository_is_looked_at_as_well() {
    let sandbox = Sandbox::repository();
    sandbox.git(&["clone", "-q", "--bare", ".", "bare.git"]).ok();
    let plan = PLAN.replace("base = \"main\"\n", "base = \"main\"\nworktree = \"trees/{task}\"\n");
    let run = Armed::on(Sandbox::below(sandbox, "bare.git"), &plan);
    doctor(&run, &["--repair"]).ok();
    assert_eq!(found(&run), [""; 0]);
    std::fs::remove_file(run.sandbox.root.join("orchestrate/hooks/pre-commit")).expect("removed");
    assert_eq!(found(&run), ["repository hooks/missing"]);
    doctor(&run, &["--repair"]).ok();
    run.sandbox.git(&["config", "--file", "config.worktree", "core.bare", "false"]).ok();
    assert_eq!(found(&run), ["repository repository/bare"]);
    doctor(&run, &["--repair"]).ok();
    assert_eq!(run.sandbox.git(&["rev-parse", "--is-bare-repository"]).ok().out, "true\n");
}

#[test]
fn a_repository_without_a_run_is_healthy() {
    let sandbox = Sandbox::repository();
    let said = sandbox.git(&["orchestrate", "doctor"]).ok();
    assert_eq!(said.out, "no run is active in this repository\nnothing is wrong\n");
    assert!(!sandbox.root.join(".git/orchestrate").exists(), "and nothing is written");
    assert!(sandbox.git(&["orchestrate", "doctor", "--run", "x"]).fails(2).err.contains("there is no run"));
}

#[test]
fn every_verb_of_a_worker_warns_where_no_hook_would() {
    let run = healthy();
    let check = |warns: bool| {
        for verb in [&["status"][..], &["check", "models/x.py"], &["brief"]] {
            let said = run.git(MODELS, &[&["worker"], verb].concat()).ok();
            let lines: Vec<&str> =
                said.err.lines().filter(|line| line.starts_with("warning: hooks")).collect();
            assert_eq!(lines.len(), usize::from(warns), "{verb:?}: {}", said.err);
            assert!(lines.iter().all(|line| line.ends_with("git orchestrate doctor --repair")), "{lines:?}");
        }
    };
    check(false);
    run.git(MODELS, &["config", "--worktree", "core.hooksPath", "/dev/null"]).ok();
    check(true);
    doctor(&run, &["--repair"]).ok();
    check(false);
}

#[test]
fn another_version_of_the_program_is_found() {
    let run = healthy();
    let programs = run.sandbox.root.join("../programs");
    let built = std::fs::read(env!("CARGO_BIN_EXE_git-orchestrate")).expect("the program");
    install(&programs.join("git-orchestrate"), built);
    let ask = |args: &[&str]| {
        let mut command = run.sandbox.command(programs.join("git-orchestrate"), &run.sandbox.root);
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", path).args(["doctor"]).args(args);
        Said::of(command, b"")
    };
    let said = ask(&[]).fails(1);
    assert!(
        said.out.contains("hooks/no-program")
            && said.out.contains(" hooks fire")
            && !said.out.contains(" of "),
        "{}",
        said.out
    );
    let mut newer = std::fs::read(env!("CARGO_BIN_EXE_git-orchestrate-hook")).expect("the program");
    newer.extend_from_slice(b"another version");
    install(&programs.join("git-orchestrate-hook"), &newer);
    assert!(ask(&[]).fails(1).out.contains("hooks/stale"));
    let said = ask(&["--repair"]).ok();
    assert!(said.out.contains("mended  repository: the hooks are of another version"), "{}", said.out);
    assert_eq!(std::fs::read(hook(&run, "git-orchestrate-hook")).expect("ours").len(), newer.len());
    refuses(&run);
}

#[test]
fn a_mount_that_runs_no_programs_is_found() {
    let run = healthy();
    let hooks = run.sandbox.root.join(".git/orchestrate/hooks").display().to_string();
    let mount = format!(
        "mount --bind '{hooks}' '{hooks}' && mount -o remount,bind,noexec '{hooks}' || exit 99\n\
         git orchestrate doctor"
    );
    let mut command = run.sandbox.command("unshare", &run.sandbox.root);
    command.args(["--map-root-user", "--mount", "sh", "-c", &mount]);
    let said = Said::of(command, b"");
    if !said.err.is_empty() && said.out.is_empty() {
        // Not every machine lets a test mount something.
        return;
    }
    let said = said.fails(1);
    assert!(said.out.contains("task-2-models  0 of "), "{}", said.out);
    assert!(said.out.contains("hooks/noexec"), "{}", said.out);
}

#[test]
fn a_branch_that_is_gone_or_at_no_commit_is_found_and_cured() {
    let run = healthy();
    let branch = "refs/heads/work/task-2-models";
    run.sandbox.git(&["update-ref", "-d", branch]).ok();
    assert_eq!(found(&run), ["task-2-models worktree/no-branch"]);
    type_remedy(&run, "remedy: ");
    assert_eq!(found(&run), [""; 0]);

    run.commit(MODELS, "models/a.py", "[CHECKPOINT] One").ok();
    run.commit(MODELS, "models/b.py", "[CHECKPOINT] Two").ok();
    run.commit(MODELS, "models/c.py", "[CHECKPOINT] Three").ok();
    for id in run.sandbox.git(&["rev-parse", branch, &format!("{branch}~")]).ok().out.lines() {
        let (fan, rest) = id.split_at(2);
        let object = run.sandbox.root.join(".git/objects").join(fan).join(rest);
        std::fs::remove_file(object).expect("it is loose");
    }
    assert_eq!(found(&run), ["task-2-models worktree/no-commit"]);
    type_remedy(&run, "was before: ");
    assert_eq!(found(&run), [""; 0]);
    assert_eq!(
        run.git(MODELS, &["status", "--porcelain"]).ok().out,
        "A  models/b.py\nA  models/c.py\n",
        "the work is there"
    );
}

/// A file of a ref that holds none is one defect, with one remedy, whatever is left of the worktree.
#[test]
fn a_branch_whose_file_holds_no_ref_is_found_once_and_cured() {
    for content in ["", "garbage\n"] {
        let run = healthy();
        let branch = run.sandbox.root.join(".git/refs/heads/work/task-2-models");
        run.commit(MODELS, "models/a.py", "[CHECKPOINT] One").ok();
        let tip = std::fs::read_to_string(&branch).expect("it is loose");
        std::fs::write(&branch, content).expect("it is ours");
        assert_eq!(found(&run), ["repository repository/ref"], "{content:?}");
        let said = doctor(&run, &[]).fails(1).out;
        assert!(!said.contains("unknown: "), "{said}");
        type_remedy(&run, "remedy: ");
        assert_eq!(found(&run), [""; 0], "{content:?}");
        assert_eq!(std::fs::read_to_string(&branch).expect("it is loose"), tip);
    }
}

/// What is there and no commit is not called missing.
#[test]
fn a_branch_that_holds_something_else_is_named_as_unknown() {
    let run = healthy();
    let branch = run.sandbox.root.join(".git/refs/heads/work/task-2-models");
    let tree = run.sandbox.git(&["rev-parse", "HEAD^{tree}"]).ok().out;
    std::fs::write(&branch, tree).expect("it is ours");
    let said = doctor(&run, &[]).fails(1).out;
    assert!(said.contains("unknown: the branch of task-2-models: "), "{said}");
    assert!(!said.contains("worktree/no-commit"), "{said}");
}

/// Where work was done, the branch comes back with it, whatever tells where it was.
#[test]
fn a_branch_that_is_gone_comes_back_with_its_work() {
    let check = |what: &str, before: &[&str], harm: &dyn Fn(&Armed)| {
        let run = healthy();
        run.commit(MODELS, "models/a.py", "[CHECKPOINT] One").ok();
        run.commit(MODELS, "models/b.py", "[CHECKPOINT] Two").ok();
        run.git(MODELS, before).ok();
        let branch = "refs/heads/work/task-2-models";
        let tip = run.sandbox.git(&["rev-parse", branch]).ok().out;
        harm(&run);
        run.git(MODELS, &["update-ref", "-d", branch]).ok();
        assert_eq!(found(&run), ["task-2-models worktree/no-branch"], "{what}");
        type_remedy(&run, "remedy: ");
        assert_eq!(run.sandbox.git(&["rev-parse", branch]).ok().out, tip, "{what}");
        assert_eq!(found(&run), [""; 0], "{what}");
    };
    check("the reflog", &["reset", "-q", "--hard", "HEAD~"], &|_| {});
    check("the reflog, back at the base", &["reset", "-q", "--hard", "main"], &|_| {});
    check("the records", &["status"], &|run| {
        std::fs::remove_file(run.worktree(MODELS).git_dir.join("logs/HEAD")).expect("it is there");
    });
    check("the records, HEAD elsewhere", &["status"], &|run| {
        run.git(MODELS, &["checkout", "--quiet", "--detach", "main"]).ok();
    });
}

/// Wherever HEAD of its worktree is.
#[test]
fn landed_work_needs_no_branch() {
    for is_detached in [true, false] {
        let run = healthy();
        run.commit(MODELS, "models/a.py", "[CHECKPOINT] One").ok();
        run.git(MODELS, &["worker", "complete", "-m", "Done"]).ok();
        run.sandbox.git(&["orchestrate", "integrate", "--only-complete"]).ok();
        if is_detached {
            run.git(MODELS, &["checkout", "--quiet", "--detach"]).ok();
        }
        let branch = "work/task-2-models";
        let tip = run.sandbox.git(&["rev-parse", branch]).ok().out;
        let remove = || run.sandbox.git(&["update-ref", "-d", &format!("refs/heads/{branch}")]).ok();
        remove();
        assert!(
            found(&run).contains(&"task-2-models worktree/no-branch".to_owned()),
            "it has not landed yet"
        );
        run.sandbox.git(&["branch", branch, tip.trim()]).ok();
        run.sandbox.git(&["orchestrate", "integrate", "--land", "--only-complete"]).ok();
        remove();
        assert_eq!(found(&run), [""; 0], "HEAD is detached: {is_detached}");
    }
}
