//! A server, a lead and a worker: a bare repository with our hook, the lead's repository and a plain
//! clone without any hook. Made once, copied for each case.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use orchestrate::git::Repository;
use orchestrate::git::plan_ref::Base;
use orchestrate::model::plan;

use crate::armed::PLAN;
use crate::sandbox::{Said, Sandbox};

/// Whether the plan is on the server already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The lead has pushed it.
    Planned,
    /// Only the base is there.
    Unplanned,
}

/// A copy of its own.
pub struct Served {
    /// Its root is the worker's clone; `../lead` and `../origin.git` are beside it.
    pub sandbox: Sandbox,
}

/// What every script of a case can call. Each pushes as the worker unless it says otherwise.
const WORDS: &str = r#"
set -e
export REMOTE_USER=worker
commit() { mkdir -p "$(dirname "$1")"; echo "$2" >>"$1"; git add -- "$1"; git commit -q -m "$2"; }
on() { git switch -q -C "$1" "${2:-origin/main}"; }
lead() { git -C ../lead "$@"; }
origin() { git -C ../origin.git "$@"; }
push() { git push -q origin "$@"; }
# forge <revisions to send> <line>...: a client that says what it likes, `<old> <new> <ref>` in each line
forge() {
  revisions=$1; shift
  line() { printf '%04x%s\0%s' $((${#1} + ${#2} + 5)) "$1" "$2"; }
  { for one; do line "$one" ' report-status delete-refs'; done; printf 0000
    test -z "$revisions" || printf '%s\n' $revisions | git pack-objects -q --stdout --revs
  } | git receive-pack ../origin.git
}
none=$(printf '0%.0s' {1..40})
# journal <ref> <event>: one entry on top of the ref
journal() {
  old=$(git rev-parse -q --verify "$1" || true)
  new=$(printf 'task-1-api: %s\n\nEvent: %s\nTask: task-1-api\nWriter: task-1-api\n' "$2" "$2" |
    git commit-tree "$(git mktree </dev/null)" ${old:+-p "$old"})
  git update-ref "$1" "$new"
}
# plan <run> <file>: records the file as the run's plan, on top of what is there
plan() {
  ref=refs/orchestrate/$1/plan old=$(git rev-parse -q --verify refs/orchestrate/$1/plan || true)
  blob=$(git hash-object -w "$2")
  tree=$(printf '100644 blob %s\tplan.toml\n' "$blob" | git mktree)
  new=$(printf 'Plan\n\nBase: %s\nBase-Ref: refs/heads/main\n' "${BASE:-$(git rev-parse origin/main)}" |
    git commit-tree "$tree" ${old:+-p "$old"})
  git update-ref "$ref" "$new"
}
"#;

impl Served {
    /// A copy of the template.
    pub fn new(start: Start) -> Served {
        let sandbox = Sandbox::empty();
        let home = sandbox.root.parent().expect("it has one").to_owned();
        let from = template(start);
        let copy = ["-a", "worker", "lead", "origin.git"];
        let mut command = sandbox.command("cp", from);
        command.args(copy).arg(&home);
        Said::from(command.output().expect("cp runs")).ok();
        Served { sandbox: Sandbox::below(sandbox, "../worker") }
    }

    /// Runs a script in the worker's clone.
    pub fn sh(&self, script: &str) -> Said {
        let mut command = self.sandbox.command("bash", &self.sandbox.root);
        command.args(["-c", &format!("{WORDS}\n{script}")]);
        command.output().expect("bash runs").into()
    }

    /// All refs of the server.
    pub fn refs(&self) -> String {
        self.sandbox.git_in("../origin.git", &["for-each-ref"]).ok().out
    }
}

fn template(start: Start) -> &'static Path {
    static PLANNED: OnceLock<(Sandbox, PathBuf)> = OnceLock::new();
    static UNPLANNED: OnceLock<(Sandbox, PathBuf)> = OnceLock::new();
    let cell = if start == Start::Planned { &PLANNED } else { &UNPLANNED };
    &cell.get_or_init(|| make(start)).1
}

fn make(start: Start) -> (Sandbox, PathBuf) {
    let sandbox = Sandbox::below(Sandbox::empty(), "lead");
    let home = sandbox.root.parent().expect("it has one").to_owned();
    std::fs::create_dir(&sandbox.root).expect("a directory");
    sandbox.git(&["init", "-q"]).ok();
    for path in ["api/a.py", "models/m.py", "docs/d.md", "README.txt"] {
        sandbox.write(path, "one\ntwo\nthree\n");
    }
    sandbox.write("imports.py", "import a\nimport b\n");
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "-qm", "Base"]).ok();
    let repo = Repository::open(&sandbox.root).expect("a repository");
    let plan = plan::toml::read("plan.toml", PLAN).expect("a plan");
    let base = Base {
        commit_id: repo.resolve("main").expect("the base"),
        ref_name: Some("refs/heads/main".into()),
        upstream: None,
    };
    repo.record_plan(&plan, PLAN.as_bytes(), &base).expect("a recorded plan");
    sandbox.git(&["init", "-q", "--bare", "-b", "main", "../origin.git"]).ok();
    sandbox.git(&["remote", "add", "origin", "../origin.git"]).ok();
    sandbox.git(&["push", "-q", "origin", "main"]).ok();
    sandbox.git_in("../origin.git", &["orchestrate", "server"]).ok();
    if start == Start::Planned {
        sandbox.git(&["push", "-q", "origin", "refs/orchestrate/demo/plan"]).ok();
    }
    sandbox.git(&["clone", "-q", "../origin.git", "../worker"]).ok();
    // Relative, so that a copy of the clone pushes to the copy of the server.
    sandbox.git_in("../worker", &["remote", "set-url", "origin", "../origin.git"]).ok();
    sandbox.git_in("../worker", &["fetch", "-q", "origin", "refs/orchestrate/*:refs/orchestrate/*"]).ok();
    std::fs::write(home.join("worker/.git/plan.toml"), PLAN).expect("a file");
    (sandbox, home)
}
