//! Repositories that hold less than all, and ids of another length: what cannot be read is never
//! taken for fine, and says what to type.

use crate::armed::{Armed, PLAN};
use crate::remote::Remote;
use crate::sandbox::{Said, Sandbox};

/// The tasks' branches, as they are there.
const BRANCHES: &str = concat!("+refs/heads/work", "/*:refs/heads/work", "/*");

const API: &str = "task-1-api";
const MODELS: &str = "task-2-models";

/// Clones a run and fetches everything of it, with `options` of git-clone(1).
fn clone(run: &Armed, options: &[&str]) -> Sandbox {
    let clone = Sandbox::empty();
    run.sandbox.git(&["config", "uploadpack.allowFilter", "true"]).ok();
    let url = format!("file://{}", run.sandbox.root.display());
    let args = [&["clone", "-q", "--no-checkout"], options, &[url.as_str(), "."]].concat();
    clone.git(&args).ok();
    let depth = options.iter().copied().filter(|option| option.starts_with("--depth"));
    let refs = [BRANCHES, "refs/orchestrate/*:refs/orchestrate/*"];
    let fetch: Vec<&str> = ["fetch", "-q"].into_iter().chain(depth).chain(["origin"]).chain(refs).collect();
    clone.git(&fetch).ok();
    clone
}

#[track_caller]
fn says(said: &Said, words: &[&str]) {
    let all = format!("{}{}", said.out, said.err);
    for word in words {
        assert!(all.contains(word), "{word:?} is missing in\n{all}");
    }
}

#[test]
fn ids_of_sha_256_are_ids() {
    let sandbox = Sandbox::empty();
    sandbox.git(&["init", "-q", "--object-format=sha256"]).ok();
    for path in ["api/a.py", "models/m.py", "imports.py"] {
        sandbox.write(path, "import a\n");
    }
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "-qm", "Base"]).ok();
    let run = Armed::on(sandbox, PLAN);
    run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
    assert!(run.note(MODELS, "HEAD").contains("Status: [CHECKPOINT]"), "it is recorded");
    let said = run.commit(MODELS, "api/a.py", "[CHECKPOINT] Outside").fails(1);
    says(&said, &["scope/outside  api/a.py"]);
    run.git(MODELS, &["reset", "-q", "--hard"]).ok();
    run.git(MODELS, &["update-index", "--index-version", "4"]).ok();
    run.write(MODELS, "imports.py", "import a\nx = 1\n");
    let said = run.git(MODELS, &["commit", "-qam", "[CHECKPOINT] Append"]).fails(1);
    says(&said, &["scope/append  imports.py line 2"]);
    run.write(MODELS, "imports.py", "import a\nimport b\n");
    run.git(MODELS, &["commit", "-qam", "[CHECKPOINT] Append"]).ok();
    run.git(API, &["-c", "core.hooksPath=/dev/null", "rm", "-q", "models/m.py"]).ok();
    run.git(API, &["-c", "core.hooksPath=/dev/null", "commit", "-qm", "Sneak"]).ok();
    let verified = run.git(MODELS, &["orchestrate", "verify"]).fails(1);
    says(&verified, &["models/m.py is outside the scope", "does not start with a status"]);
}

#[test]
fn a_blob_that_is_not_here_is_no_blob_that_is_fine() {
    let run = Armed::new();
    run.write(MODELS, "imports.py", "import a\nimport b\nimport c\n");
    run.git(MODELS, &["commit", "-qam", "[CHECKPOINT] Import"]).ok();
    let clone = clone(&run, &["--filter=blob:none"]);
    // The plan is a blob, too; git gets what it is asked to show.
    let said = clone.git(&["orchestrate", "verify"]).fails(2);
    says(
        &said,
        &["cannot read the plan of run demo", "not in this partial clone", "hint: git fetch --refetch"],
    );
    clone.git(&["show", "refs/orchestrate/demo/plan:plan.toml"]).ok();
    let said = clone.git(&["orchestrate", "verify"]).fails(1);
    says(&said, &["unknown: work/task-2-models", "this partial clone never fetched (git fetch --refetch"]);
    let all = ["refs/heads/*:refs/remotes/origin/*", "refs/orchestrate/*:refs/orchestrate/*"];
    clone.git(&[&["fetch", "-q", "--refetch", "--no-filter", "origin"][..], &all].concat()).ok();
    clone.git(&["orchestrate", "verify"]).ok();
}

#[test]
fn trees_that_are_not_here_are_fetched_as_the_hint_says() {
    let run = Armed::new();
    let clone = clone(&run, &["--filter=tree:0"]);
    let said = clone.git(&["orchestrate", "verify"]).fails(2);
    let typed = said.err.lines().find_map(|line| line.strip_prefix("hint: ")).expect("a hint");
    let mut shell = clone.command("sh", &clone.root);
    shell.args(["-c", typed]);
    Said::of(shell, b"").ok();
    clone.git(&["orchestrate", "verify"]).ok();
}

