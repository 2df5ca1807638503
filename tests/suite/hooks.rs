//! The hooks, run by git itself: what they allow, refuse and record.

use crate::armed::Armed;
use crate::sandbox::Said;

const API: &str = "task-1-api";
const MODELS: &str = "task-2-models";

/// Refused by a hook, which said all of `words`.
#[track_caller]
fn refused(said: Said, words: &[&str]) {
    assert_eq!(said.code, 1, "a hook refuses with 1\n{}{}", said.out, said.err);
    for word in words {
        assert!(said.err.contains(word), "{word:?} is missing in\n{}", said.err);
    }
}

#[test]
fn a_commit_within_the_rules_is_made_and_recorded() {
    let run = Armed::new();
    run.commit(MODELS, "models/event.py", "[CHECKPOINT] Add event").ok();
    let note = run.note(MODELS, "HEAD");
    assert!(note.contains("Status: [CHECKPOINT]\n"), "the record repeats the status: {note}");
    assert!(note.contains("Paths: 1\nRecorded-by: post-commit\n"), "{note}");
}

#[test]
fn what_is_outside_the_scope_is_refused_with_its_owner() {
    let run = Armed::new();
    let said = run.commit(MODELS, "api/a.py", "[CHECKPOINT] Fix api");
    refused(
        said,
        &[
            "refused: task-2-models cannot commit this",
            "scope/outside  api/a.py is outside the scope of task-2-models; it belongs to task-1-api",
            "hint: git restore --staged -- :/api/a.py",
            "hint: commit [NEEDS:task-1/routes] and let task-1 change it",
            "git worker brief shows the scope",
        ],
    );
    assert_eq!(run.count(MODELS), 0, "nothing was committed");
}

#[test]
fn each_way_to_commit_is_judged_by_what_it_commits() {
    let run = Armed::new();
    let outside = &["scope/outside  README.txt"];
    // `-a` takes more than what is staged.
    run.write(MODELS, "models/m.py", "new\n");
    run.write(MODELS, "README.txt", "new\n");
    run.git(MODELS, &["add", "models/m.py"]).ok();
    refused(run.git(MODELS, &["commit", "-qam", "[CHECKPOINT] All"]), outside);
    // A path takes less: README.txt is staged and stays so.
    run.git(MODELS, &["add", "."]).ok();
    run.git(MODELS, &["commit", "-qm", "[CHECKPOINT] Model", "--", "models/m.py"]).ok();
    refused(run.git(MODELS, &["commit", "-qm", "[CHECKPOINT] Rest"]), outside);
    refused(run.git(MODELS, &["commit", "-qm", "[CHECKPOINT] Rest", "--", "README.txt"]), outside);
    refused(run.git(MODELS, &["commit", "-q", "--amend", "-m", "[CHECKPOINT] Both"]), outside);
    run.git(MODELS, &["reset", "-q", "--hard"]).ok();
    assert_eq!(run.count(MODELS), 1);
    // From a subdirectory, and with an index of the caller's own.
    run.write(MODELS, "README.txt", "new\n");
    let below = "worktrees/task-2-models/models";
    run.sandbox.git_in(below, &["add", "../README.txt"]).ok();
    refused(run.sandbox.git_in(below, &["commit", "-qm", "[CHECKPOINT] Up"]), outside);
    run.git(MODELS, &["reset", "-q", "--hard"]).ok();
    // `--no-verify` skips `pre-commit` and `commit-msg`; the scope is asked once more.
    run.write(MODELS, "README.txt", "new\n");
    refused(run.git(MODELS, &["commit", "-qanm", "[CHECKPOINT] Skip"]), outside);
    run.git(MODELS, &["reset", "-q", "--hard"]).ok();
    // Only the hunk that was picked counts.
    run.write(MODELS, "models/m.py", "zero\nnew\n");
    let mut picked = run.sandbox.command("git", &run.path(MODELS));
    picked.args(["commit", "-qpm", "[CHECKPOINT] Picked"]);
    Said::of(picked, b"y\n").ok();
    assert_eq!(run.count(MODELS), 2);
}

