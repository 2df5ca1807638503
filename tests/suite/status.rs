//! What `git orchestrate status` says of real histories: fast-forwards, merges, what is missing.

use serde_json::Value;

use crate::sandbox::Sandbox;

const API: &str = "worktrees/task-1-api-endpoints";
const MODELS: &str = "worktrees/task-2-models-migrations";

/// The status as JSON.
fn status(sandbox: &Sandbox) -> Value {
    let said = sandbox.git(&["orchestrate", "status", "--format", "json"]).ok();
    serde_json::from_str(&said.out).expect("JSON")
}

fn flags(task: &Value) -> Vec<&str> {
    let flags = task["flags"].as_array().expect("a list").iter();
    flags.map(|flag| flag["kind"].as_str().expect("a word")).collect()
}

fn commits(task: &Value) -> usize {
    task["commits"].as_array().expect("a list").len()
}

/// Commits one file in a worktree, hooks and all.
fn commit(sandbox: &Sandbox, worktree: &str, path: &str, message: &str) {
    sandbox.write(&format!("{worktree}/{path}"), message);
    sandbox.git_in(worktree, &["add", "--all"]).ok();
    sandbox.git_in(worktree, &["commit", "--quiet", "-m", message]).ok();
}

#[test]
fn a_merged_dependency_does_not_count() {
    let sandbox = Sandbox::from_script("halfway.sh");
    sandbox.git_in(API, &["merge", "--quiet", "--no-ff", "work/task-2-models-migrations"]).ok();
    let status = status(&sandbox);
    let task = &status["tasks"][0];
    assert_eq!(task["state"], "working", "the need is met by the merge (S1-62)");
    assert_eq!(commits(task), 3, "merges and what they bring are not its own (S1-65)");
    assert!(flags(task).is_empty(), "nothing is wrong with a merge: {task:#}");
}

#[test]
fn a_fast_forward_leaves_commits_with_their_worker() {
    let sandbox = Sandbox::from_script("analytics.sh");
    commit(&sandbox, MODELS, "models/analytics.py", "[CHECKPOINT] Event");
    sandbox.git_in(API, &["merge", "--quiet", "--ff-only", "work/task-2-models-migrations"]).ok();
    let before = status(&sandbox);
    assert_eq!(before["tasks"][0]["state"], "pending", "task 1 has only caught up (S1-66)");
    assert_eq!(commits(&before["tasks"][1]), 1);
    commit(&sandbox, MODELS, "models/analytics.py", "[CHECKPOINT] Summary");
    commit(&sandbox, API, "api/analytics/x.py", "[CHECKPOINT] Blueprint");
    for kept in ["with records", "without records"] {
        let after = status(&sandbox);
        let counts = [commits(&after["tasks"][0]), commits(&after["tasks"][1])];
        assert_eq!(counts, [1, 2], "each has what it made, {kept}");
        assert_eq!(flags(&after["tasks"][0]), ["behind"], "one commit of task 2 is missing, {kept}");
        let run = "refs/notes/orchestrate/analytics-dashboard";
        for task in ["task-1-api-endpoints", "task-2-models-migrations"] {
            sandbox.git(&["update-ref", "-d", &format!("{run}/{task}")]).ok();
        }
    }
}

#[test]
fn the_base_does_not_belong_to_a_worker() {
    let sandbox = Sandbox::from_script("analytics.sh");
    sandbox.write("config.py", "DEBUG = True\n");
    sandbox.git(&["commit", "--quiet", "-am", "Switch debugging on"]).ok();
    sandbox.git_in(API, &["merge", "--quiet", "--ff-only", "main"]).ok();
    let said = status(&sandbox);
    assert_eq!(said["tasks"][0]["state"], "pending", "it only caught up with the base");
    assert!(flags(&said["tasks"][0]).is_empty(), "and broke no rule: {said:#}");
}