#[test]
fn a_worker_in_a_partial_clone_is_judged_by_what_it_checked_out() {
    let server = Sandbox::repository();
    for path in ["api/a.py", "models/m.py"] {
        server.write(path, "one\n");
    }
    server.write("imports.py", "import a\n");
    server.git(&["add", "."]).ok();
    server.git(&["commit", "-qm", "Base"]).ok();
    server.git(&["config", "uploadpack.allowFilter", "true"]).ok();
    let sandbox = Sandbox::empty();
    let url = format!("file://{}", server.root.display());
    sandbox.git(&["clone", "-q", "--filter=blob:none", &url, "."]).ok();
    let run = Armed::on(sandbox, PLAN);
    run.write(MODELS, "imports.py", "import a\nimport b\n");
    run.write(MODELS, "models/x.py", "x\n");
    run.git(MODELS, &["add", "."]).ok();
    run.git(MODELS, &["commit", "-qm", "[CHECKPOINT] Import"]).ok();
    run.write(MODELS, "imports.py", "import b\n");
    let said = run.git(MODELS, &["commit", "-qam", "[CHECKPOINT] Less"]).fails(1);
    says(&said, &["scope/append  imports.py removes or moves a line"]);
}

#[test]
fn a_history_that_is_cut_off_is_unknown() {
    let run = Armed::new();
    run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
    run.commit(MODELS, "models/y.py", "[CHECKPOINT] Y").ok();
    let clone = clone(&run, &["--depth=1", "--no-single-branch"]);
    let said = clone.git(&["orchestrate", "verify"]).fails(1);
    says(&said, &["unknown", "shallow", "git fetch --unshallow"]);
    assert!(!said.out.contains("error"), "nothing is claimed of what was not seen\n{}", said.out);
    clone.git(&["fetch", "-q", "--unshallow", "origin"]).ok();
    clone.git(&["orchestrate", "verify"]).ok();
}

#[test]
fn what_another_clone_took_back_is_known_once_it_is_fetched() {
    const FIRST: &str = "worktrees/task-1-a";
    let lead = Sandbox::repository();
    lead.write(
        "orchestrate.toml",
        "run = \"r\"\nbase = \"main\"\n[[task]]\nname = \"task-1-a\"\nscope = [\"a/\"]\n",
    );
    lead.git(&["add", "."]).ok();
    lead.git(&["commit", "-qm", "Base"]).ok();
    lead.git(&["init", "-q", "--bare", "-b", "main", "../origin.git"]).ok();
    let url = lead.root.with_file_name("origin.git").display().to_string();
    lead.git(&["remote", "add", "origin", &url]).ok();
    lead.git(&["orchestrate", "start"]).ok();
    lead.git(&["push", "-q", "origin", "main", "refs/orchestrate/*:refs/orchestrate/*"]).ok();

    let other = Sandbox::empty();
    other.git(&["clone", "-q", &url, "."]).ok();
    other.git(&["fetch", "-q", "origin", "refs/orchestrate/*:refs/orchestrate/*"]).ok();
    other.git(&["orchestrate", "start", "--task", "task-1"]).ok();
    let worker = |args: &[&str]| other.git_in(FIRST, &[&["worker"], args].concat()).ok();
    other.write(&format!("{FIRST}/a/new"), "one\n");
    worker(&["complete", "-m", "A"]);
    worker(&["push"]);
    worker(&["reopen", "-m", "more"]);
    other.write(&format!("{FIRST}/a/new"), "two\n");
    worker(&["complete", "-m", "A again"]);
    worker(&["push"]);

    lead.git(&["fetch", "-q"]).ok();
    lead.git_in(FIRST, &["merge", "-q", "--ff-only", "origin/work/task-1-a"]).ok();
    lead.git(&["orchestrate", "verify"]).ok();
    // A fetched journal that does not go on from the one here is not believed.
    let fetched = "refs/orchestrate-remote/origin/r/journal/task-1-a";
    let journal = "refs/orchestrate/r/journal/task-1-a";
    let begin = lead.git(&["commit-tree", "-m", "Other", "main^{tree}"]).ok().out;
    lead.git(&["update-ref", journal, begin.trim()]).ok();
    says(&lead.git(&["orchestrate", "verify"]).fails(1), &["state/after-complete"]);
    lead.git(&["update-ref", "-d", journal]).ok();
    lead.git(&["rev-parse", "--verify", fetched]).ok();
    lead.git(&["orchestrate", "integrate"]).ok();
    assert_eq!(lead.git(&["show", "integration/r:a/new"]).ok().out, "two\n");
}