#[test]
fn both_sides_of_a_rename_count() {
    let run = Armed::new();
    run.git(MODELS, &["mv", "models/m.py", "api/m.py"]).ok();
    refused(run.git(MODELS, &["commit", "-qm", "[CHECKPOINT] Out"]), &["scope/outside  api/m.py"]);
    run.git(MODELS, &["reset", "-q", "--hard"]).ok();
    run.git(MODELS, &["mv", "api/a.py", "models/a.py"]).ok();
    refused(run.git(MODELS, &["commit", "-qm", "[CHECKPOINT] In"]), &["scope/outside  api/a.py"]);
    run.git(MODELS, &["reset", "-q", "--hard"]).ok();
    run.git(MODELS, &["mv", "models/m.py", "models/n.py"]).ok();
    run.git(MODELS, &["commit", "-qm", "[CHECKPOINT] Within"]).ok();
}

#[test]
fn deletions_modes_and_kinds_count() {
    let run = Armed::new();
    let outside = &["scope/outside  api/a.py"];
    run.git(MODELS, &["rm", "-q", "api/a.py"]).ok();
    refused(run.git(MODELS, &["commit", "-qm", "[CHECKPOINT] Gone"]), outside);
    run.git(MODELS, &["reset", "-q", "--hard"]).ok();
    run.git(MODELS, &["update-index", "--chmod=+x", "api/a.py"]).ok();
    refused(run.git(MODELS, &["commit", "-qm", "[CHECKPOINT] Mode"]), outside);
    run.git(MODELS, &["reset", "-q", "--hard"]).ok();
    // A directory of the scope becomes a file of the same name.
    run.git(MODELS, &["rm", "-rq", "models"]).ok();
    run.write(MODELS, "models", "file\n");
    run.git(MODELS, &["add", "models"]).ok();
    refused(run.git(MODELS, &["commit", "-qm", "[CHECKPOINT] Swap"]), &["scope/outside  models is"]);
}

#[test]
fn links_stay_within_the_scope() {
    let run = Armed::new();
    let link = |target: &str| {
        let path = run.path(MODELS).join("models/link");
        let _ = std::fs::remove_file(&path);
        std::os::unix::fs::symlink(target, &path).expect("a link");
        run.git(MODELS, &["add", "models/link"]).ok();
        run.git(MODELS, &["commit", "-qm", "[CHECKPOINT] Link"])
    };
    refused(
        link("/etc/passwd"),
        &["scope/symlink  models/link is a symbolic link to /etc/passwd, an absolute"],
    );
    refused(link("../.git/config"), &["inside .git"]);
    refused(link("../api/a.py"), &["outside the scope"]);
    refused(link("../../../x"), &["outside the repository"]);
    link("m.py").ok();
}

#[test]
fn names_are_taken_byte_by_byte() {
    let run = Armed::new();
    for path in ["models/ein Wort.py", "models/\"q\".py", "models/-x", "models/é.py", "models/$(id).py"] {
        run.commit(MODELS, path, "[CHECKPOINT] Odd name").ok();
    }
    for (path, words) in [
        ("models2/x.py", "scope/outside  models2/x.py"),
        ("Models/x.py", "path/collision  Models/x.py is the same name as models where"),
        ("models/M.py", "path/collision  models/M.py is the same name as models/m.py"),
        ("models/e\u{301}.py", "path/collision"),
        ("models/a:b", "path/unportable  models/a:b holds `:`"),
        ("models/aux.txt", "path/unportable"),
        ("models/x.", "path/unportable"),
        ("models/a\u{202e}b", "path/unportable  models/a\\u{202e}b holds the character U+202E"),
        ("models/line\nbreak", "path/unportable  models/line\\nbreak"),
    ] {
        refused(run.commit(MODELS, path, "[CHECKPOINT] Bad name"), &[words]);
        run.git(MODELS, &["reset", "-q", "--hard"]).ok();
    }
}

#[test]
fn protected_paths_need_their_own_entry() {
    let run = Armed::with_plan(&crate::armed::PLAN.replace("\"docs/\",", "\"**\","));
    const DOCS: &str = "task-3-docs";
    for path in
        [".gitattributes", "models/.gitattributes", ".gitignore", ".github/workflows/ci.yml", ".husky/x"]
    {
        refused(run.commit(DOCS, path, "[CHECKPOINT] Steer"), &["scope/protected", path]);
        run.git(DOCS, &["reset", "-q", "--hard"]).ok();
    }
    run.commit(DOCS, ".github/workflows/docs.yml", "[CHECKPOINT] Build docs").ok();
}