#[test]
fn ancestry_says_what_is_integrated() {
    let sandbox = Sandbox::from_script("halfway.sh");
    let state = |sandbox: &Sandbox| status(sandbox)["tasks"][1]["state"].clone();
    sandbox.git(&["branch", "integration/analytics-dashboard", "main"]).ok();
    assert_eq!(state(&sandbox), "complete", "an empty integration branch holds nothing");
    sandbox.git(&["merge", "--quiet", "--ff-only", "work/task-2-models-migrations"]).ok();
    assert_eq!(state(&sandbox), "integrated", "the base was moved onto the worker's branch");
    assert_eq!(commits(&status(&sandbox)["tasks"][1]), 4, "and the commits are the worker's still");
    sandbox.git(&["reset", "--quiet", "--hard", "HEAD~4"]).ok();
    sandbox.git(&["merge", "--quiet", "--squash", "work/task-2-models-migrations"]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "Merge task-2: Analytics models and migrations"]).ok();
    assert_eq!(state(&sandbox), "complete", "a squash is no ancestor, whatever its subject says");
}

#[test]
fn the_remote_counts_where_it_is_ahead() {
    let sandbox = Sandbox::from_script("halfway.sh");
    let branch = "work/task-2-models-migrations";
    sandbox.git_in(MODELS, &["reset", "--quiet", "--hard", "HEAD~1"]).ok();
    let behind = status(&sandbox);
    assert_eq!(behind["tasks"][1]["state"], "complete", "the remote branch is ahead (S1-71)");
    assert_eq!(flags(&behind["tasks"][1]), ["remote-ahead"]);
    commit(&sandbox, MODELS, "models/analytics.py", "[CHECKPOINT] Other");
    let diverged = status(&sandbox);
    assert_eq!(diverged["tasks"][1]["state"], "working", "the local branch counts when both moved");
    assert_eq!(flags(&diverged["tasks"][1]), ["diverged"]);
    sandbox.git(&["worktree", "remove", "--force", "--force", MODELS]).ok();
    sandbox.git(&["branch", "-D", branch]).ok();
    assert_eq!(status(&sandbox)["tasks"][1]["state"], "complete", "the remote branch is all there is");
}

#[test]
fn what_is_missing_is_said() {
    let sandbox = Sandbox::from_script("analytics.sh");
    sandbox.git(&["worktree", "remove", "--force", "--force", API]).ok();
    assert_eq!(flags(&status(&sandbox)["tasks"][0]), ["no-worktree"]);
    sandbox.git(&["branch", "-D", "work/task-1-api-endpoints"]).ok();
    assert_eq!(flags(&status(&sandbox)["tasks"][0]), ["no-branch", "no-worktree"], "S1-64");
    sandbox.git_in(MODELS, &["switch", "--quiet", "--detach"]).ok();
    assert_eq!(flags(&status(&sandbox)["tasks"][1]), ["elsewhere"]);
    let text = sandbox.git(&["orchestrate", "status"]).ok().out;
    assert!(text.contains("task-2 has a detached HEAD"), "the worktree is still the task's:\n{text}");
}

/// A worktree that is made from a worker's inherits its settings, and is nobody's.
#[test]
fn a_worktree_that_was_made_from_a_worker_s_is_not_taken_for_it() {
    let sandbox = Sandbox::from_script("analytics.sh");
    sandbox.git_in(API, &["worktree", "add", "--quiet", "--detach", "../0"]).ok();
    sandbox.write("worktrees/0/api/analytics/x.py", "x");
    sandbox.git_in(API, &["switch", "--quiet", "--detach"]).ok();
    let task = &status(&sandbox)["tasks"][0];
    assert!(!flags(task).contains(&"dirty"), "what lies there is not the worker's: {task:#}");
    assert!(task["worktree"].to_string().contains(API), "{task:#}");
}

#[test]
fn any_directory_and_a_bare_clone_answer_alike() {
    let sandbox = Sandbox::from_script("halfway.sh");
    let ask = ["orchestrate", "status", "--short", "--format", "markdown"];
    let here = sandbox.git(&ask).ok().out;
    assert_eq!(sandbox.git_in("templates", &ask).ok().out, here, "a subdirectory");
    assert_eq!(sandbox.git_in(API, &ask).ok().out, here, "a worktree");
    sandbox.git(&["clone", "--quiet", "--mirror", ".", ".git/mirror.git"]).ok();
    let there = sandbox.git_in(".git/mirror.git", &ask).ok().out;
    let table = |report: &str| report.split("### Detected").next().map(str::to_owned);
    assert_eq!(table(&there), table(&here), "a bare clone has the same history");
}

