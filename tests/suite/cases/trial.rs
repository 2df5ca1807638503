//! One case, tried in a copy of its own; what did not come out as it says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::case::{Case, Integration, Verdict};
use super::template::Template;
use crate::sandbox::{Said, Sandbox};

/// What every script starts with: `sneak` is git without any hook; `commit <path> <message>` commits
/// one more line in one file, `smuggle` does so without any hook; `at <worktree> <command>…` runs a
/// command in the worktree of a task, or in the main one; `amend <filter>…` starts the run anew with
/// what a command makes of its plan; `tomorrow` is the day of what follows;
/// `forget <task>` leaves neither records nor a reflog of its branch, as in a clone.
const PRELUDE: &str = r#"set -e
sneak() { git -c core.hooksPath=/dev/null "$@"; }
put() { case "$1" in */*) mkdir -p "${1%/*}";; esac; echo "$2" >>"$1"; git add -- "$1"; }
commit() { put "$@"; git commit -qm "$2"; }
smuggle() { put "$@"; sneak commit -qm "$2"; }
at() { place="$WT/$1"; test "$1" != main || place="$MAIN"; shift; (cd "$place" && "$@"); }
tomorrow() { export GIT_AUTHOR_DATE=2024-01-16T14:00:00Z GIT_COMMITTER_DATE=2024-01-16T14:00:00Z; }
forget() { git update-ref -d "refs/notes/orchestrate/demo/$1"; rm "$MAIN/.git/logs/refs/heads/work/$1"; }
amend() { at main git show refs/orchestrate/demo/plan:plan.toml | "$@" >"$TMP/plan.toml"; at main git orchestrate start "$TMP/plan.toml" >"$TMP/said"; }
"#;

/// Tries a case; empty if it is as it says.
pub fn run(case: &Case, template: &Template) -> Vec<String> {
    let scripts = [case.setup.as_str(), case.action.as_str()];
    let own_hooks = scripts.iter().any(|script| script.contains("$HOOKS"));
    let trial = Trial { case, template, sandbox: template.copy(own_hooks) };
    let setup = trial.script(&case.setup);
    if setup.code != 0 {
        return vec![format!("the setup fails\n{}", told(&setup))];
    }
    let before = trial.before();
    let action = trial.script(&case.action);
    let mut complaints = trial.action(&action);
    if case.verdict == Verdict::Refused {
        complaints.extend(trial.unchanged(&before));
    }
    complaints.extend(trial.health());
    complaints.extend(trial.afterwards());
    if !complaints.is_empty() {
        complaints.push(told(&action));
    }
    complaints
}

struct Trial<'a> {
    case: &'a Case,
    template: &'a Template,
    sandbox: Sandbox,
}

/// What a refusal must leave as it was.
struct Before {
    refs: BTreeMap<String, String>,
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Trial<'_> {
    /// Where scripts start; at the top where a setup has moved the worktree away.
    fn place(&self) -> PathBuf {
        let root = &self.sandbox.root;
        let place = match self.case.place.as_str() {
            "main" => root.clone(),
            task => root.join(self.template.worktree(task)),
        };
        [&place, root].into_iter().find(|place| place.is_dir()).cloned().unwrap_or_else(std::env::temp_dir)
    }

    fn script(&self, script: &str) -> Said {
        let root = &self.sandbox.root;
        let mut shell = self.sandbox.command("sh", &self.place());
        shell.env("MAIN", root).env("WT", root.join(self.template.worktrees()));
        shell.env("HOOKS", root.join(".git/orchestrate/hooks"));
        shell.env("TMP", root.parent().expect("a sandbox has a home"));
        shell.env("OWN", self.template.branch(&self.case.place));
        Said::of(
            {
                shell.args(["-c", &format!("{PRELUDE}{script}")]);
                shell
            },
            b"",
        )
    }

    fn git(&self, args: &[&str]) -> Said {
        self.sandbox.git(args)
    }

    fn before(&self) -> Before {
        if self.case.verdict != Verdict::Refused {
            return Before { refs: BTreeMap::new(), files: BTreeMap::new() };
        }
        let mut files = BTreeMap::new();
        read_files(&self.place(), &mut files);
        Before { refs: self.refs(), files }
    }

    fn refs(&self) -> BTreeMap<String, String> {
        let said = self.git(&["for-each-ref", "--format=%(refname) %(objectname)", "refs/heads"]);
        said.out.lines().filter_map(|line| line.split_once(' ')).map(|(a, b)| (a.into(), b.into())).collect()
    }

    /// What is wrong with the action's end and words.
    fn action(&self, said: &Said) -> Vec<String> {
        let mut complaints = Vec::new();
        match self.case.verdict {
            Verdict::Refused if said.code == 0 => complaints.push("it is not refused".into()),
            Verdict::Accepted | Verdict::Unseen if said.code != 0 => {
                complaints.push(format!("it ends with {} where nothing should stop it", said.code));
            }
            _ => {}
        }
        let missing = self.case.says.iter().filter(|words| !said.err.contains(*words));
        complaints.extend(missing.map(|words| format!("it does not say {words:?}")));
        let extra = self.case.unsaid.iter().filter(|words| said.err.contains(*words));
        complaints.extend(extra.map(|words| format!("it says {words:?}")));
        complaints
    }

    /// A refusal moves no branch, and every content that was there is still there or known to git.
    fn unchanged(&self, before: &Before) -> Vec<String> {
        let mut complaints = Vec::new();
        let refs = self.refs();
        for (name, id) in &before.refs {
            match refs.get(name) {
                Some(now) if now == id => {}
                Some(_) => complaints.push(format!("it is refused, but {name} has moved")),
                None => complaints.push(format!("it is refused, but {name} is gone")),
            }
        }
        let mut now = BTreeMap::new();
        read_files(&self.place(), &mut now);
        let changed = before.files.iter().filter(|(path, content)| now.get(*path) != Some(content));
        for (path, content) in changed {
            let mut hash = self.sandbox.command("git", &self.sandbox.root);
            hash.args(["hash-object", "--stdin", "--no-filters"]);
            let id = Said::of(hash, content).ok().out;
            if self.git(&["cat-file", "-e", id.trim()]).code != 0 {
                complaints.push(format!("it is refused, and what {} held is lost", path.display()));
            }
        }
        complaints
    }

    /// git finds nothing broken, and no lock is left.
    fn health(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        let mut locks = Vec::new();
        find_locks(&self.sandbox.root.join(".git"), &mut locks);
        complaints.extend(locks.iter().map(|path| format!("{} is left", path.display())));
        if self.case.unhealthy.is_none() {
            let said = self.git(&["fsck", "--no-dangling", "--no-progress", "--strict"]);
            if said.code != 0 {
                complaints.push(format!("git fsck finds\n{}", told(&said)));
            }
        }
        complaints
    }

    /// What verify, status and integrate say of it.
    fn afterwards(&self) -> Vec<String> {
        let said = self.git(&["orchestrate", "verify", "--format", "json"]);
        let Ok(report) = serde_json::from_str::<Value>(&said.out) else {
            return vec![format!("verify has no answer\n{}", told(&said))];
        };
        let mut complaints = Vec::new();
        if (said.code == 0) != (report["passed"] == true) {
            complaints.push(format!("verify ends with {}, and its report says otherwise", said.code));
        }
        let found = Found::read(&report);
        complaints.extend(self.later(&found));
        complaints.extend(self.status(&report));
        complaints.extend(self.integrate(&report));
        complaints
    }

    fn later(&self, found: &[Found]) -> Vec<String> {
        let later = &self.case.later;
        let as_said = later.len() == found.len()
            && later.iter().zip(found).all(|(words, found)| self.matches(words, found));
        let mut complaints = Vec::new();
        if !as_said {
            let list: Vec<String> =
                found.iter().map(|one| format!("  {} @ {}", one.words, self.subject(one))).collect();
            let list = if list.is_empty() { "  nothing".into() } else { list.join("\n") };
            complaints.push(format!("verify should find\n  {}\nand finds\n{list}", later.join("\n  ")));
        }
        let nameless = found.iter().filter(|one| one.commit.is_none() && !one.is_of_branch());
        complaints.extend(nameless.map(|one| format!("no commit is named for {}", one.words)));
        complaints
    }

    fn matches(&self, words: &str, found: &Found) -> bool {
        match words.rsplit_once(" @ ") {
            Some((words, subject)) => found.words.starts_with(words) && self.subject(found) == subject,
            None => found.words.starts_with(words),
        }
    }

    fn subject(&self, found: &Found) -> String {
        let Some(commit) = &found.commit else { return String::new() };
        let mut show = self.sandbox.command("git", &self.sandbox.root);
        show.args(["--no-replace-objects", "log", "-1", "--format=%s", commit]);
        Said::of(show, b"").out.trim_end_matches('\n').to_owned()
    }

    /// `status` has the same findings as verify, by commit and rule.
    fn status(&self, report: &Value) -> Vec<String> {
        let said = self.git(&["orchestrate", "status", "--format", "json"]);
        let Ok(status) = serde_json::from_str::<Value>(&said.out) else {
            return vec![format!("status has no answer\n{}", told(&said))];
        };
        // verify also names tasks that the plan does not have any more.
        let is_dropped =
            |task: &&Value| list(task, "findings").iter().any(|one| one["rule"] == "branch/dropped");
        let names = |value: &Value| {
            let tasks = list(value, "tasks").iter().filter(|task| !is_dropped(task));
            tasks.map(|task| task["name"].clone()).collect()
        };
        let (verified, shown): (Vec<Value>, Vec<Value>) = (names(report), names(&status));
        if shown.is_empty() || verified != shown {
            return vec![format!("verify has the tasks {verified:?}, and status {shown:?}")];
        }
        let mut complaints = Vec::new();
        for (verified, task) in list(report, "tasks").iter().zip(list(&status, "tasks")) {
            if list(verified, "findings") != list(task, "findings") {
                let findings = &task["findings"];
                complaints.push(format!("status and verify differ: {}: {findings:#}", verified["name"]));
            }
        }
        if !self.case.status.is_empty() {
            let shown = self.git(&["orchestrate", "status"]);
            let missing = self.case.status.iter().filter(|words| !shown.out.contains(*words));
            let words: Vec<String> = missing.map(|words| format!("status does not show {words:?}")).collect();
            if !words.is_empty() {
                complaints.extend(words);
                complaints.push(shown.out);
            }
        }
        complaints
    }

    /// A task with an error never takes part.
    fn integrate(&self, report: &Value) -> Vec<String> {
        let args = ["orchestrate", "integrate", "--dry-run", "--only-complete", "--format", "json"];
        let said = self.git(&args);
        let Ok(answer) = serde_json::from_str::<Value>(&said.out) else {
            return vec![format!("integrate has no answer\n{}", told(&said))];
        };
        let steps = list(&answer, "steps");
        if steps.is_empty() && list(&answer, "left_out").is_empty() && answer["refusal"].is_null() {
            return vec![format!("integrate answers for no task\n{}", told(&said))];
        }
        let mut complaints = Vec::new();
        for task in list(report, "tasks") {
            let errors = list(task, "findings").iter().any(|finding| finding["severity"] == "error");
            if errors && steps.iter().any(|step| step["task"] == task["name"]) {
                complaints.push(format!("{} breaks rules, and is integrated", task["name"]));
            }
        }
        let done = if said.code == 0 { Integration::Accepted } else { Integration::Refused };
        if self.case.integrate.is_some_and(|expected| expected != done) {
            complaints.push(format!("the integration is {done:?}\n{}", told(&said)));
        }
        complaints
    }
}

/// A finding of verify.
struct Found {
    words: String,
    rule: String,
    commit: Option<String>,
}

impl Found {
    fn read(report: &Value) -> Vec<Found> {
        let word = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
        let findings = list(report, "tasks").iter().flat_map(|task| list(task, "findings"));
        let findings = findings.map(|one| Found {
            words: [word(one, "severity"), word(one, "rule"), word(one, "message")].join(" "),
            rule: word(one, "rule"),
            commit: one["commit"].as_str().map(ToOwned::to_owned),
        });
        let unknown = list(report, "unknown").iter().map(|one| Found {
            words: format!("unknown {}", one.as_str().unwrap_or_default()),
            rule: "branch/unknown".into(),
            commit: None,
        });
        findings.chain(unknown).collect()
    }

    /// Whether it is about a branch and not about one of its commits.
    fn is_of_branch(&self) -> bool {
        self.rule.starts_with("branch/")
    }
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn told(said: &Said) -> String {
    format!("--- exit {}\n--- stdout\n{}--- stderr\n{}", said.code, said.out, said.err)
}

/// The files below a directory that are no repository's.
fn read_files(directory: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let kind = entry.file_type().expect("a kind");
        if entry.file_name() == ".git" || entry.file_name() == "worktrees" {
            continue;
        }
        if kind.is_dir() {
            read_files(&path, files);
        } else if kind.is_file() {
            files.insert(path.clone(), std::fs::read(&path).unwrap_or_default());
        }
    }
}

fn find_locks(directory: &Path, locks: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            // The locks in our own directory are files that stay, locked or not.
            if entry.file_name() != "objects" && entry.file_name() != "orchestrate" {
                find_locks(&path, locks);
            }
        } else if path.extension().is_some_and(|extension| extension == "lock") {
            locks.push(path);
        }
    }
}