#[test]
fn submodules_need_their_own_entry() {
    let run = Armed::new();
    let tip = run.git(MODELS, &["rev-parse", "HEAD"]).ok().out;
    let entry = format!("160000,{},models/sub", tip.trim());
    run.git(MODELS, &["update-index", "--add", "--cacheinfo", &entry]).ok();
    run.git(MODELS, &["config", "diff.ignoreSubmodules", "all"]).ok();
    refused(run.git(MODELS, &["commit", "-qm", "[CHECKPOINT] Sub"]), &["scope/submodule  models/sub"]);
}

#[test]
fn append_allows_added_lines_only() {
    let run = Armed::new();
    let append = |content: &str| {
        run.write(MODELS, "imports.py", content);
        run.git(MODELS, &["commit", "-qam", "[CHECKPOINT] Import"])
    };
    refused(append("import a\n"), &["scope/append  imports.py removes or moves a line"]);
    refused(append("import a\nimport b\nx = 1\n"), &["imports.py line 3 adds `x = 1`, which does not match"]);
    append("import a\nimport b\nimport cc\n").ok();
    // What the worker added itself it may change again; what it inherited it may not.
    append("import a\nimport c\nimport b\n").ok();
    refused(append("import a\nimport c\n"), &["scope/append"]);
    run.git(MODELS, &["checkout", "-q", "HEAD", "imports.py"]).ok();
    run.git(MODELS, &["rm", "-q", "imports.py"]).ok();
    refused(run.git(MODELS, &["commit", "-qm", "[CHECKPOINT] Gone"]), &["must stay a text file"]);
}

#[test]
fn create_allows_new_files_only() {
    let sandbox = crate::sandbox::Sandbox::repository();
    sandbox.write("fresh/old.py", "old\n");
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "-qm", "Base"]).ok();
    let run = Armed::on(sandbox, crate::armed::PLAN);
    refused(
        run.commit(MODELS, "fresh/old.py", "[CHECKPOINT] Old"),
        &["scope/create  fresh/old.py exists in the base"],
    );
    run.git(MODELS, &["reset", "-q", "--hard"]).ok();
    run.commit(MODELS, "fresh/new.py", "[CHECKPOINT] New").ok();
    run.commit(MODELS, "fresh/new.py", "[CHECKPOINT] New again").ok();
}

#[test]
fn what_was_broken_may_be_put_back() {
    let run = Armed::new();
    run.write(MODELS, "README.txt", "mine\n");
    let bypass = ["-c", "core.hooksPath=/dev/null", "commit", "-qam", "[CHECKPOINT] Sneak"];
    run.git(MODELS, &bypass).ok();
    run.write(MODELS, "README.txt", "other\n");
    refused(run.git(MODELS, &["commit", "-qam", "[CHECKPOINT] More"]), &["scope/outside  README.txt"]);
    run.git(MODELS, &["checkout", "-q", "main", "--", "README.txt"]).ok();
    run.git(MODELS, &["commit", "-qm", "[CHECKPOINT] Put README back"]).ok();
}

#[test]
fn messages_keep_the_protocol() {
    let run = Armed::new();
    let commit = |message: &str| run.git(MODELS, &["commit", "-q", "--allow-empty", "-m", message]);
    refused(commit("Add model"), &["message/prefix", "[CHECKPOINT] <description>", "[NEEDS:<task>/<item>]"]);
    refused(
        commit("[checkpoint] Add"),
        &["[checkpoint], which is no status", "did you mean: [CHECKPOINT] Add"],
    );
    refused(commit("[CHECKPOINT] a\n[COMPLETE] b"), &["message/blank-line"]);
    refused(commit("[NEEDS:task-2/x] own"), &["message/needs", "must name another task"]);
    refused(commit("[NEEDS:task-9/x]"), &["`task-9`, which is no task of the plan"]);
    refused(commit("fixup! [CHECKPOINT] Add"), &["message/autosquash"]);
    // What is only remarked is no reason for a refusal.
    let said = run.git(API, &["commit", "-q", "--allow-empty", "-m", "Add"]);
    assert!(!said.err.contains("state/dependency"), "{}", said.err);
    refused(said, &["message/prefix"]);
    let said = run.git(API, &["commit", "-q", "--allow-empty", "-m", "[CHECKPOINT] Add"]).ok();
    assert!(said.err.contains("warning: task-2/Model is needed, which is not complete"), "{}", said.err);
    commit("[NEEDS:task-1/undeclared] Waiting").ok();
    commit("[NEEDS:task-1-api/routes]").ok();
    commit("[BLOCKED:no key] Stuck").ok();
    commit("[CHECKPOINT] Go on\n\nBody.").ok();
    commit("[COMPLETE] Done").ok();
}