#[test]
fn status_writes_nothing_but_answers() {
    let sandbox = Sandbox::from_script("halfway.sh");
    sandbox.write(&format!("{API}/api/analytics/routes.py"), "changed\n");
    let listing = || {
        // What it found out is kept, and may go at any time.
        let find = "all() { find . -path ./.git/orchestrate/cache -prune -o -type f \"$@\" | sort; }
            all -printf '%p %s %T@\\n'; all -print | xargs -d '\\n' sha1sum";
        let said = sandbox.command("sh", &sandbox.root).args(["-c", find]).output().expect("find runs");
        String::from_utf8_lossy(&said.stdout).into_owned()
    };
    let before = listing();
    let first = sandbox.git(&["orchestrate", "status"]).ok().out;
    sandbox.git_in(API, &["worker", "status"]).ok();
    sandbox.git(&["orchestrate", "brief", "--as", "continue"]).ok();
    assert_eq!(listing(), before, "no file of repository or worktrees changes");
    assert_eq!(sandbox.git(&["orchestrate", "status"]).ok().out, first, "and the answer stays the same");
}

#[test]
fn what_is_kept_is_never_out_of_date() {
    let sandbox = Sandbox::from_script("halfway.sh");
    let notes = "refs/notes/orchestrate/analytics-dashboard/task-1-api-endpoints";
    let kept = sandbox.root.join(".git/orchestrate/cache");
    let sneak = ["-c", "core.hooksPath=/dev/null", "commit", "--quiet", "--allow-empty", "-m", "Sneak"];
    let prune = ["-c", "gc.reflogExpire=now", "-c", "gc.reflogExpireUnreachable=now", "gc", "--prune=now"];
    let steps: [(&str, &str, &[&str]); 7] = [
        ("nothing", ".", &["status", "--short"]),
        ("a commit", API, &sneak),
        ("another instead", API, &["commit", "-q", "--amend", "--allow-empty", "-nm", "[CHECKPOINT] New"]),
        ("a merge", API, &["merge", "--quiet", "--no-ff", "work/task-2-models-migrations"]),
        ("less", API, &["reset", "--quiet", "--hard", "HEAD~2"]),
        ("no records", ".", &["update-ref", "-d", notes]),
        ("nothing that was replaced", ".", &prune),
    ];
    for (what, place, args) in steps {
        sandbox.git_in(place, args).ok();
        let said = [status(&sandbox), status(&sandbox)];
        std::fs::remove_dir_all(&kept).expect("it is there");
        let afresh = status(&sandbox);
        for mut said in said {
            said["now"] = afresh["now"].clone();
            assert_eq!(without_ages(said), without_ages(afresh.clone()), "after {what}");
        }
    }
    std::fs::write(kept.join("commits-1"), "no such thing").expect("it can be damaged");
    sandbox.git(&["orchestrate", "status"]).ok();
    assert_ne!(std::fs::read(kept.join("commits-1")).expect("it is there"), b"no such thing");
}