/// Each clone has records of its own; they go to the remote together.
#[test]
fn who_works_in_two_clones_can_push_from_both() {
    let run = Armed::new();
    let remote = run.sandbox.root.join("../remote.git").display().to_string();
    run.sandbox.git(&["clone", "-q", "--bare", ".", &remote]).ok();
    run.sandbox.git(&["remote", "add", "origin", &remote]).ok();
    run.sandbox.git(&["push", "-q", "origin", "refs/orchestrate/*:refs/orchestrate/*"]).ok();
    let other = Sandbox::empty();
    other.git(&["clone", "-q", &remote, "."]).ok();
    other.git(&["fetch", "-q", "origin", "refs/orchestrate/*:refs/orchestrate/*"]).ok();
    other.git(&["orchestrate", "start", "--yes", "--run", "demo"]).ok();
    let there = format!("worktrees/{MODELS}");
    other.write(&format!("{there}/models/there.py"), "x\n");
    other.git_in(&there, &["worker", "checkpoint", "-m", "There"]).ok();
    other.git_in(&there, &["worker", "push"]).ok();

    run.commit(MODELS, "models/here.py", "[CHECKPOINT] Here").ok();
    run.git(MODELS, &["pull", "-q", "--no-rebase", "--no-edit", "origin", "work/task-2-models"]).ok();
    says(&run.git(MODELS, &["worker", "push"]).ok(), &["pushed work/task-2-models to origin"]);
    for commit in ["HEAD^1", "HEAD^2"] {
        assert!(run.note(MODELS, commit).contains("Status: [CHECKPOINT]"), "{commit}");
    }
    let notes = "refs/notes/orchestrate/demo/task-2-models";
    let [here, remote] =
        [".", remote.as_str()].map(|place| run.sandbox.git(&["ls-remote", place, notes]).ok().out);
    assert_eq!(here, remote);
    other.git_in(&there, &["pull", "-q", "origin", "work/task-2-models"]).ok();
    other.write(&format!("{there}/models/more.py"), "x\n");
    other.git_in(&there, &["worker", "checkpoint", "-m", "More"]).ok();
    other.git_in(&there, &["worker", "push"]).ok();
    run.git(MODELS, &["orchestrate", "verify"]).ok();
}

/// What was pushed and then rebased is replaced; to pull it would bring each commit twice. What another
/// clone has pushed is pulled.
#[test]
fn what_was_rewritten_is_pushed_as_the_hint_says() {
    let remote = Remote::new();
    let run = &remote.run;
    run.sandbox.git(&["push", "-q", "origin", "refs/orchestrate/*:refs/orchestrate/*"]).ok();
    remote.checkpoint(MODELS, "models/x.py");
    run.git(MODELS, &["worker", "push"]).ok();
    run.git(MODELS, &["commit", "-q", "--amend", "-m", "[CHECKPOINT] Other words"]).ok();
    let said = run.git(MODELS, &["worker", "push"]).fails(1);
    assert!(!said.err.contains("git pull"), "{}", said.err);
    let typed: Vec<&str> =
        said.err.lines().filter_map(|line| line.split_once(": git ")).map(|(_, typed)| typed).collect();
    assert_eq!(typed.len(), 2, "{}", said.err);
    for command in typed {
        run.git(MODELS, &command.split(' ').collect::<Vec<_>>()).ok();
    }
    assert_eq!(
        remote.at("refs/heads/work/task-2-models"),
        run.git(MODELS, &["rev-parse", "HEAD"]).ok().out.trim()
    );
    assert_eq!(run.count(MODELS), 1);

    let other = Sandbox::empty();
    let url = run.sandbox.git(&["remote", "get-url", "origin"]).ok().out;
    other.git(&["clone", "-q", "-b", "work/task-2-models", url.trim(), "."]).ok();
    other.git(&["commit", "-q", "--allow-empty", "-m", "[CHECKPOINT] There"]).ok();
    other.git(&["push", "-q"]).ok();
    remote.checkpoint(MODELS, "models/y.py");
    let said = run.git(MODELS, &["worker", "push"]).fails(1);
    says(&said, &["git pull --no-rebase --no-edit origin work/task-2-models"]);
    assert!(!said.err.contains("--force"), "{}", said.err);

    // What another clone made, pulled and then left by a reset, is not this one's to throw away.
    run.git(MODELS, &["reset", "-q", "--hard", "HEAD~1"]).ok();
    run.git(MODELS, &["pull", "-q", "--ff-only", "origin", "work/task-2-models"]).ok();
    run.git(MODELS, &["reset", "-q", "--hard", "HEAD~1"]).ok();
    remote.checkpoint(MODELS, "models/z.py");
    let said = run.git(MODELS, &["worker", "push"]).fails(1);
    says(&said, &["git pull --no-rebase --no-edit origin work/task-2-models"]);
    assert!(!said.err.contains("--force"), "{}", said.err);
}