#[test]
fn a_message_file_is_read_as_git_will_store_it() {
    let run = Armed::new();
    let edit = |config: &[&str], script: &str| {
        let editor = run.sandbox.root.join("editor.sh");
        std::fs::write(&editor, format!("#!/bin/sh\n{script}\n")).expect("a script");
        let mut command = run.sandbox.command("git", &run.path(MODELS));
        command.env("GIT_EDITOR", format!("sh '{}'", editor.display()));
        command.args(config).args(["commit", "-q", "--allow-empty"]);
        Said::of(command, b"")
    };
    edit(&[], r#"printf '\n# hint\n[CHECKPOINT] One\r\n\nbody\n' | cat - "$1" > t && mv t "$1""#).ok();
    edit(&[], r#"printf '# [CHECKPOINT] no\nOne\n' > "$1""#).fails(1);
    edit(
        &["-c", "core.commentChar=;"],
        r#"printf '; hint\n[CHECKPOINT] Two\n' | cat - "$1" > t && mv t "$1""#,
    )
    .ok();
    edit(&["-c", "commit.verbose=true"], r#"printf '[CHECKPOINT] Three\n' | cat - "$1" > t && mv t "$1""#)
        .ok();
    edit(&["-c", "core.commentChar=auto"], r#"printf '[CHECKPOINT] Four\n' | cat - "$1" > t && mv t "$1""#)
        .ok();
    assert_eq!(run.count(MODELS), 4);
}

#[test]
fn a_bypassed_message_is_found_in_the_record() {
    let run = Armed::new();
    let said = run.git(MODELS, &["commit", "-qn", "--allow-empty", "-m", "Sneak"]).ok();
    assert!(said.err.contains("warning: this commit of task-2-models breaks the rules"), "{}", said.err);
    assert!(
        run.note(MODELS, "HEAD").contains("Finding: error message/prefix"),
        "{}",
        run.note(MODELS, "HEAD")
    );
}

#[test]
fn the_branch_must_be_the_tasks_own() {
    let run = Armed::new();
    run.git(MODELS, &["checkout", "-q", "-b", "elsewhere"]).ok();
    refused(
        run.commit(MODELS, "models/x.py", "[CHECKPOINT] X"),
        &[
            "branch/wrong  this worktree belongs to task-2-models on branch work/task-2-models, but elsewhere is",
            "hint: git checkout work/task-2-models",
        ],
    );
    run.git(MODELS, &["reset", "-q", "--hard"]).ok();
    run.git(MODELS, &["checkout", "-q", "--detach"]).ok();
    refused(run.commit(MODELS, "models/x.py", "[CHECKPOINT] X"), &["branch/detached", "HEAD is detached"]);
    run.git(MODELS, &["reset", "-q", "--hard"]).ok();
    run.sandbox.git(&["checkout", "-q", "--detach"]).ok();
    run.git(MODELS, &["checkout", "-q", "main"]).ok();
    refused(run.commit(MODELS, "models/x.py", "[CHECKPOINT] X"), &["branch/base", "the base of the run"]);
}

#[test]
fn a_worktree_must_be_the_registered_one() {
    let run = Armed::new();
    let copy = run.sandbox.root.join("copy");
    let from = run.path(MODELS);
    let mut command = run.sandbox.command("cp", &run.sandbox.root);
    command.arg("-a").args([&from, &copy]);
    Said::of(command, b"").ok();
    run.sandbox.write("copy/models/x.py", "x\n");
    run.sandbox.git_in("copy", &["add", "."]).ok();
    refused(
        run.sandbox.git_in("copy", &["commit", "-qm", "[CHECKPOINT] X"]),
        &["worktree/moved  the worktree of task-2-models is"],
    );
}

#[test]
fn other_worktrees_are_left_alone() {
    let run = Armed::new();
    run.sandbox.write("anything.txt", "x\n");
    run.sandbox.git(&["add", "anything.txt"]).ok();
    run.sandbox.git(&["commit", "-qm", "Whatever I like"]).ok();
    // A worktree that a worker makes from its own inherits the settings, but not the task.
    run.git(MODELS, &["worktree", "add", "-q", "-b", "scratch", "../scratch"]).ok();
    run.sandbox.write("worktrees/scratch/anything.txt", "y\n");
    run.sandbox.git_in("worktrees/scratch", &["add", "."]).ok();
    run.sandbox.git_in("worktrees/scratch", &["commit", "-qm", "Whatever I like"]).ok();
}

#[test]
fn nothing_follows_complete_unless_it_is_reopened() {
    let run = Armed::new();
    run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
    // The last checkpoint may become the COMPLETE, and a COMPLETE may be worded again.
    run.git(MODELS, &["commit", "-q", "--amend", "-m", "[COMPLETE] X"]).ok();
    run.git(MODELS, &["commit", "-q", "--amend", "-m", "[COMPLETE] X done"]).ok();
    refused(
        run.commit(MODELS, "models/y.py", "[CHECKPOINT] Y"),
        &["state/after-complete", "hint: git worker reopen"],
    );
    run.git(MODELS, &["reset", "-q", "--hard"]).ok();
    run.git(MODELS, &["revert", "--no-edit", "HEAD"]).ok();
    run.commit(MODELS, "models/y.py", "[CHECKPOINT] Y").ok();
}

#[test]
fn complete_leaves_nothing_behind() {
    let run = Armed::new();
    run.write(MODELS, "models/m.py", "changed\n");
    run.write(MODELS, "models/new.py", "new\n");
    run.write(MODELS, "notes.txt", "not mine to commit\n");
    let complete = ["commit", "-q", "--allow-empty", "-m", "[COMPLETE] Done"];
    refused(run.git(MODELS, &complete), &["state/dirty", "models/m.py and 1 more"]);
    run.git(MODELS, &["add", "models/m.py"]).ok();
    refused(run.git(MODELS, &complete), &["state/dirty", "models/new.py"]);
    run.git(MODELS, &["add", "models/new.py"]).ok();
    run.git(MODELS, &complete).ok();
}

#[test]
fn strict_dependencies_wait_for_complete_and_merge() {
    let strict = format!("dependencies = \"strict\"\n{}", crate::armed::PLAN);
    let run = Armed::with_plan(&strict);
    refused(
        run.commit(API, "api/x.py", "[CHECKPOINT] X"),
        &["state/dependency", "task-2/Model is needed, which is not complete"],
    );
    run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
    let merge = ["merge", "-q", "--no-ff", "-m", "Merge task-2", "work/task-2-models"];
    run.git(API, &["reset", "-q", "--hard"]).ok();
    refused(run.git(API, &merge), &["merge/incomplete  task-2-models was merged before it is complete"]);
    run.git(API, &["merge", "--abort"]).ok();
    run.git(MODELS, &["commit", "-q", "--allow-empty", "-m", "[COMPLETE] X"]).ok();
    refused(
        run.commit(API, "api/x.py", "[CHECKPOINT] X"),
        &["complete but not merged", "git worker merge task-2"],
    );
    run.git(API, &["reset", "-q", "--hard"]).ok();
    run.git(API, &merge).ok();
    run.commit(API, "api/x.py", "[CHECKPOINT] X").ok();
}

/// What a refused checkpoint hints at works: what it staged is not in the way of the merge, and what
/// still is can be put aside in the words that are said.
#[test]
fn a_strict_dependency_is_met_by_what_is_said() {
    let strict = format!("dependencies = \"strict\"\n{}", crate::armed::PLAN);
    let run = Armed::with_plan(&strict);
    run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
    run.git(MODELS, &["commit", "-q", "--allow-empty", "-m", "[COMPLETE] X"]).ok();
    run.write(API, "api/staged.py", "mine\n");
    run.git(API, &["add", "api/staged.py"]).ok();
    run.write(API, "api/staged.py", "mine and more\n");
    run.write(API, "api/x.py", "x\n");
    let before = run.git(API, &["status", "--porcelain", "-uall"]).ok().out;
    let checkpoint = ["worker", "checkpoint", "-m", "X"];
    refused(run.git(API, &checkpoint), &["complete but not merged", "git worker merge task-2"]);
    assert_eq!(run.git(API, &["status", "--porcelain", "-uall"]).ok().out, before, "the index is as before");
    let said = run.git(API, &["worker", "merge", "task-2"]).fails(1);
    let remedy =
        said.err.lines().find_map(|line| line.split_once("put it aside meanwhile: ")).expect("a remedy").1;
    let top = run.git(API, &["rev-parse", "--show-toplevel"]).ok().out;
    let mut shell = run.sandbox.command("sh", std::path::Path::new(top.trim_end()));
    shell.args(["-c", remedy]);
    Said::of(shell, b"").ok();
    assert!(!said.err.contains("git worker checkpoint"), "that is refused: {}", said.err);
    run.git(API, &["worker", "checkpoint", "-m", "X"]).ok();
    assert_eq!(run.git(API, &["show", "HEAD:api/x.py"]).ok().out, "x\n");
}

/// What a worker is told to do next is not refused, whatever is uncommitted meanwhile, and whoever
/// coordinates the run sends the same.
#[test]
fn a_strict_dependency_is_merged_as_the_status_says() {
    let strict = format!("dependencies = \"strict\"\n{}", crate::armed::PLAN);
    for staged in [false, true] {
        let run = Armed::with_plan(&strict);
        run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
        run.git(MODELS, &["commit", "-q", "--allow-empty", "-m", "[COMPLETE] X"]).ok();
        run.write(API, "api/a.py", "changed\n");
        run.write(API, "api/new.py", "new\n");
        if staged {
            run.git(API, &["add", "."]).ok();
        }
        let next = || {
            let said = run.git(API, &["worker", "status", "--format", "json"]).ok();
            let own: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
            let commands = own["commands"].as_array().expect("a list").clone();
            commands.iter().map(|one| one.as_str().expect("a command").to_owned()).collect::<Vec<_>>()
        };
        let to_merge = next();
        assert_eq!(to_merge, ["git worker merge --autostash task-2"]);
        let status = run.sandbox.git(&["orchestrate", "status"]).ok().out;
        assert!(status.lines().any(|line| line.trim() == to_merge[0]), "{status}");
        let top = run.path(API);
        let type_in = |line: &str| {
            let mut shell = run.sandbox.command("sh", &top);
            shell.args(["-c", line]);
            Said::of(shell, b"").ok();
        };
        type_in(&to_merge[0]);
        let to_commit = next();
        assert_eq!(to_commit, ["git worker checkpoint -m '<what is done>'"]);
        type_in(&to_commit[0]);
        assert_eq!(run.git(API, &["status", "--porcelain"]).ok().out, "");
        assert_eq!(run.git(API, &["show", "HEAD:api/a.py", "HEAD:api/new.py"]).ok().out, "changed\nnew\n");
    }
}

#[test]
fn a_needed_task_may_be_merged() {
    let run = Armed::new();
    run.commit(API, "api/x.py", "[CHECKPOINT] X").ok();
    run.commit(MODELS, "models/x.py", "[COMPLETE] Models").ok();
    run.git(API, &["merge", "-q", "-m", "Merge task-2 models for API integration", "work/task-2-models"])
        .ok();
    assert!(run.note(API, "HEAD").contains("Recorded-by: post-merge"), "a clean merge is recorded");
    // A conflict is concluded by `git commit`, which runs other hooks.
    run.sandbox.write("api/x.py", "base\n");
    run.sandbox.git(&["add", "."]).ok();
    run.sandbox.git(&["commit", "-qm", "Base moves"]).ok();
    run.git(API, &["merge", "-q", "main"]).fails(1);
    run.write(API, "api/x.py", "both\n");
    run.git(API, &["add", "api/x.py"]).ok();
    run.git(API, &["commit", "-q", "--no-edit"]).ok();
}

#[test]
fn a_merge_brings_nothing_else() {
    let run = Armed::new();
    run.commit(API, "api/x.py", "[CHECKPOINT] X").ok();
    run.commit(MODELS, "models/m.py", "[COMPLETE] Models").ok();
    // A branch of nobody.
    run.sandbox.git(&["checkout", "-q", "-b", "foreign"]).ok();
    run.sandbox.write("README.txt", "foreign\n");
    run.sandbox.git(&["commit", "-qam", "Foreign"]).ok();
    refused(run.git(API, &["merge", "-q", "--no-edit", "foreign"]), &["merge/foreign"]);
    run.git(API, &["merge", "--abort"]).ok();
    // `-s ours` drops what the other side did.
    let ours = ["merge", "-q", "--no-edit", "-s", "ours", "work/task-2-models"];
    refused(run.git(API, &ours), &["merge/altered  models/m.py is outside the scope of task-1-api"]);
    run.git(API, &["merge", "--abort"]).ok();
    // An edited result.
    run.git(API, &["merge", "-q", "--no-commit", "work/task-2-models"]).ok();
    run.write(API, "models/m.py", "evil\n");
    run.git(API, &["add", "models/m.py"]).ok();
    refused(run.git(API, &["commit", "-q", "--no-edit"]), &["merge/altered  models/m.py"]);
    run.git(API, &["checkout", "-q", "work/task-2-models", "--", "models/m.py"]).ok();
    run.git(API, &["commit", "-q", "--no-edit"]).ok();
}

#[test]
fn clean_merges_of_two_others_are_not_evil() {
    let run = Armed::new();
    run.commit(API, "api/x.py", "[CHECKPOINT] X").ok();
    // Base and task 2 change different lines of one file that is not task 1's.
    run.write(MODELS, "models/m.py", "ONE\ntwo\nthree\n");
    run.git(MODELS, &["commit", "-qam", "[COMPLETE] First line"]).ok();
    run.sandbox.write("models/m.py", "one\ntwo\nTHREE\n");
    run.sandbox.git(&["commit", "-qam", "Last line"]).ok();
    run.git(API, &["merge", "-q", "--no-edit", "main"]).ok();
    run.git(API, &["merge", "-q", "--no-edit", "work/task-2-models"]).ok();
}

#[test]
fn replays_are_judged_when_they_are_done() {
    let run = Armed::new();
    run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
    run.commit(MODELS, "models/y.py", "[CHECKPOINT] Y").ok();
    run.sandbox.write("other.txt", "x\n");
    run.sandbox.git(&["add", "."]).ok();
    run.sandbox.git(&["commit", "-qm", "Base moves"]).ok();
    let old = run.git(MODELS, &["rev-parse", "HEAD"]).ok().out;
    run.git(MODELS, &["rebase", "-q", "main"]).ok();
    let note = run.note(MODELS, "HEAD");
    assert!(note.contains(&format!("Rewritten-from: {old}")), "a rebase keeps where it came from: {note}");
    assert!(run.note(MODELS, "HEAD~").contains("Recorded-by: post-rewrite"));
    // A cherry-pick asks no hook before.
    run.commit(API, "api/x.py", "[CHECKPOINT] X").ok();
    let said = run.git(MODELS, &["cherry-pick", "work/task-1-api"]).ok();
    assert!(said.err.contains("scope/outside  api/x.py"), "but it is told after: {}", said.err);
    run.git(MODELS, &["revert", "--no-edit", "HEAD"]).ok();
    assert!(!run.note(MODELS, "HEAD").contains("Finding: error"), "{}", run.note(MODELS, "HEAD"));
}

#[test]
fn a_stopped_rebase_of_the_own_branch_may_commit() {
    let run = Armed::new();
    run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
    run.commit(MODELS, "models/y.py", "[CHECKPOINT] Y").ok();
    let mut rebase = run.sandbox.command("git", &run.path(MODELS));
    rebase.env("GIT_SEQUENCE_EDITOR", "sed -i 1s/pick/edit/").args(["rebase", "-q", "-i", "main"]);
    Said::of(rebase, b"").ok();
    run.commit(MODELS, "models/z.py", "[CHECKPOINT] Between").ok();
    refused(run.commit(MODELS, "api/z.py", "[CHECKPOINT] Between"), &["scope/outside"]);
    run.git(MODELS, &["reset", "-q", "--hard"]).ok();
    run.git(MODELS, &["rebase", "--continue"]).ok();
    assert_eq!(run.count(MODELS), 3);
    for revision in ["HEAD", "HEAD~", "HEAD~2"] {
        assert!(run.note(MODELS, revision).contains("Task: task-2-models"), "{revision} has a record");
    }
}

#[test]
fn a_fast_forward_brings_nobody_elses_state() {
    let run = Armed::new();
    run.commit(MODELS, "models/x.py", "[COMPLETE] Models").ok();
    run.git(API, &["merge", "-q", "--ff-only", "work/task-2-models"]).ok();
    run.commit(API, "api/x.py", "[CHECKPOINT] Mine").ok();
    run.git(API, &["commit", "-q", "--amend", "-m", "[COMPLETE] Mine"]).ok();
    let listed = run.git(API, &["notes", "--ref=orchestrate/demo/task-1-api", "list"]).ok().out;
    let recorded = |revision: &str| {
        let id = run.git(API, &["rev-parse", revision]).ok().out;
        listed.contains(id.trim())
    };
    assert!(recorded("HEAD") && !recorded("HEAD^"), "the other's commit is not claimed: {listed}");
}

#[test]
fn a_merge_may_be_amended() {
    let run = Armed::new();
    run.commit(API, "api/x.py", "[CHECKPOINT] X").ok();
    run.commit(MODELS, "models/x.py", "[COMPLETE] Models").ok();
    run.git(API, &["merge", "-q", "--no-edit", "work/task-2-models"]).ok();
    run.git(API, &["commit", "-q", "--amend", "-m", "Merge task-2"]).ok();
    run.write(API, "README.txt", "evil\n");
    let said = run.git(API, &["commit", "-qa", "--amend", "-m", "Merge task-2"]);
    refused(said, &["merge/altered  README.txt"]);
}

#[test]
fn another_repository_inside_a_hook_is_not_mistaken_for_this_one() {
    let sandbox = crate::sandbox::Sandbox::repository();
    let script = "#!/bin/sh\nunset $(git rev-parse --local-env-vars)\nd=$(mktemp -d) && cd $d && git init -q . && \
                  git commit -q --allow-empty -m 'Anything goes'\n";
    sandbox.install(".git/hooks/pre-commit", script);
    let run = Armed::on(sandbox, crate::armed::PLAN);
    run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
}

#[test]
fn a_rebase_onto_a_base_that_moved_claims_nothing_of_it() {
    let run = Armed::new();
    run.commit(MODELS, "models/one.py", "[CHECKPOINT] One").ok();
    run.sandbox.write("README.txt", "newer\n");
    run.sandbox.git(&["commit", "-qam", "Not a checkpoint"]).ok();
    run.git(MODELS, &["rebase", "-q", "main"]).ok();
    let notes = run.git(MODELS, &["notes", "--ref=orchestrate/demo/task-2-models", "list", "main"]);
    assert_eq!(notes.code, 1, "the base's commit is not recorded as the task's: {}", notes.out);
    let verified = run.git(MODELS, &["orchestrate", "verify"]);
    assert_eq!(verified.code, 0, "what the base gained is nobody's violation\n{}", verified.out);
    // What the base brought is what the branch inherited: to take it back is a change.
    run.write(MODELS, "README.txt", "one\ntwo\nthree\n");
    let back = run.git(MODELS, &["commit", "-qam", "[CHECKPOINT] Take it back"]);
    refused(back, &["scope/outside  README.txt"]);
    run.git(MODELS, &["reset", "-q", "--hard"]).ok();
    // A commit that skipped the hooks is still the task's after a rebase, and found.
    run.write(MODELS, "README.txt", "mine\n");
    run.git(MODELS, &["-c", "core.hooksPath=/dev/null", "commit", "-qam", "[CHECKPOINT] Mine"]).ok();
    run.sandbox.write("README.txt", "newest\nnewer\n");
    run.sandbox.write("other.txt", "other\n");
    run.sandbox.git(&["add", "other.txt"]).ok();
    run.sandbox.git(&["commit", "-qm", "Not a checkpoint either"]).ok();
    run.git(MODELS, &["rebase", "-q", "main"]).ok();
    let verified = run.git(MODELS, &["orchestrate", "verify"]);
    assert_eq!(verified.code, 1, "{}", verified.out);
    assert!(verified.out.contains("README.txt is outside the scope"), "{}", verified.out);
    assert!(!verified.out.contains("other.txt"), "{}", verified.out);
}

#[test]
fn a_fast_forward_to_the_base_claims_nothing_of_it() {
    let run = Armed::new();
    run.sandbox.write("README.txt", "newer\n");
    run.sandbox.git(&["commit", "-qam", "Not a checkpoint"]).ok();
    run.git(MODELS, &["merge", "-q", "--ff-only", "main"]).ok();
    run.commit(MODELS, "models/one.py", "[CHECKPOINT] One").ok();
    run.git(MODELS, &["commit", "-q", "--amend", "-m", "[CHECKPOINT] First"]).ok();
    let verified = run.git(MODELS, &["orchestrate", "verify"]);
    assert_eq!(verified.code, 0, "what the base gained is nobody's violation\n{}", verified.out);
    let list = run.git(MODELS, &["notes", "--ref=orchestrate/demo/task-2-models", "list", "main"]);
    assert_eq!(list.code, 1, "the base's commit is not recorded as the task's");
}