#[test]
fn own_commits_are_those_that_git_lists_wherever_a_way_down_ends() {
    let sandbox = Sandbox::from_script("analytics.sh");
    let base = status(&sandbox)["base_commit"].as_str().expect("an id").to_owned();
    let range = format!("{base}..HEAD");
    let list = ["rev-list", "--reverse", "--first-parent", "--min-parents=1", "--max-parents=1", &range];
    let commit = "git commit --quiet --allow-empty -m '[CHECKPOINT] One'";
    let root = |date: &str| {
        format!(
            "export GIT_COMMITTER_DATE='{date}'; git branch -f side $(git commit-tree -m Side HEAD^{{tree}})"
        )
    };
    let merge = "git merge --quiet -s ours --allow-unrelated-histories -m Merge side";
    let steps = [
        ("a commit", commit.to_owned()),
        (
            "a merge of another task",
            format!("git merge --quiet -m Merge work/task-2-models-migrations; {commit}"),
        ),
        ("a merge of an old root", format!("{}; {merge}; {commit}", root("1980-01-01 00:00:00 +0000"))),
        ("a merge of a young root", format!("{}; {merge}; {commit}", root("2090-01-01 00:00:00 +0000"))),
        ("another start", format!("git reset --quiet --hard side; {commit}")),
        ("the base", format!("git reset --quiet --hard {base}")),
        ("a commit on the base", commit.to_owned()),
    ];
    for (what, script) in steps {
        let script = format!("set -e; git() {{ command git -c core.hooksPath=/dev/null \"$@\"; }}; {script}");
        let done = sandbox.command("sh", &sandbox.root.join(API)).args(["-c", &script]).output();
        let done = done.expect("it runs");
        assert!(done.status.success(), "{what}: {}", String::from_utf8_lossy(&done.stderr));
        let listed = sandbox.git_in(API, &list).ok().out;
        for call in ["first", "second"] {
            let said = status(&sandbox)["tasks"][0]["commits"].clone();
            let ids =
                said.as_array().expect("a list").iter().map(|one| one["commit"].as_str().expect("an id"));
            assert_eq!(
                ids.collect::<Vec<_>>(),
                listed.lines().collect::<Vec<_>>(),
                "after {what}, the {call} time"
            );
        }
    }
}

/// A status by whatever clock.
fn without_ages(mut status: Value) -> Value {
    for task in status["tasks"].as_array_mut().expect("a list") {
        task["age_seconds"] = Value::Null;
    }
    status
}

#[test]
fn what_is_kept_is_nothing_to_verify() {
    let sandbox = Sandbox::from_script("analytics.sh");
    let (outside, inside) = ("zzz/analytics/x.py", "api/analytics/x.py");
    sandbox.write(&format!("{API}/{outside}"), "x\n");
    sandbox.git_in(API, &["add", "--all"]).ok();
    let sneak = ["-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-m", "[CHECKPOINT] Sneak"];
    sandbox.git_in(API, &sneak).ok();
    assert_eq!(flags(&status(&sandbox)["tasks"][0]), ["violations"]);
    let repo = orchestrate::git::Repository::open(&sandbox.root).expect("a repository");
    let mut cache = repo.cache_up_to("commits-1", 16 << 20);
    let id = sandbox.git_in(API, &["rev-parse", "HEAD"]).ok().out;
    let key = format!("{}{}", id.trim(), "0".repeat(24));
    let key = gix_hash::ObjectId::from_hex(key.as_bytes()).expect("a key");
    let entry = cache.find(key).expect("the commit is kept").to_vec();
    cache.keep(key, bstr::ByteSlice::replace(entry.as_slice(), outside, inside));
    cache.store();
    let said = sandbox.git(&["orchestrate", "verify"]).fails(1).out;
    assert!(said.contains(outside), "objects are judged, not what was kept of them:\n{said}");
    let said = sandbox.git(&["orchestrate", "integrate", "--dry-run"]).fails(1);
    assert!(format!("{}{}", said.out, said.err).contains("task-1"), "and nothing of it is merged");
}

#[test]
fn what_was_found_clean_is_nothing_to_verify() {
    let sandbox = Sandbox::from_script("analytics.sh");
    let commit = |path: &str| {
        sandbox.write(&format!("{API}/{path}"), "x\n");
        sandbox.git_in(API, &["add", "--all"]).ok();
        let sneak = ["-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-m", "[CHECKPOINT] Sneak"];
        sandbox.git_in(API, &sneak).ok();
    };
    let is_flagged = || flags(&status(&sandbox)["tasks"][0]).contains(&"violations");
    commit("api/analytics/x.py");
    assert!(!is_flagged() && !is_flagged(), "a clean branch");
    commit("zzz/x.py");
    commit("api/analytics/y.py");
    assert!(is_flagged() && is_flagged(), "what comes on top of clean commits is judged, and found again");
    std::fs::remove_dir_all(sandbox.root.join(".git/orchestrate/cache")).expect("it can be deleted");
    assert!(is_flagged() && is_flagged(), "it is found anew");

    let id = |args: &[&str]| {
        let hex = sandbox.git_in(API, &[&["rev-parse"], args].concat()).ok().out;
        gix_hash::ObjectId::from_hex(hex.trim().as_bytes()).expect("an id")
    };
    let facts = status(&sandbox);
    let (run, task) =
        (facts["run"].as_str().expect("a name"), facts["tasks"][0]["name"].as_str().expect("a name"));
    let base = facts["base_commit"].as_str().expect("an id");
    let plan = format!("refs/orchestrate/{run}/plan");
    let ids = [id(&[&plan]), id(&[base]), id(&[base]), id(&["HEAD"])];
    let mut key: Vec<u8> = ids.iter().flat_map(|id| id.as_bytes()).copied().collect();
    key.extend(format!("{} {task}", env!("CARGO_PKG_VERSION")).into_bytes());
    let repo = orchestrate::git::Repository::open(&sandbox.root).expect("a repository");
    let mut cache = repo.cache("clean");
    let key = orchestrate::git::cache::digest(&key).expect("a key");
    assert!(cache.find(key).is_some(), "it is kept which commits were clean");
    cache.keep(key, vec![0xff; 8]);
    cache.store();
    assert!(!is_flagged(), "status believes it");
    let said = sandbox.git(&["orchestrate", "verify"]).fails(1).out;
    assert!(said.contains("zzz/x.py"), "what verifies judges every commit:\n{said}");
    let said = sandbox.git(&["orchestrate", "integrate", "--dry-run"]).fails(1);
    assert!(format!("{}{}", said.out, said.err).contains("task-1"), "and nothing of it is merged");
}

#[test]
fn a_violation_in_history_is_an_issue() {
    let sandbox = Sandbox::from_script("analytics.sh");
    sandbox.write(&format!("{API}/config.py"), "DEBUG = True\n");
    let sneak = ["-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-am", "[CHECKPOINT] Sneak"];
    sandbox.git_in(API, &sneak).ok();
    let said = status(&sandbox);
    assert_eq!(flags(&said["tasks"][0]), ["violations"], "S1-60");
    let id = sandbox.git_in(API, &["rev-parse", "--short=7", "HEAD"]).ok().out;
    let text = sandbox.git(&["orchestrate", "status"]).ok().out;
    assert!(text.contains(id.trim()), "the commit is named:\n{text}");
}

#[test]
fn a_history_that_is_cut_off_is_unknown() {
    let sandbox = Sandbox::from_script("halfway.sh");
    sandbox.git(&["gc", "--quiet"]).ok();
    let url = format!("file://{}", sandbox.root.join(".git").display());
    let refs = "refs/orchestrate/*:refs/orchestrate/*";
    sandbox
        .git(&["clone", "--quiet", "--bare", "--depth", "2", "--no-single-branch", &url, ".git/shallow"])
        .ok();
    sandbox.git_in(".git/shallow", &["fetch", "--quiet", "origin", refs]).ok();
    let said = sandbox.git_in(".git/shallow", &["orchestrate", "status", "--format", "json"]).ok();
    let said: Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(said["tasks"][0]["state"], "unknown", "no commits are known, which is not none");
    assert_eq!(said["actions"], serde_json::json!([]), "and nothing is advised");
    assert!(!said["unknown"].as_array().expect("a list").is_empty(), "it says what it cannot know: {said:#}");
}

/// A terminal, in front of a git that takes its time to look into worktrees.
#[cfg(target_os = "linux")]
fn on_a_terminal(sandbox: &Sandbox, size: &str) -> String {
    let git = which::which("git").expect("git");
    let slow =
        format!("#!/bin/sh\ncase \"$*\" in *status*) sleep 1 ;; esac\nexec {} \"$@\"\n", git.display());
    sandbox.install("../slow/git", slow);
    let directory = sandbox.root.join("../slow");
    let path = std::env::var("PATH").unwrap_or_default();
    let orchestrate = env!("CARGO_BIN_EXE_git-orchestrate");
    let call = format!("stty {size}; PATH={}:$PATH {orchestrate} status", directory.display());
    let mut script = sandbox.command("script", &sandbox.root);
    let said = script.args(["-qec", &call, "/dev/null"]).env("TERM", "xterm").env("PATH", path).output();
    String::from_utf8(said.expect("script runs").stdout).expect("text").replace("\r\n", "\n")
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_shows_at_once_what_is_committed() {
    let sandbox = Sandbox::from_script("halfway.sh");
    sandbox.write(&format!("{API}/api/new.py"), "new\n");
    let plain = sandbox.git(&["orchestrate", "status"]).ok().out;
    assert!(plain.contains("1 uncommitted"), "{plain}");
    let check = |size: &str, lines: usize| {
        let shown = on_a_terminal(&sandbox, size);
        let (at_once, whole) =
            shown.split_once(&format!("\x1b[{lines}A\r\x1b[J")).expect("the first view goes");
        assert!(at_once.contains("Run analytics-dashboard"), "{at_once}");
        assert!(!at_once.contains("uncommitted"), "nobody has looked yet: {at_once}");
        assert_eq!(at_once.matches("looking for").count(), usize::from(lines == 9), "{at_once}");
        let colours = regex::Regex::new("\x1b\\[[0-9;]*m").expect("a pattern");
        assert_eq!(colours.replace_all(whole, ""), plain, "and in the end it is what others get");
    };
    check("rows 40 cols 100", 9);
    check("rows 5 cols 20", 4);
}

/// Worktrees with so many files that status does not look at all of them, and what is not committed in one.
fn large() -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.git(&["init", "--quiet"]).ok();
    let word = "a-word-that-makes-the-index-large-".repeat(2);
    for number in 0..9_000 {
        sandbox.write(&format!("d{}/{word}{number}", number % 9), "");
    }
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "Files"]).ok();
    let task = |number, scope| format!("[[task]]\nname = \"task-{number}-x\"\nscope = [{scope}]\n");
    let scopes = ["\"d1/*\", \"new.txt\"", "\"*/deep/*.md\"", "\"d3/none/\", \"d4/a*\""];
    let tasks: String = scopes.iter().zip(1..).map(|(scope, number)| task(number, scope)).collect();
    sandbox.write("../plan.toml", format!("run = \"large\"\n{tasks}"));
    sandbox.git(&["orchestrate", "start", "../plan.toml"]).ok();
    for tree in ["worktrees/task-1-x", "worktrees/task-2-x", "worktrees/task-3-x"] {
        for path in ["d1/new", "d2/new", "d4/a", "new.txt"] {
            sandbox.write(&format!("{tree}/{path}"), "new\n");
        }
        sandbox.write(&format!("{tree}/d4/{word}4"), "changed\n");
    }
    sandbox
}

#[test]
fn large_worktrees_are_looked_at_where_their_tasks_may_write() {
    let sandbox = large();
    let dirty = |args: &[&str]| {
        let said = sandbox.git(&[&["orchestrate", "status", "--format", "json"], args].concat()).ok();
        let said: Value = serde_json::from_str(&said.out).expect("JSON");
        let count = |task: &Value| task["flags"][0]["paths"].as_array().map_or(0, Vec::len);
        let tasks = said["tasks"].as_array().expect("a list").clone();
        tasks.iter().map(|task| (count(task), task["scope_only"] == true)).collect::<Vec<_>>()
    };
    assert_eq!(dirty(&[]), [(2, true), (5, false), (2, true)], "the second may write anywhere");
    assert_eq!(dirty(&["--whole"]), [(5, false); 3]);
    let note = "In 2 large worktrees, only the task's scope was looked at for what is uncommitted; \
                `--whole` looks at all.";
    for (format, args, is_said) in
        [("text", &[][..], true), ("markdown", &[], true), ("text", &["--whole"], false)]
    {
        let said = sandbox.git(&[&["orchestrate", "status", "--format", format], args].concat()).ok().out;
        assert_eq!(said.contains(note), is_said, "{said}");
    }
    let own = sandbox.git_in("worktrees/task-1-x", &["worker", "status"]).ok().out;
    assert!(own.contains("d4/"), "who asks sees all of its own: {own}");
    let said = sandbox.git(&["orchestrate", "conflicts"]).ok().out;
    assert!(said.contains("task-1: with 5 paths not committed"), "it takes all into account: {said}");
}
